"""Ways to go wrong on purpose, each told by a short text: `NAME[=VALUE][@VERB][*COUNT][+SKIP]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from threading import Lock

FAULTS = {
    "500-before": "answers 500, nothing is stored",
    "500-after": "stores, then answers 500",
    "ooops": "answers 400 with the service's general excuse, nothing is stored",
    "drop-before": "closes the connection, nothing is stored",
    "drop-after": "stores, then closes the connection",
    "delay": "stores, answers after VALUE seconds",
    "503-html": "answers 503 with a web page, nothing is stored",
    "html": "stores, then answers 200 with a web page",
    "not-successful": "answers 200 with WasSuccessful false, nothing is stored",
    "cut-json": "stores, then answers with half of the JSON",
    "revoke": "forgets the token, answers 401",
    "forbid": "answers 401 although the token is good",
    "lag": "shows a new record only after VALUE seconds",
    "throttle": "refuses: VALUE is 409, 429, 429-text or 503",
    "die": "stores, then ends the process without an answer",
}
WITH_VALUE = {"delay", "lag", "throttle"}
BEFORE = {
    "500-before",
    "ooops",
    "drop-before",
    "503-html",
    "not-successful",
    "revoke",
    "forbid",
    "throttle",
}
FORM = re.compile(
    r"(?P<name>[a-z0-9-]+)(=(?P<value>[a-z0-9.-]+))?(@(?P<verb>get|post|put|delete))?"
    r"(\*(?P<count>\d+|always))?(\+(?P<skip>\d+))?",
    re.IGNORECASE,
)


@dataclass
class Fault:
    """One fault: which requests it waits for, and how often it strikes yet (None: always)."""

    name: str
    value: str
    verb: str | None
    left: int | None
    skip: int

    def strikes(self, method: str) -> bool:
        """Whether it strikes this request; counts it."""
        if self.left == 0 or (self.verb and self.verb != method):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The faults that are switched on."""

    def __init__(self, texts: tuple[str, ...] = ()) -> None:
        self._faults = [parse_fault(text) for text in texts]
        self._lock = Lock()

    def add(self, text: str) -> None:
        """Switch one on. Raises ValueError."""
        self._faults.append(parse_fault(text))

    def clear(self) -> None:
        """Switch all off."""
        self._faults.clear()

    def strike(self, method: str) -> Fault | None:
        """Return the first fault that strikes this request."""
        with self._lock:
            return next((each for each in self._faults if each.strikes(method)), None)


def parse_fault(text: str) -> Fault:
    """Read a fault. Raises ValueError that names the known ones."""
    match = FORM.fullmatch(text.strip())
    if not match or match["name"] not in FAULTS:
        raise ValueError(
            f"'{text}' is not a fault. Write NAME[=VALUE][@VERB][*COUNT][+SKIP], NAME being one of "
            f"{', '.join(FAULTS)}."
        )
    name, value = match["name"], match["value"] or ""
    if (name in WITH_VALUE) != bool(value):
        raise ValueError(f"'{text}': {name} {'needs' if name in WITH_VALUE else 'takes no'} value.")
    count = match["count"] or ("always" if name in {"lag", "forbid"} else "1")
    verb = match["verb"].upper() if match["verb"] else None
    left = None if count == "always" else int(count)
    return Fault(name, value, verb, left, int(match["skip"] or 0))


def fault_words() -> str:
    """Return a line for each fault, for a person."""
    lines = [f"{name:16} {what}" for name, what in FAULTS.items()]
    form = "NAME[=VALUE][@VERB][*COUNT][+SKIP], such as drop-after@POST*2+10 or delay=2@PUT*always"
    return "\n".join([form, *lines])
