"""What the user chose of an export, checked before anything is asked of an account."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pipeline.clocks import SYSTEM, Clocks
from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.exporting import Request, is_whole_wanted
from pipeline.filtering.read import archived_filter, parse_filters
from pipeline.mapping.entity_names import entity_named
from pipeline.report.page_words import PAGE_ENDINGS
from pipeline.schema import Entity
from pipeline.selection import parse_order, select_fields
from pipeline.series.names import clean_name
from pipeline.sheets.columns import export_fields
from pipeline.sheets.exports import Columns, writer_of
from pipeline.sheets.whole import refuse_to_overwrite

Archived = Literal["yes", "no", "only"]

BRACES = re.compile(r"\{\w*\}")


@dataclass(frozen=True)
class ExportChoices:
    """What the user chose of an export."""

    output: Path
    request: Request
    series: str | None = None
    restart: bool = False
    report: Path | None = None
    changes_file: Path | None = None  # where changes are told beside a file that has no sheets

    @property
    def entity(self) -> Entity:
        """Whose records are exported."""
        return self.request.columns.entity

    @classmethod
    def read(
        cls,
        *,
        output: Path,
        clocks: Clocks = SYSTEM,
        environment: Mapping[str, str] = os.environ,
        entity: str | None = None,
        overwrite: bool = False,
        filters: tuple[str, ...] = (),
        archived: Archived | None = None,
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
        output, report = _dated("-o", output, clocks), report and _dated("--report", report, clocks)
        writer = writer_of(output, bom=bom)
        if report and report.suffix.lower() not in PAGE_ENDINGS:
            raise UsageError(f"--report: '{report}' does not end in .html. Choose such a name.")
        in_sheets = not changes or output.suffix.lower() == ".xlsx"
        changes_file = None if in_sheets else output.with_suffix(".changes.csv")
        for path in filter(None, (output, report, changes_file)):
            refuse_to_overwrite(path, overwrite=overwrite)
        table = entity_named("--entity", entity) if entity else RESOURCE
        series = _series_name(name, since_last, needed_by=_needs_name(changes, restart))
        chosen = _columns(table, output, columns, groups)
        wanted = parse_filters(table, filters, environment)
        archive = archived_filter(table, archived, wanted) if archived else None
        request = Request(
            columns=chosen,
            writer=writer,
            filters=(*wanted, archive) if archive else wanted,
            order=parse_order(table, order_by) if order_by is not None else None,
            only_news=since_last is not None,
            all_listed=since_last is None or changes,
            changes=changes,
            whole=series is not None or order_by is not None or is_whole_wanted(chosen),
        )
        return cls(output, request, series, restart, report, changes_file)


def _dated(option: str, path: Path, clocks: Clocks) -> Path:
    """Fill in the local date and time where the file's name asks for them. Raises UsageError."""
    now = datetime.fromtimestamp(clocks.wall()).astimezone()
    name = path.name.replace("{date}", f"{now:%Y-%m-%d}").replace("{time}", f"{now:%H%M}")
    dated = path.with_name(name) if name != path.name else path
    if unknown := BRACES.search(str(dated)):
        raise UsageError(
            f"{option}: '{unknown[0]}' is not filled in. {{date}} and {{time}} are, in the file's "
            "own name."
        )
    if not dated.parent.is_dir():
        raise UsageError(f"{option}: there is no folder '{dated.parent}'. Make it first.")
    return dated


def _columns(
    entity: Entity, output: Path, columns: tuple[str, ...], groups: tuple[str, ...]
) -> Columns:
    """Return the columns. Where records stay as they came there are no names beside ids."""
    as_they_came = output.suffix.lower() == ".jsonl"
    offered = export_fields(entity)
    if as_they_came:
        offered = tuple(each for each in offered if each.name in entity.by_name)
    for option, texts in (("--columns", columns), ("--group", groups)):
        if not all(text.replace(",", "").strip() for text in texts):
            raise UsageError(f"{option}: nothing is named. Leave it out to have all columns.")
    fields = select_fields(entity, offered, columns, groups)
    return Columns(entity, fields, everything=fields == offered, as_they_came=as_they_came)


def _needs_name(changes: bool, restart: bool) -> str:
    return "--changes" if changes else "--restart" if restart else ""


def _series_name(name: str | None, since_last: str | None, *, needed_by: str) -> str | None:
    """Return the name of the export. Raises UsageError."""
    given = [clean_name(each) for each in (name, since_last) if each is not None]
    if len({each.casefold() for each in given}) > 1:
        raise UsageError(
            f"--name '{name}' and --since-last '{since_last}' are two exports. Give one of them."
        )
    if needed_by and not given:
        raise UsageError(
            f"{needed_by}: which export is meant? Give it a name with --name, "
            "or --since-last for new and changed records only."
        )
    return given[-1] if given else None
