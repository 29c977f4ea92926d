"""Faults on demand: what can go wrong, written as NAME[=ARG][@VERB][*COUNT][+SKIP]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.sandbox.limits import STYLES

VERBS = ("GET", "POST", "PUT", "DELETE")
ALWAYS = "always"
GRAMMAR = "NAME[=ARG][@VERB][*COUNT][+SKIP]"
FAULT_TEXT = re.compile(
    r"(?P<name>[a-z0-9-]+)(=(?P<argument>[^@*+]*))?(@(?P<verb>[A-Z]+))?"
    r"(\*(?P<count>always|[1-9]\d*))?(\+(?P<skip>\d+))?"
)


@dataclass(frozen=True)
class Way:
    """One way to go wrong. `argument` is what must follow the name; a mild one changes no answer,
    so that it may befall a request together with another."""

    words: str
    argument: str = ""
    mild: bool = False
    verb: str = ""


WAYS: Mapping[str, Way] = {
    "500-before": Way("nothing is stored, the answer is 500"),
    "500-after": Way("stored, then the answer is 500"),
    "ooops": Way("nothing is stored, the answer is 400 with the service's Ooops text"),
    "drop-before": Way("nothing is stored, the connection is closed without an answer"),
    "drop-after": Way("stored, then the connection is closed without an answer"),
    "delay": Way("stored, answered late", argument="SECONDS", mild=True),
    "late": Way("carried out only after this time", argument="SECONDS", mild=True),
    "503-html": Way("nothing is stored, the answer is 503 with a page of HTML"),
    "html": Way("stored, the answer is 200 with a page of HTML"),
    "not-successful": Way("nothing is stored, the answer is 200 with WasSuccessful false"),
    "cut-json": Way("stored, the answer's JSON breaks off in the middle"),
    "revoke": Way("the token ends with this request, the answer is 401"),
    "forbid": Way("the answer is 401, as for a missing role; forbid@POST*always for one verb"),
    "lag": Way(
        "records created can be read only after this time (verb POST unless another is named)",
        argument="SECONDS",
        mild=True,
        verb="POST",
    ),
    "throttle": Way("the request is refused because of a limit", argument="|".join(STYLES)),
    "die": Way("stored, then the process ends without an answer"),
}


@dataclass(frozen=True)
class Fault:
    """A fault that waits for its requests; `count` None means all of them."""

    name: str
    argument: str = ""
    verb: str = ""
    count: int | None = 1
    skip: int = 0

    @property
    def seconds(self) -> float:
        """The argument of a fault that takes a time."""
        return float(self.argument)


def fault_words() -> str:
    """List the ways to go wrong in words, one a line, for a command's help."""
    forms = {name + (f"={way.argument}" if way.argument else ""): way for name, way in WAYS.items()}
    width = max(map(len, forms))
    return "\n".join(
        [
            f"{GRAMMAR}: VERB is one of {', '.join(VERBS)} (any, unless named; never the token "
            f"request), COUNT how many requests (1; *{ALWAYS}), SKIP how many pass before.",
            *(f"  {form:<{width}}  {way.words}" for form, way in forms.items()),
        ]
    )


def parse_fault(text: str) -> Fault:
    """Read a fault's text. Raises ValueError, with the forms that are allowed."""
    match = FAULT_TEXT.fullmatch(text)
    if not match or match["name"] not in WAYS:
        raise ValueError(f"fault '{text}' is not one. Write {GRAMMAR}; NAME is {', '.join(WAYS)}.")
    way, verb = WAYS[match["name"]], match["verb"] or ""
    if verb and verb not in VERBS:
        raise ValueError(f"fault '{text}': VERB is one of {', '.join(VERBS)}.")
    argument = match["argument"] or ""
    if not _fits(argument, way.argument):
        form = f"{match['name']}={way.argument}" if way.argument else match["name"]
        raise ValueError(f"fault '{text}': write it as {form}.")
    count = None if match["count"] == ALWAYS else int(match["count"] or 1)
    return Fault(match["name"], argument, verb or way.verb, count, int(match["skip"] or 0))


def _fits(argument: str, wanted: str) -> bool:
    if wanted == "SECONDS":
        return bool(re.fullmatch(r"\d+(\.\d+)?", argument))
    return argument in wanted.split("|")


@dataclass
class _Armed:
    fault: Fault
    passed: int = 0
    hits: int = 0

    @property
    def spent(self) -> bool:
        return self.fault.count is not None and self.hits >= self.fault.count


class Faults:
    """The faults that are armed. Not thread-safe: the gate holds its lock."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, text: str) -> None:
        """Arm a fault. Raises ValueError."""
        self._armed.append(_Armed(parse_fault(text)))

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def take(self, verb: str) -> dict[str, Fault]:
        """Return the faults that befall a request, by name: mild ones, and at most one other."""
        taken: dict[str, Fault] = {}
        struck = False
        for armed in [each for each in self._armed if each.fault.verb in {"", verb}]:
            mild = WAYS[armed.fault.name].mild
            if armed.passed < armed.fault.skip:
                armed.passed += 1
            elif not armed.spent and (mild or not struck):
                armed.hits += 1
                struck = struck or not mild
                taken[armed.fault.name] = armed.fault
        return taken
