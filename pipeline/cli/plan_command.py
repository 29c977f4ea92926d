"""`plan`: what an import would do."""

from __future__ import annotations

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
)
from pipeline.clocks import Clocks
from pipeline.errors import DONE, UNFINISHED_ROWS

EPILOG = "Example: nexudus-bulk plan rooms.xlsx -o rooms.plan.xlsx"


@click.command("plan", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the plan as .xlsx.")
@click.option("--allow-delete", is_flag=True, help="Let rows whose Action is delete be deleted.")
@file_options
@missing_option
@base_option
@account_options
@json_option
@click.pass_obj
def command(
    clocks: Clocks,
    /,
    file: Path,
    output: Path | None,
    allow_delete: bool,
    create_missing: tuple[str, ...],
    base_url: str | None,
    profile: str | None,
    limits: tuple[str, ...],
    as_json: bool,
    **reading: Any,
) -> int:
    """Show what importing FILE would create and change, old → new. Writes nothing."""
    from pipeline.api.client import connect  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.cli.creating import read_wanted  # noqa: PLC0415 - as above
    from pipeline.cli.opening import open_file  # noqa: PLC0415 - as above
    from pipeline.cli.planned import ledger_owner, look_up_and_plan  # noqa: PLC0415 - as above
    from pipeline.config import read_settings  # noqa: PLC0415 - as above
    from pipeline.sheets.whole import refuse_own_input  # noqa: PLC0415 - as above

    if output:
        refuse_own_input("-o", output, file)
    screen = Screen(as_json)
    settings = read_settings(base_url=base_url, profile=profile, limits=limits)
    prepared = open_file(file, **reading)
    wanted = read_wanted(prepared.entity, create_missing)
    owner = ledger_owner(prepared, settings, clocks)
    with connect(owner, clocks, tell=screen.warn) as client:
        planned = look_up_and_plan(
            prepared, client, screen, allow_delete=allow_delete, wanted=wanted
        )
        planned.show()
        if output:
            planned.save(output)
        counts = planned.plan.counts()
        counts["unchanged"] += counts["skip"]  # as an import counts them
        names = ("create", "update", "delete", "unchanged", "blocked", "invalid")
        screen.give(
            {
                "file": str(file),
                **{name: counts[name] for name in names},
                "requests": planned.writes,
                "seconds_at_least": planned.seconds,
                "plan": str(output) if output else None,
                **({"missing": planned.as_json()} if create_missing else {}),
            }
        )
        return DONE if planned.plan.is_clean else UNFINISHED_ROWS
