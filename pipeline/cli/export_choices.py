"""What the user chose of an export, checked before anything is asked of an account."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline.clocks import SYSTEM, Clocks
from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.exporting import Request, is_whole_wanted
from pipeline.filtering.read import archived_filter, parse_filters
from pipeline.schema import Field
from pipeline.selection import parse_order, select_fields
from pipeline.sheets.columns import export_fields
from pipeline.sheets.exports import Columns, writer_of
from pipeline.sheets.whole import refuse_to_overwrite

Archived = Literal["yes", "no", "only"]

PAGE_ENDINGS = {".html", ".htm"}


@dataclass(frozen=True)
class ExportChoices:
    """What the user chose of an export."""

    output: Path
    request: Request
    series: str | None = None
    restart: bool = False
    changes: bool = False
    report: Path | None = None

    @classmethod
    def read(
        cls,
        *,
        output: Path,
        clocks: Clocks = SYSTEM,
        overwrite: bool = False,
        filters: tuple[str, ...] = (),
        archived: Archived = "yes",
        columns: tuple[str, ...] = (),
        groups: tuple[str, ...] = (),
        order_by: str | None = None,
        bom: bool = False,
        name: str | None = None,
        since_last: str | None = None,
        changes: bool = False,
        restart: bool = False,
        report: Path | None = None,
    ) -> ExportChoices:
        """Check everything that can be checked before a request is sent. Raises UsageError."""
        output, report = _dated(output, clocks), _dated(report, clocks) if report else None
        writer = writer_of(output, bom=bom)
        _check_report(report)
        for path in filter(None, (output, report)):
            refuse_to_overwrite(path, overwrite=overwrite)
        series = _series_name(name, since_last)
        if series is None and (changes or restart):
            option = "--changes" if changes else "--restart"
            raise UsageError(
                f"{option}: which export is meant? Give it a name with --name, "
                "or --since-last for new and changed records only."
            )
        fields = select_fields(RESOURCE, _offered(output), columns, groups)
        chosen = Columns(RESOURCE, fields, everything=not columns and not groups)
        wanted = parse_filters(RESOURCE, filters, os.environ)
        archive = archived_filter(RESOURCE, archived, wanted)
        request = Request(
            columns=chosen,
            writer=writer,
            filters=(*wanted, archive) if archive else wanted,
            order=parse_order(RESOURCE, order_by) if order_by else None,
            only_news=since_last is not None,
            all_listed=since_last is None or changes,
            changes=changes,
            whole=series is not None or order_by is not None or is_whole_wanted(chosen),
        )
        return cls(output, request, series, restart, changes, report)


def _dated(path: Path, clocks: Clocks) -> Path:
    """Fill in the local date and time where the file's name asks for them."""
    now = datetime.fromtimestamp(clocks.wall()).astimezone()
    name = path.name.replace("{date}", f"{now:%Y-%m-%d}").replace("{time}", f"{now:%H%M}")
    return path.with_name(name) if name != path.name else path


def _offered(output: Path) -> tuple[Field, ...]:
    """Return the columns the format can have: where records stay as they came, no names beside."""
    fields = export_fields(RESOURCE)
    if output.suffix.lower() != ".jsonl":
        return fields
    return tuple(each for each in fields if each.name in RESOURCE.by_name)


def _check_report(report: Path | None) -> None:
    if report is None:
        return
    if report.suffix.lower() not in PAGE_ENDINGS:
        raise UsageError(f"--report: '{report.name}' does not end in .html. Choose such a name.")
    if not report.parent.is_dir():
        raise UsageError(f"--report: there is no folder '{report.parent}'. Make it first.")


def _series_name(name: str | None, since_last: str | None) -> str | None:
    if name is not None and since_last is not None and name != since_last:
        raise UsageError(
            f"--name '{name}' and --since-last '{since_last}' are two exports. Give one of them."
        )
    return since_last if since_last is not None else name
