"""`map`: propose how a foreign file's columns become fields, and keep that as a mapping."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.shared import Screen, json_option
from pipeline.errors import UsageError

EPILOG = "Example: nexudus-bulk map facilities.xlsx -o facilities.mapping.toml"


@click.command("map", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The mapping to write, instead of NAME.mapping.toml beside the file.",
)
@click.option("--sheet", help="The sheet to read, when the file has several.")
@click.option(
    "--entity", default="Resource", show_default=True, help="What the rows of the file are."
)
@click.option("--yes", is_flag=True, help="Ask nothing: what is not sure is left as a comment.")
@click.option("--overwrite", is_flag=True, help="Replace the mapping if it exists.")
@click.option("--list", "lists", is_flag=True, help="List the built-in mappings and stop.")
@json_option
def command(
    file: Path | None,
    output: Path | None,
    sheet: str | None,
    entity: str,
    yes: bool,
    overwrite: bool,
    lists: bool,
    as_json: bool,
) -> int:
    """Propose which columns and values of FILE are which of ours, and write that as a mapping.

    Check, plan and import take the mapping with --mapping. Needs no account and sends nothing.
    """
    from pipeline.cli.mapper import MapChoices, list_mappings, run_map  # noqa: PLC0415 - heavy

    screen = Screen(as_json)
    if lists:
        return list_mappings(screen)
    if file is None:
        raise UsageError("map: FILE is missing. Name the file, or use --list for what is built in.")
    choices = MapChoices(
        output=output,
        sheet=sheet,
        entity=entity,
        ask=not yes and sys.stdin is not None and sys.stdin.isatty(),
        overwrite=overwrite,
    )
    return run_map(file, choices, screen)
