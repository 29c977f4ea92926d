"""`ledger`: which record became of which row of another program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.shared import Screen, json_option
from pipeline.clocks import Clocks
from pipeline.errors import DONE, UsageError

if TYPE_CHECKING:
    from pipeline.runs.journal import Journal

EPILOG = "Example: nexudus-bulk ledger export -o ledger.xlsx"


@click.group("ledger", epilog=EPILOG, invoke_without_command=True)
@click.option("--base-url", help="The service's address, instead of NEXUDUS_BASE_URL.")
@click.option("--profile", help="A profile of nexudus-bulk.toml.")
@json_option
@click.pass_context
def command(
    context: click.Context, base_url: str | None, profile: str | None, as_json: bool
) -> int:
    """List the programs whose rows were imported, with how many of them have a record.

    A mapping that names a source id column keeps which record became of each row: importing the
    same source again updates those records, whatever they are called by now. Sends nothing.
    """
    context.obj = (context.obj, base_url, profile)
    if context.invoked_subcommand is not None:
        return DONE
    from pipeline.report.ledger import source_lines, sources  # noqa: PLC0415 - as below

    screen = Screen(as_json)
    with _journal(context.obj) as journal:
        found = sources(journal.ledger_lines())
        screen.say(source_lines(found) or [_nothing(journal, None)])
        screen.give({"account": journal.account, "sources": found})
    return DONE


@command.command("export", epilog="Example: nexudus-bulk ledger export -o ledger.csv")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The file; its ending chooses: .xlsx or .csv.",
)
@click.option("--source", help="Only this program's rows.")
@click.option("--overwrite", is_flag=True, help="Replace a file of that name.")
@json_option
@click.pass_obj
def export(owner: Owner, output: Path, source: str | None, overwrite: bool, as_json: bool) -> int:
    """Write the ledger into a file: Source, SourceId, Entity, Id, Run, Since."""
    from pipeline.report.ledger import COLUMNS, cells  # noqa: PLC0415 - as below
    from pipeline.sheets.table import writer_of  # noqa: PLC0415 - as below
    from pipeline.sheets.whole import refuse_to_overwrite  # noqa: PLC0415 - as below

    write = writer_of(output)
    refuse_to_overwrite(output, overwrite=overwrite)
    screen = Screen(as_json)
    with _journal(owner) as journal:
        lines = journal.ledger_lines(source)
        if not lines:
            screen.say(f"{_nothing(journal, source)} No file was written.")
            screen.give({"file": None, "rows": 0})
            return DONE
    write(output, "Ledger", COLUMNS, map(cells, lines))
    screen.say(f"Ledger written: {output}, {len(lines):,} row{'' if len(lines) == 1 else 's'}.")
    screen.give({"file": str(output), "rows": len(lines)})
    return DONE


@command.command("forget", epilog="Example: nexudus-bulk ledger forget --source Cobot")
@click.option("--source", required=True, help="The program whose rows are forgotten.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def forget(owner: Owner, source: str, yes: bool, as_json: bool) -> int:
    """Forget what became of a program's rows. No record is touched.

    Importing its file again then goes by location and name.
    """
    if not (yes or sys.stdin.isatty()):
        raise UsageError(
            "ledger forget: nobody is at the terminal to say yes. Add --yes. Nothing was forgotten."
        )
    screen = Screen(as_json)
    with _journal(owner) as journal:
        count = len(journal.ledger_lines(source))
        if not count:
            screen.say(_nothing(journal, source))
        elif yes or click.confirm(f"Forget {count:,} rows of '{source}'?", err=True):
            journal.forget(source)
            screen.say(f"Forgotten: {count:,} rows of '{source}'. The records stay as they are.")
        else:
            count = 0
            screen.say("Nothing was forgotten.")
        screen.give({"source": source, "forgotten": count})
    return DONE


Owner = tuple[Clocks, str | None, str | None]  # what tells whose ledger: options of the group


@contextmanager
def _journal(owner: Owner) -> Iterator[Journal]:
    """Open the account's journal; a token alone is asked whose it is, otherwise nothing is sent."""
    from pipeline.api.client import identified  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.config import read_settings  # noqa: PLC0415 - as above
    from pipeline.runs.journal import Journal  # noqa: PLC0415 - as above

    clocks, base_url, profile = owner
    settings = identified(read_settings(base_url=base_url, profile=profile), clocks)
    if not settings.username:
        raise UsageError("ledger: whose? It is kept by login: set NEXUDUS_USERNAME.")
    with Journal(settings.home, settings.account, now=clocks.wall) as journal:
        yield journal


def _nothing(journal: Journal, source: str | None) -> str:
    of = f" of '{source}'" if source else ""
    known = sorted({each.source for each in journal.ledger_lines()})
    others = f" Known: {', '.join(known)}." if source and known else ""
    return (
        f"No rows{of} are known for {journal.account} yet: an import with a mapping that names a "
        f"source id column keeps them.{others}"
    )
