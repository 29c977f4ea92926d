"""`template`: a blank workbook to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.shared import Screen, json_option
from pipeline.errors import DONE

EPILOG = "Example: nexudus-bulk template -o rooms.xlsx"


@click.command("template", epilog=EPILOG)
@click.argument("entity", default="Resource")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The .xlsx to write."
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@json_option
def command(entity: str, output: Path, overwrite: bool, as_json: bool) -> int:
    """Write a blank workbook for ENTITY (Resource), with drop-downs, notes and a guide."""
    from pipeline.cli.entity_names import entity_named  # noqa: PLC0415 - heavy imports wait
    from pipeline.sheets.template import write_template  # noqa: PLC0415 - as above
    from pipeline.sheets.whole import refuse_to_overwrite  # noqa: PLC0415 - as above

    found = entity_named("template", entity)
    refuse_to_overwrite(output, overwrite=overwrite)
    write_template(output, found)
    screen = Screen(as_json)
    screen.say(f"Template written: {output}. Fill it in, then: nexudus-bulk check {output}")
    screen.give({"file": str(output), "entity": found.name})
    return DONE
