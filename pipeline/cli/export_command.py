"""`export`: the account's records into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli.shared import Screen, account_options, json_option
from pipeline.clocks import Clocks
from pipeline.errors import DONE, UNFINISHED_ROWS

EPILOG = """
Example: nexudus-bulk export -o rooms.xlsx

\b
More:
  nexudus-bulk export -o big.csv --where "Allocation>=10" --where "BusinessName=Harbour House"
  nexudus-bulk export -o month-{date}.xlsx --name monthly --changes --report month-{date}.html
"""


@click.command("export", epilog=EPILOG)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="The file to write; its ending chooses .xlsx, .csv, .jsonl or .parquet (which needs "
    "pyarrow). {date} and {time} in the name are filled in.",
)
@click.option(
    "--entity", metavar="NAME", help="What to export, such as resources [default: resources]."
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@click.option(
    "--where",
    "filters",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Only records that fit: Field=value, Field>=value or Field<=value; Field= for blank. "
    "May be given several times; all have to hold.",
)
@click.option(
    "--archived",
    type=click.Choice(["yes", "no", "only"]),
    help="Whether records that are put away come too [default: yes].",
)
@click.option(
    "--columns", multiple=True, metavar="NAMES", help="Only these columns, with commas between."
)
@click.option("--group", "groups", multiple=True, help="Only this group of columns: Amenities.")
@click.option(
    "--order-by",
    metavar="NAMES",
    help="Sort by these columns, with commas between; -Name sorts downwards [default: Id].",
)
@click.option("--bom", is_flag=True, help="Begin a .csv with a byte order mark, for Excel.")
@click.option(
    "--name",
    metavar="NAME",
    help="Remember this export under a name, so that the next can tell what changed.",
)
@click.option(
    "--since-last",
    metavar="NAME",
    help="Only records added or changed since the last export of this name.",
)
@click.option(
    "--changes", is_flag=True, help="Tell what was added, changed, removed since the last one."
)
@click.option("--restart", is_flag=True, help="Forget what was remembered under the name.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write a page of totals and plots: .html."
)
@account_options
@json_option
@click.pass_obj
def command(
    clocks: Clocks,
    /,
    output: Path,
    report: Path | None,
    base_url: str | None,
    profile: str | None,
    limits: tuple[str, ...],
    as_json: bool,
    **choices: Any,
) -> int:
    """Write the account's records into a file. An .xlsx or .csv can be imported again."""
    from pipeline.cli.export_choices import ExportChoices  # noqa: PLC0415 - heavy imports
    from pipeline.cli.exporter import run_export  # noqa: PLC0415 - as above
    from pipeline.config import read_settings  # noqa: PLC0415 - as above

    chosen = ExportChoices.read(output=output, report=report, clocks=clocks, **choices)
    settings = read_settings(base_url=base_url, profile=profile, limits=limits)
    exported = run_export(chosen, settings, Screen(as_json), clocks)
    return DONE if exported.certificate.complete else UNFINISHED_ROWS
