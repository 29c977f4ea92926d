"""`resume`: go on with a run that stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli.shared import RUN_NUMBER, Screen, account_options, json_option, run_options
from pipeline.clocks import Clocks

EPILOG = "Example: nexudus-bulk resume 0007"


@click.command("resume", epilog=EPILOG)
@click.argument("run", type=RUN_NUMBER, required=False)
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="Where to write the results workbook [default: where the run's were to go].",
)
@run_options
@account_options
@json_option
@click.pass_obj
def command(
    clocks: Clocks,
    /,
    run: int | None,
    results: Path | None,
    base_url: str | None,
    profile: str | None,
    limits: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> int:
    """Go on with RUN, or with the last run that stopped.

    What may have been sent is looked for before anything is sent again.
    """
    from pipeline.cli.resumer import run_resume  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.cli.session import RunChoices  # noqa: PLC0415 - as above
    from pipeline.config import read_settings  # noqa: PLC0415 - as above

    choices = RunChoices.read(**options)
    settings = read_settings(base_url=base_url, profile=profile, limits=limits)
    screen = Screen(as_json)
    return run_resume(run, settings, screen, choices, results=results, clocks=clocks)
