"""What a sheet names and the account lacks, created in a run of its own before the rows are sent.

That run is an ordinary one, with a journal and results. It ends before the rows are planned anew
with the numbers that the service gave; if it stops, importing the same file again goes on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from pipeline import importing
from pipeline.cli.again import keep, shown
from pipeline.cli.planned import Planned, look_up_and_plan
from pipeline.cli.session import Session
from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.errors import UNFINISHED_ROWS, StoppedError, UsageError
from pipeline.kinds import plain
from pipeline.planning.missing import OPTION, Missing, Wanted, creatable
from pipeline.prepared import Prepared, prepare
from pipeline.report import text
from pipeline.report.results import write_results
from pipeline.runs.lines import Source
from pipeline.runs.outcome import Outcome
from pipeline.schema import Entity
from pipeline.sheets.rows_book import rows_workbook

FIRST_ROW = 2  # below the header


def read_wanted(entity: Entity, texts: Sequence[str]) -> Wanted:
    """Read `types`, or `types=Name` for a name that is much like another. Raises UsageError."""
    links = creatable(entity)
    known = {
        plain(word): link
        for link in links
        for word in (link, LOOKUPS[link].noun, LOOKUPS[link].nouns)
    }
    found = []
    for each in texts:
        kind, _, name = each.partition("=")
        if (link := known.get(plain(kind))) is None:
            possible = ", ".join(LOOKUPS[each].nouns for each in links)
            raise UsageError(
                f"{OPTION}: '{kind}' cannot be created from a sheet of {entity.nouns}. "
                + (f"Possible: {possible}." if possible else "Leave it out.")
            )
        found.append((link, name))
    return Wanted.of((link for link, _ in found), ((link, name) for link, name in found if name))


def create_missing(
    found: Planned, session: Session, source: Source, again: Sequence[str]
) -> tuple[dict[int, int], int | None]:
    """Create what the rows need; returns the new ids by their stand-ins.

    Where not all could be created the run is closed, and its exit code returned too: no row may be
    sent then. `again` is the command that goes on, in words.
    """
    ids: dict[int, int] = {}
    for link, group in groupby(sorted(found.missing, key=lambda each: each.link), _link):
        missing = list(group)
        outcomes, code = _run(ENTITIES[link], missing, session, source, again)
        if code is not None:
            return ids, code
        made = {each.row: each.record_id for each in outcomes}
        numbers = ((each.number, made[row]) for row, each in enumerate(missing, FIRST_ROW))
        ids |= {number: record for number, record in numbers if record is not None}
    return ids, None


def _link(missing: Missing) -> str:
    return missing.link


def _run(
    entity: Entity,
    missing: Sequence[Missing],
    session: Session,
    source: Source,
    again: Sequence[str],
) -> tuple[Sequence[Outcome], int | None]:
    prepared = _sheet(entity, missing, source.file)
    own = importing.source_of(prepared, results_of(entity, source))
    own = replace(own, reading=keep(own.reading, again))
    planned = look_up_and_plan(prepared, session.client, session.screen, allow_delete=False)
    if planned.plan.counts() != {"create": len(missing)} or not planned.plan.is_clean:
        raise changed_meanwhile("Nothing was written.", shown(again))
    run = importing.begin(planned.plan, entity, session.journal, own)
    session.again = shown(again)
    with session.running(run, planned.writes) as terms:
        applied = importing.carry_out(
            planned.plan, run, entity, session.client, session.journal, terms
        )

        def write() -> str:
            write_results(prepared, planned.plan.problems, applied, own.results)
            return str(own.results)

        results = session.results(run, write)
    if applied.stopped or any(each.status != "created" for each in applied.outcomes):
        session.screen.warn(f"No row of {source.file.name} was sent.")
        code = session.close(run, applied, results)
        return applied.outcomes, max(code, UNFINISHED_ROWS)
    session.again = None
    nouns = entity.noun if len(missing) == 1 else entity.nouns
    see = f" See {text.shown_path(results)}." if results else ""
    session.screen.say(f"{len(missing):,} {nouns} created (run {run.number}).{see}")
    return applied.outcomes, None


def close_earlier(links: Iterable[str], session: Session, source: Source) -> None:
    """Close runs of the same file that died while they created what is there by now."""
    for link in links:
        entity = ENTITIES[link]
        results = results_of(entity, source)
        own = Source(_beside(entity, source.file), b"", "", entity.sheet, results)
        session.journal.take_up(own, entity)


def changed_meanwhile(written: str, again: str) -> StoppedError:
    """Return what is raised when the plan is not any more the one that was shown."""
    return StoppedError(
        "The account was changed meanwhile: the rows would be written otherwise than shown. "
        f"{written} To look at it anew: {again}"
    )


def results_of(entity: Entity, source: Source) -> Path:
    """Return where the results of what was created go: beside those of the rows."""
    name = f"{_beside(entity, source.file).stem}.results.xlsx"
    return source.results.with_name(name)


def _beside(entity: Entity, file: Path) -> Path:
    return file.with_name(f"{file.stem}.{LOOKUPS[entity.name].nouns}.xlsx")


def _sheet(entity: Entity, missing: Sequence[Missing], file: Path) -> Prepared:
    """Return the records to create as a sheet that was read and checked; it is in no folder."""
    place, name = entity.key
    stand_in = entity.name_columns.get(place)
    header = [place, *([stand_in] if stand_in else []), name]
    rows = [
        [each.place, *([each.place_name or None] if stand_in else []), each.name]
        for each in missing
    ]
    path = _beside(entity, file)
    with tempfile.TemporaryDirectory(prefix="nexudus-bulk-") as folder:
        made = Path(folder) / path.name
        made.write_bytes(rows_workbook(entity.sheet, header, rows))
        prepared = prepare(made, entity)
    return replace(prepared, sheet=replace(prepared.sheet, path=path, remarks=()))
