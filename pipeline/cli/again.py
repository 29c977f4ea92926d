"""The command that was typed, as it is to be typed again to go on with what it began.

A run that is made for another one's rows keeps it in the journal: whoever resumes that run is told.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from pipeline.report.text import shown_path

PROGRAM = "nexudus-bulk"
KEPT = "again"
MAPPING_ENDING = ".toml"
SAID_ANEW = {  # each time, as with `resume`: how much and how fast, and what is shown of it
    "dry_run",
    "yes",
    "as_json",
    "limits",
    "max_failures",
    "window",
    "max_requests",
    "max_minutes",
    "log_file",
}


def typed(context: click.Context) -> tuple[str, ...]:
    """Return the words of a command, files with their whole paths: the folder may be another."""
    words = [PROGRAM, str(context.info_name)]
    for each in context.command.params:
        name = str(each.name)
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in SAID_ANEW:
            words += _words(each, context.params[name])
    return tuple(words)


def shown(words: Sequence[str]) -> str:
    """Return a command as a person in this folder would type it."""
    return shlex.join(map(shown_path, words))


def keep(reading: str, words: Sequence[str]) -> str:
    """Return what the journal keeps of how a file was read, with the command it is made for."""
    return json.dumps({**json.loads(reading), KEPT: list(words)}, sort_keys=True)


def kept(reading: str) -> tuple[str, ...]:
    """Return the command that a run was made for; none where it stands for itself."""
    return tuple(json.loads(reading).get(KEPT, ()))


def _words(parameter: click.Parameter, value: Any) -> Iterator[str]:
    for each in value if parameter.multiple else [value]:
        if isinstance(parameter, click.Option):
            yield parameter.opts[0]
        if each is not True:
            yield _whole(each)


def _whole(value: Any) -> str:
    is_file = isinstance(value, Path) or Path(str(value)).suffix.lower() == MAPPING_ENDING
    return str(Path(value).absolute()) if is_file else str(value)
