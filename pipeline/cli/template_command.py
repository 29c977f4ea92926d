"""`template`: a blank workbook to fill in, with `--live` one that knows the account's names."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.shared import Screen, account_options, json_option
from pipeline.clocks import Clocks
from pipeline.errors import DONE, UsageError

if TYPE_CHECKING:
    from pipeline.schema import Entity
    from pipeline.sheets.stamp import Stamp

EPILOG = "Example: nexudus-bulk template --live -o rooms.xlsx"
FORMAT = "{n_fmt}/{total_fmt} lists |{bar}| {desc}"


@click.command("template", epilog=EPILOG)
@click.argument("entity", default="Resource")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The .xlsx to write."
)
@click.option(
    "--live",
    is_flag=True,
    help="Fill the drop-downs with the account's own names. Reads only.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@account_options
@json_option
@click.pass_obj
def command(
    clocks: Clocks,
    /,
    entity: str,
    output: Path,
    live: bool,
    overwrite: bool,
    as_json: bool,
    **account: Any,
) -> int:
    """Write a blank workbook for ENTITY (Resource), with drop-downs, notes and a guide.

    With --live the drop-downs offer the account's own locations, types, plans, teams, products and
    resources; those of a row are the ones of its location. A template with the names of long ago
    says so when it is checked or imported: make a new one and copy your rows over.
    """
    from pipeline.mapping.entity_names import entity_named  # noqa: PLC0415 - heavy imports wait
    from pipeline.sheets.template import write_template  # noqa: PLC0415 - as above
    from pipeline.sheets.whole import refuse_to_overwrite  # noqa: PLC0415 - as above

    found = entity_named("template", entity)
    if not live and (given := [each for each, value in account.items() if value]):
        raise UsageError(f"--{given[0].replace('_', '-').rstrip('s')}: only counts with --live.")
    refuse_to_overwrite(output, overwrite=overwrite)
    screen = Screen(as_json)
    stamp = _live(found, screen, clocks, account) if live else None
    write_template(output, found, stamp)
    if stamp:
        screen.say(_summary(stamp))
    screen.say(f"Template written: {output}. Fill it in, then: nexudus-bulk check {output}")
    screen.give({"file": str(output), "entity": found.name, **_account(found, stamp)})
    return DONE


def _live(entity: Entity, screen: Screen, clocks: Clocks, account: Mapping[str, Any]) -> Stamp:
    """Read the account's names, with a bar at a terminal."""
    from tqdm import tqdm  # noqa: PLC0415 - as above

    from pipeline.api.client import connect  # noqa: PLC0415 - as above
    from pipeline.config import read_settings  # noqa: PLC0415 - as above
    from pipeline.live import offered_lists, read_offers  # noqa: PLC0415 - as above

    settings = read_settings(**account)
    bar = tqdm(
        total=len(offered_lists(entity)),
        bar_format=FORMAT,
        disable=not (sys.stderr and sys.stderr.isatty()),
        file=sys.stderr,
        leave=False,
    )

    def progress(nouns: str) -> None:
        with suppress(OSError):  # a terminal that was closed
            bar.set_description_str(nouns)
            bar.update()

    with connect(settings, clocks, tell=screen.warn) as client, bar:
        offered = read_offers(client, entity, progress)
    screen.warn(offered.remarks)
    return offered.stamp


def _counts(stamp: Stamp) -> dict[str, int]:
    from pipeline.entities import LOOKUPS  # noqa: PLC0415 - as above

    return {LOOKUPS[link].nouns: len(names) for link, names in stamp.names.items()}


def _summary(stamp: Stamp) -> str:
    assert stamp.account
    counts = ", ".join(f"{count:,} {nouns}" for nouns, count in _counts(stamp).items())
    return f"Names of {stamp.account.host} on {stamp.day}: {counts}."


def _account(entity: Entity, stamp: Stamp | None) -> dict[str, Any]:
    """Return what the JSON tells of the account; a list that could not be read counts None."""
    if stamp is None or stamp.account is None:
        return {}
    from pipeline.entities import LOOKUPS  # noqa: PLC0415 - as above
    from pipeline.live import offered_lists  # noqa: PLC0415 - as above

    unread = {LOOKUPS[link].nouns: None for link in offered_lists(entity)}
    return {
        "service": stamp.account.host,
        "made": stamp.made,
        "names": {**unread, **_counts(stamp)},
    }
