"""`schedule`: entries for cron, systemd and Windows, to be put there by a person."""

from __future__ import annotations

import os
import shutil
import sys
from collections import UserDict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from pipeline.cli.shared import Screen, json_option
from pipeline.clocks import Clocks
from pipeline.errors import DONE, UsageError
from pipeline.report.schedule_text import sections
from pipeline.report.schedules import Job, When, read_when, refuse_control_characters

EPILOG = (
    "Example: nexudus-bulk schedule --at 02:30 --title nightly -- export -o 'rooms-{date}.xlsx'"
)
SYSTEMS = ("cron", "systemd", "windows")
SCHEDULED = ("export", "import")
FILLED_IN = ("{date}", "{time}")  # in the name of an export's file, when it runs


@click.command("schedule", epilog=EPILOG, context_settings={"allow_interspersed_args": False})
@click.option("--at", required=True, metavar="HH:MM", help="When, in the computer's local time.")
@click.option(
    "--every",
    default="day",
    show_default=True,
    metavar="DAYS",
    help="day, weekday (Monday to Friday), month, or days such as mon or mon,thu.",
)
@click.option("--day", type=int, metavar="N", help="The day, with --every month [default: 1].")
@click.option(
    "--for",
    "systems",
    type=click.Choice(SYSTEMS),
    multiple=True,
    help="The scheduler, may be given several times [default: all].",
)
@click.option("--title", help="What to call it [default: the command's name].")
@click.argument("words", nargs=-1, required=True, metavar="-- COMMAND...")
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    at: str,
    every: str,
    day: int | None,
    systems: tuple[str, ...],
    title: str | None,
    words: tuple[str, ...],
    as_json: bool,
) -> int:
    """Print entries that run an export or an import again and again.

    Nothing is installed and nothing runs by itself: put one of the entries where it says.
    """
    when = read_when(at, every, day)
    name, notes = _check(context, words)
    clocks: Clocks = context.obj
    job = Job(
        title=(title or "").strip() or name,
        words=(*_program(sys.argv[0]), *words),
        folder=str(Path.cwd()),
        credentials=str(Path.home() / ".config" / "nexudus-bulk" / "environment"),
        when=when,
        starts=_first(when, datetime.fromtimestamp(clocks.wall())),  # noqa: DTZ006 - local time
    )
    refuse_control_characters(job.title, job.folder, job.credentials, *job.words)
    printed = sections(job, systems or SYSTEMS)
    screen = Screen(as_json)
    for each in printed:
        screen.say(each.lines)
    screen.warn(notes)
    screen.give({name: text for each in printed for name, text in each.entries.items()})
    return DONE


def _check(context: click.Context, words: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return the command's name, and what its user should know. Raises UsageError.

    The command itself reads its options, so that a wrong one is told now and not at night.
    """
    from pipeline.cli import group  # noqa: PLC0415 - it loads this module

    name, *rest = words
    found = group.get_command(context, name) if name in SCHEDULED else None
    if found is None:
        raise UsageError(
            f"schedule: '{name}' cannot be scheduled. Write {' or '.join(SCHEDULED)} behind --."
        )
    try:
        options = found.make_context(name, list(rest), parent=context.parent).params
    except click.UsageError as error:
        raise UsageError(f"schedule: {name}: {error.format_message()}") from error
    return name, _export_notes(options) if name == "export" else _import_notes(options)


def _export_notes(options: dict[str, Any]) -> list[str]:
    """Return notes. Raises UsageError for what the export would refuse at night."""
    from pipeline.api.limits import parse_limits  # noqa: PLC0415 - not for an import
    from pipeline.cli.export_choices import ExportChoices  # noqa: PLC0415 - not for an import

    account = {"base_url", "profile", "limits", "as_json"}
    chosen = {name: value for name, value in options.items() if name not in account}
    ExportChoices.read(**{**chosen, "overwrite": True, "environment": _AnyVariable(os.environ)})
    parse_limits(options["limits"])
    if options["overwrite"]:
        return []
    return [
        f"Note: '{path}' is the same file each time, and an export refuses a file that is there. "
        "Write {date} or {time} into its name, or add --overwrite."
        for path in filter(None, (options["output"], options["report"]))
        if not any(each in path.name for each in FILLED_IN)
    ]


class _AnyVariable(UserDict[str, str]):
    """An environment in which everything is set: secrets are those of the night."""

    def __missing__(self, name: str) -> str:
        return "set at night"

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]


def _import_notes(options: dict[str, object]) -> list[str]:
    if not (options["yes"] or options["dry_run"]):
        raise UsageError(
            "schedule: import: nobody will be at the terminal to say yes, and without it nothing "
            "is sent. Add --yes to write, or --dry-run to look."
        )
    if Path(str(options["file"])).exists():
        return []
    return [f"Note: '{options['file']}' is not there yet. It has to be when the import runs."]


def _program(called: str) -> tuple[str, ...]:
    """Return what starts this program wherever it is called: a scheduler knows no PATH."""
    found = shutil.which(called) if Path(called).stem == "nexudus-bulk" else None
    return (str(Path(found).absolute()),) if found else (sys.executable, "-m", "pipeline")


def _first(when: When, now: datetime) -> datetime:
    """Return the next such time of day; on which days is the entry's own to say."""
    first = now.replace(hour=when.hour, minute=when.minute, second=0, microsecond=0)
    return first if first > now else first + timedelta(days=1)
