"""`export`: the account's records into a workbook."""

from __future__ import annotations

import time
from pathlib import Path

import click

from pipeline.cli.shared import Screen, account_options, json_option
from pipeline.errors import DONE, UNFINISHED_ROWS, UsageError

EPILOG = "Example: nexudus-bulk export -o rooms.xlsx"


@click.command("export", epilog=EPILOG)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The .xlsx to write."
)
@account_options
@json_option
def command(
    output: Path,
    base_url: str | None,
    profile: str | None,
    limits: tuple[str, ...],
    as_json: bool,
) -> int:
    """Write all resources of the account into a workbook that can be imported again."""
    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"export: '{output}' does not end in .xlsx. Choose such a name.")
    from pipeline.cli.exporter import run_export  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.config import read_settings  # noqa: PLC0415 - as above

    settings = read_settings(base_url=base_url, profile=profile, limits=limits)
    began = time.monotonic()
    exported, tally = run_export(output, settings, Screen(as_json))
    Screen(as_json).give(
        {
            "file": str(output),
            "rows": exported.rows,
            "total_announced": exported.announced,
            "complete": exported.complete,
            "requests": tally.sent,
            "seconds": round(time.monotonic() - began, 3),
        }
    )
    return DONE if exported.complete else UNFINISHED_ROWS
