"""The export as a person sees it."""

from __future__ import annotations

from pathlib import Path

from pipeline.api.client import Tally, connect
from pipeline.cli.shared import Screen
from pipeline.config import Settings
from pipeline.entities import RESOURCE
from pipeline.exporting import Exported, export


def run_export(output: Path, settings: Settings, screen: Screen) -> tuple[Exported, Tally]:
    """Export all records and say what came of it. Raises PipelineError."""
    with connect(settings) as client:
        exported = export(client, RESOURCE, output)
    for each in exported.kept:
        screen.warn(
            f"{RESOURCE.sheet} row {each.row}, column {each.column}: a marker stands for the value "
            f"({each.reason}); importing leaves the value as it is."
        )
    if exported.unknown_keys:
        screen.warn(f"Left out, since no table knows them: {', '.join(exported.unknown_keys)}.")
    words = "complete" if exported.complete else "INCOMPLETE"
    screen.say(
        f"{exported.rows:,} {RESOURCE.nouns} written to {output}; the service announced "
        f"{exported.announced:,}: {words}. {client.tally.sent} requests."
    )
    return exported, client.tally
