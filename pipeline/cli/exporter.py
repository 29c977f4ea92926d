"""The export as a person sees it: how far it is, and what came of it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipeline.api.client import Client, connect, identified
from pipeline.cli.export_choices import ExportChoices
from pipeline.cli.shared import Screen
from pipeline.clocks import SYSTEM, Clocks
from pipeline.config import Settings
from pipeline.entities import RESOURCE
from pipeline.errors import StoppedError
from pipeline.exporting import Exported, export
from pipeline.report.text import shown_path
from pipeline.series.state import Series
from pipeline.sheets.changes_text import write_changes_csv

FORMAT = "{n_fmt}/{total_fmt} records |{bar}| {remaining} left"


def run_export(
    chosen: ExportChoices, settings: Settings, screen: Screen, clocks: Clocks = SYSTEM
) -> Exported:
    """Export and say what came of it. Raises PipelineError."""
    began = time.monotonic()
    settings = identified(settings, clocks) if chosen.series else settings
    with connect(settings, clocks) as client, _watching() as progress:
        exported = _export(chosen, client, progress, clocks)
        sent = client.tally.sent
    changes = _write_beside(chosen, exported)
    if chosen.report:
        from pipeline.report.page import write_page  # noqa: PLC0415 - plots take a second to load

        write_page(chosen.report, exported.figures, exported.certificate, exported.comparison)
    _say(chosen, exported, sent, changes, screen)
    screen.give(_json(chosen, exported, sent, changes, time.monotonic() - began))
    return exported


def _export(chosen: ExportChoices, client: Client, progress: Progress, clocks: Clocks) -> Exported:
    request, path = chosen.request, chosen.output
    try:
        if chosen.series is None:
            return export(client, request, path, progress=progress)
        settings = client.settings
        with Series.open(
            settings.home,
            settings.account,
            chosen.series,
            RESOURCE,
            now=clocks.wall,
            restart=chosen.restart,
        ) as series:
            series.check(request.signature)
            return export(client, request, path, series=series, progress=progress)
    except KeyboardInterrupt as error:
        raise StoppedError(
            f"Stopped on request. {shown_path(str(path))} was not written"
            f"{', what stood there is as it was' if path.exists() else ''}. "
            "To have it, export again."
        ) from error


def _write_beside(chosen: ExportChoices, exported: Exported) -> Path | None:
    """Write what changed beside a file that has no sheets; returns where."""
    if exported.comparison is None or chosen.output.suffix.lower() == ".xlsx":
        return None
    path = chosen.output.with_suffix(".changes.csv")
    write_changes_csv(path, RESOURCE, exported.comparison)
    return path


def _say(
    chosen: ExportChoices, exported: Exported, sent: int, changes: Path | None, screen: Screen
) -> None:
    certificate, nouns = exported.certificate, RESOURCE.nouns
    markers = exported.markers
    for each in markers.first:
        said = markers.words.format(each.reason)
        screen.warn(f"{RESOURCE.sheet} row {each.row}, column {each.column}: {said}.")
    if (more := markers.count - len(markers.first)) > 0:
        screen.warn(f"… and {more:,} more such cells.")
    screen.warn(certificate.notes)
    screen.say(_moved(exported, chosen))
    if chosen.report:
        screen.say(f"Report written: {shown_path(str(chosen.report))}.")
    if changes:
        screen.say(f"Changes written: {shown_path(str(changes))}.")
    screen.say(
        f"{certificate.written:,} {nouns} written to {shown_path(str(chosen.output))}; the service "
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


def _moved(exported: Exported, chosen: ExportChoices) -> Iterator[str]:
    """Yield what changed since the last export of that name, if it was asked for."""
    if not chosen.request.changes:
        return
    found = exported.comparison
    if found is None:
        yield f"This is the first export named '{chosen.series}': there is nothing to compare with."
        return
    yield (
        f"Since {found.since:%Y-%m-%d %H:%M} UTC: {len(found.added):,} added, "
        f"{found.changed_records:,} changed, "
        f"{f'{len(found.removed):,} removed' if found.tells_removed else 'removed not known'}."
    )


def _json(
    chosen: ExportChoices, exported: Exported, sent: int, changes: Path | None, seconds: float
) -> dict[str, Any]:
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
            "file": str(changes or chosen.output),
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
