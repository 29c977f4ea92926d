"""`import`: plan, show, ask, then write."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.cli.shared import (
    Screen,
    account_options,
    base_option,
    file_options,
    json_option,
    missing_option,
    run_options,
)
from pipeline.clocks import Clocks
from pipeline.errors import UsageError

EPILOG = "Example: nexudus-bulk import rooms.xlsx"


@click.command("import", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Stop after showing the plan.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="Where to write the results workbook [default: beside FILE].",
)
@click.option(
    "--valid-rows-only", is_flag=True, help="Send the good rows of a file that has problems."
)
@click.option("--allow-delete", is_flag=True, help="Let rows whose Action is delete be deleted.")
@file_options
@missing_option
@base_option
@run_options
@account_options
@json_option
@click.pass_obj
def command(
    clocks: Clocks,
    /,
    file: Path,
    dry_run: bool,
    yes: bool,
    results: Path | None,
    valid_rows_only: bool,
    allow_delete: bool,
    create_missing: tuple[str, ...],
    base_url: str | None,
    profile: str | None,
    limits: tuple[str, ...],
    as_json: bool,
    max_failures: str | None,
    window: str | None,
    max_requests: int | None,
    max_minutes: float | None,
    log_file: Path | None,
    **reading: Any,
) -> int:
    """Write FILE's rows into the account: plan, show, ask, then send.

    A file with problems sends nothing; the results workbook says what to mend.
    """
    if not (dry_run or yes or sys.stdin.isatty()):
        raise UsageError(
            "import: nobody is at the terminal to say yes. Add --yes to write, or --dry-run to "
            "look. Nothing was sent."
        )
    from pipeline.cli.again import typed  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.cli.importer import ImportChoices, run_import  # noqa: PLC0415 - as above
    from pipeline.cli.opening import open_file  # noqa: PLC0415 - as above
    from pipeline.cli.session import RunChoices  # noqa: PLC0415 - as above
    from pipeline.config import read_settings  # noqa: PLC0415 - as above

    run_choices = RunChoices.read(
        max_failures=max_failures,
        window=window,
        max_requests=max_requests,
        max_minutes=max_minutes,
        log_file=log_file,
    )
    settings = read_settings(base_url=base_url, profile=profile, limits=limits)
    prepared = open_file(file, **reading)
    choices = ImportChoices(
        dry_run=dry_run,
        ask=not yes,
        valid_rows_only=valid_rows_only,
        allow_delete=allow_delete,
        create_missing=create_missing,
        results=results,
        run=run_choices,
        again=typed(click.get_current_context()),
    )
    return run_import(prepared, settings, Screen(as_json), choices, clocks)
