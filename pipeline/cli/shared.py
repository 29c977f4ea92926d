"""What commands share: their options, and where their words go."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Screen:
    """Where words go. With `as_json` the standard output belongs to one JSON object alone."""

    as_json: bool

    def say(self, lines: str | Iterable[str]) -> None:
        """Print what the user asked for."""
        stream = sys.stderr if self.as_json else sys.stdout
        with suppress(OSError):  # its reader has gone
            for line in [lines] if isinstance(lines, str) else lines:
                print(line, file=stream, flush=True)

    def warn(self, lines: str | Iterable[str]) -> None:
        """Print what went wrong, or goes on meanwhile."""
        with suppress(OSError):  # a terminal that was closed; what is said here is in files too
            for line in [lines] if isinstance(lines, str) else lines:
                print(line, file=sys.stderr)

    def give(self, found: dict[str, Any]) -> None:
        """Print the JSON object, if one is wanted."""
        if self.as_json:
            with suppress(OSError):  # its reader has gone
                print(json.dumps(found, ensure_ascii=False, default=str), flush=True)


def json_option(function: Function) -> Function:
    """Add --json."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object instead of words."
    )(function)


def file_options(function: Function) -> Function:
    """Add the options of reading a file; `opening.py` takes them."""
    options = (
        click.option(
            "--entity",
            metavar="NAME",
            help="What the rows are, such as resources [default: what sheet or columns say].",
        ),
        click.option("--sheet", help="The sheet to read, when it is not the usual one."),
        click.option(
            "--unknown-columns",
            type=click.Choice(["warn", "error", "ignore"]),
            default="warn",
            show_default=True,
            help="What to do about columns nobody knows.",
        ),
        click.option(
            "--mapping",
            metavar="NAME|FILE",
            help="How the columns of another program's file are to be read: a built-in mapping, or "
            "the TOML file that `map` has written.",
        ),
        click.option(
            "--decimal-comma",
            is_flag=True,
            help="Read texts such as 12,5 and 1.234,5 as numbers.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def missing_option(function: Function) -> Function:
    """Add --create-missing; `creating.py` takes it."""
    return click.option(
        "--create-missing",
        multiple=True,
        metavar="NOUNS",
        help="Create first what the rows name and the account lacks: types. A name that is much "
        "like one that is there is created only as 'types=NAME'.",
    )(function)


def base_option(function: Function) -> Function:
    """Add --ignore-base."""
    return click.option(
        "--ignore-base",
        is_flag=True,
        help="Of an edited export, write every cell that differs from the account, not only "
        "those that were edited.",
    )(function)


def account_options(function: Function) -> Function:
    """Add the options of reaching an account; the rest comes from the environment."""
    options = (
        click.option("--base-url", help="The service's address, instead of NEXUDUS_BASE_URL."),
        click.option("--profile", help="A profile of nexudus-bulk.toml."),
        click.option(
            "--limit",
            "limits",
            multiple=True,
            metavar="KIND:COUNT/SECONDS",
            help="At most so many requests of a kind (all, read, write) in so many seconds; "
            "may be given several times; 'none' lifts all limits.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def run_options(function: Function) -> Function:
    """Add the options of a run that writes: when it stops early, and what it logs."""
    options = (
        click.option(
            "--max-failures",
            metavar="N|P%",
            help="Stop when so many rows, or from the 20th on such a share, were rejected "
            "or are in doubt [default: when all of the first 20 were].",
        ),
        click.option(
            "--window",
            metavar="HH:MM-HH:MM",
            help="Write only in this part of the day (local time).",
        ),
        click.option(
            "--max-requests",
            type=click.IntRange(min=1),
            help="Stop after so many requests that write.",
        ),
        click.option(
            "--max-minutes",
            type=click.FloatRange(min=0, min_open=True, max=1e6),
            help="Stop after so many minutes.",
        ),
        click.option(
            "--log-file",
            type=click.Path(path_type=Path),
            help="Add a line of JSON for every request to this file.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


RUN_NUMBER = click.IntRange(1, 999_999_999)
STOPPING = (
    "Stopping: what is under way ends first. Once more stops at once, and nothing is lost by it.\n"
)
STOPS = [
    each
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if (each := getattr(signal, name, None)) is not None
]


@contextmanager
def stop_on_signal(asked: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C, SIGTERM or closed terminal set `asked`, and the second stop at once."""

    heard = threading.Event()

    def ask(number: int, _: object) -> None:
        if heard.is_set():
            raise KeyboardInterrupt
        heard.set()
        asked.set()
        with suppress(OSError):  # the terminal may be what has gone; print must not be re-entered
            os.write(2, STOPPING.encode())

    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach only the main thread
        return
    heeded = [each for each in STOPS if signal.getsignal(each) is not signal.SIG_IGN]  # nohup
    before = {each: signal.signal(each, ask) for each in heeded}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
