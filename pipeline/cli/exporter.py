"""The export as a person sees it: how far it is, and what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from tqdm import tqdm

from pipeline.api.client import Client, connect, identified
from pipeline.cli.export_choices import ExportChoices
from pipeline.cli.shared import Screen
from pipeline.clocks import SYSTEM, Clocks
from pipeline.config import Settings
from pipeline.errors import StoppedError
from pipeline.exporting import Exported, export
from pipeline.report.text import shown_path
from pipeline.schema import Entity
from pipeline.series.known import list_series
from pipeline.series.state import Series
from pipeline.sheets.changes_text import write_changes_csv

FORMAT = "{n_fmt}/{total_fmt} records |{bar}| {remaining} left"


def run_export(
    chosen: ExportChoices, settings: Settings, screen: Screen, clocks: Clocks = SYSTEM
) -> Exported:
    """Export and say what came of it. Raises PipelineError."""
    began = time.monotonic()
    settings = identified(settings, clocks) if chosen.series else settings
    writing = _Writing(chosen)
    try:
        with connect(settings, clocks, tell=screen.warn) as client, _watching() as progress:
            exported = _export(chosen, client, writing, progress, screen)
            sent = client.tally.sent
    except KeyboardInterrupt as error:
        raise StoppedError(writing.stopped()) from error
    _say(chosen, exported, sent, screen)
    screen.give(_json(chosen, exported, sent, time.monotonic() - began))
    return exported


class _Writing:
    """Writes what belongs to an export's file, and knows what is in its place already."""

    def __init__(self, chosen: ExportChoices) -> None:
        self._chosen = chosen
        self._is_written = False

    def beside(self, exported: Exported) -> None:
        """Write the changes, where the file has no sheets for them, and the page."""
        chosen = self._chosen
        self._is_written = True
        if chosen.changes_file and exported.comparison is not None:
            write_changes_csv(chosen.changes_file, chosen.entity, exported.comparison)
        if chosen.report:
            from pipeline.report.page import write_page  # noqa: PLC0415 - plots load for a second

            write_page(chosen.report, exported.figures, exported.certificate, exported.comparison)

    def stopped(self) -> str:
        """Say what stands where when somebody stopped the export."""
        path = self._chosen.output
        if self._is_written:
            name = self._chosen.series
            memory = f" Export '{name}' may not remember it." if name else ""
            return f"Stopped on request. {shown_path(str(path))} is written.{memory}"
        there = ", what stood there is as it was" if path.exists() else ""
        return (
            f"Stopped on request. {shown_path(str(path))} was not written{there}. "
            "To have it, export again."
        )


def _export(
    chosen: ExportChoices,
    client: Client,
    writing: _Writing,
    progress: Progress,
    screen: Screen,
) -> Exported:
    write = partial(
        export, client, chosen.request, chosen.output, beside=writing.beside, progress=progress
    )
    if chosen.series is None:
        return write()
    settings = client.settings
    with Series.open(
        settings.home,
        settings.account,
        chosen.series,
        chosen.entity,
        now=client.clocks.wall,
        restart=chosen.restart,
    ) as series:
        series.check(chosen.request.signature)
        if series.previous is None:
            screen.warn(_first(chosen.series, chosen.entity, settings))
        return write(series=series)


def _first(name: str, entity: Entity, settings: Settings) -> str:
    """Say that nothing is remembered under the name yet: it may be misspelt."""
    others = [each.name for each in list_series(settings.home, settings.account, entity)]
    known = f" Other names: {', '.join(others)}." if others else ""
    return (
        f"This is the first export named '{name}': there is nothing to compare with, and all "
        f"{entity.nouns} are written.{known}"
    )


def _say(chosen: ExportChoices, exported: Exported, sent: int, screen: Screen) -> None:
    certificate, entity = exported.certificate, chosen.entity
    markers = exported.markers
    for each in markers.first:
        said = markers.words.format(each.reason)
        screen.warn(f"{entity.sheet} row {each.row}, column {each.column}: {said}.")
    if (more := markers.count - len(markers.first)) > 0:
        screen.warn(f"… and {more:,} more such cells.")
    screen.warn(certificate.notes)
    screen.say(_moved(exported))
    if chosen.report:
        screen.say(f"Report written: {shown_path(str(chosen.report))}.")
    if chosen.changes_file and exported.comparison is not None:
        screen.say(f"Changes written: {shown_path(str(chosen.changes_file))}.")
    if not certificate.written and certificate.filters and not certificate.unchanged:
        screen.say(f"No {entity.noun} fits the filters.")
    noun = entity.noun if certificate.written == 1 else entity.nouns
    screen.say(
        f"{certificate.written:,} {noun} written to {shown_path(str(chosen.output))}; the service "
        f"announced {certificate.announced:,}: {_verdict(exported)} {sent} requests."
    )


def _verdict(exported: Exported) -> str:
    certificate = exported.certificate
    if not certificate.complete:
        return f"INCOMPLETE. {' '.join(certificate.reasons)}"
    apart = [
        f"{count:,} {words}"
        for count, words in (
            (certificate.left_out, "left out by the filters"),
            (certificate.unchanged, "unchanged since last time"),
            (len(certificate.deleted), "deleted meanwhile"),
        )
        if count
    ]
    return f"complete ({', '.join(apart)})." if apart else "complete."


def _moved(exported: Exported) -> Iterator[str]:
    """Yield what changed since the last export of that name, if it was asked for."""
    found = exported.comparison
    if found is None:
        return
    yield (
        f"Since {found.since:%Y-%m-%d %H:%M} UTC: {len(found.added):,} added, "
        f"{found.changed_records:,} changed, "
        f"{f'{len(found.removed):,} removed' if found.tells_removed else 'removed not known'}."
    )


def _json(chosen: ExportChoices, exported: Exported, sent: int, seconds: float) -> dict[str, Any]:
    certificate, found = exported.certificate, exported.comparison
    return {
        "file": str(chosen.output),
        "rows": certificate.written,
        "total_announced": certificate.announced,
        "complete": certificate.complete,
        "requests": sent,
        "seconds": round(seconds, 3),
        "report": str(chosen.report) if chosen.report else None,
        "changes": found
        and {
            "since": found.since.isoformat(),
            "added": len(found.added),
            "changed": found.changed_records,
            "removed": len(found.removed),
            "file": str(chosen.changes_file or chosen.output),
        },
        "certificate": certificate.as_dict(),
    }


class Progress:
    """Told of each record: shows a bar at a terminal, nothing elsewhere."""

    def __init__(self, bar: tqdm[Any]) -> None:
        self._bar = bar

    def __call__(self, place: int, ahead: int) -> None:
        """Show that `place` of `ahead` records were looked at."""
        self._bar.total = ahead or None
        self._bar.update(place - self._bar.n)


@contextmanager
def _watching() -> Iterator[Progress]:
    at_terminal = sys.stderr is not None and sys.stderr.isatty()
    with tqdm(bar_format=FORMAT, disable=not at_terminal, file=sys.stderr, leave=False) as bar:
        yield Progress(bar)
