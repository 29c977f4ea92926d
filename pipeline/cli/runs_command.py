"""`runs`: what was imported, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.shared import RUN_NUMBER, Screen, account_options, json_option
from pipeline.clocks import Clocks
from pipeline.errors import DONE, UsageError

if TYPE_CHECKING:
    from pipeline.runs.journal import Journal
from pipeline.runs.lines import Run

EPILOG = "Example: nexudus-bulk runs 0007"


@click.command("runs", epilog=EPILOG)
@click.argument("run", type=RUN_NUMBER, required=False)
@account_options
@json_option
@click.pass_obj
def command(
    clocks: Clocks,
    /,
    run: int | None,
    base_url: str | None,
    profile: str | None,
    limits: tuple[str, ...],
    as_json: bool,
) -> int:
    """List the runs into the account, or tell of one RUN row by row. Sends nothing."""
    from pipeline.api.client import identified  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.config import read_settings  # noqa: PLC0415 - as above
    from pipeline.report import text  # noqa: PLC0415 - as above
    from pipeline.runs.journal import Journal  # noqa: PLC0415 - as above

    settings = identified(read_settings(base_url=base_url, profile=profile, limits=limits), clocks)
    if not settings.username:
        raise UsageError("runs: whose? Runs are kept by login: set NEXUDUS_USERNAME.")
    screen = Screen(as_json)
    with Journal(settings.home, settings.account, now=clocks.wall) as journal:
        if run is None:
            told = [_told(journal, each, settings.home) for each in journal.runs()]
            screen.say(text.run_line(each) for each in told)
            screen.say([] if told else f"No runs into {settings.account} yet.")
            screen.give({"runs": told})
            return DONE
        found = journal.run(run)
        if found is None:
            raise UsageError(f"runs: there is no run {run:04}. See: nexudus-bulk runs")
        told_one = _told(journal, found, settings.home)
        rows = [vars(each) for each in journal.outcomes(found.id)]
        screen.say(text.run_line(told_one))
        screen.say(text.row_lines(journal.outcomes(found.id)))
        screen.give({**told_one, "rows": rows})
    return DONE


def _told(journal: Journal, run: Run, home: Path) -> dict[str, Any]:
    from pipeline.runs.lock import writer_now  # noqa: PLC0415 - as above
    from pipeline.runs.outcome import count  # noqa: PLC0415 - as above

    counts = count(journal.outcomes(run.id))
    is_open = run.id in {each.id for each in journal.open_runs()}
    last = journal.runs()[-1].id if run.ended is None else None
    process = writer_now(home, journal) if run.id == last else None
    return {
        "run": run.number,
        "file": str(run.file),
        "started": run.started,
        "ended": run.ended,
        "stopped": run.stopped,
        "open": is_open,
        "left": len(journal.open_changes(run.id)) if is_open else 0,
        "running": process,
        "taken_up_by": None if run.taken_up_by is None else f"{run.taken_up_by:04}",
        "results": str(run.results) if run.results else None,
        "counts": counts,
    }
