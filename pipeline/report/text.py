"""Problems, plans and outcomes as lines a person reads."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.planning.plan import Change, Plan
from pipeline.problems import MAX_QUOTED, Problem, is_error, said_once
from pipeline.runs.outcome import STATUSES, WRITTEN, Outcome
from pipeline.schema import Cell

MAX_LINES = 40  # of a list on the screen; files and --json have all of it


def problem_lines(problems: Sequence[Problem], most: int | None = None) -> list[str]:
    """Return lines in sheet order, warnings marked as such; many rows' same trouble is one line."""
    problems = said_once(problems)
    shown = [str(each) if is_error(each) else f"warning: {each}" for each in islice(problems, most)]
    rest = len(problems) - len(shown)
    return [*shown, f"… and {rest} more"] if rest else shown


def problem_summary(problems: Sequence[Problem], rows: int) -> str:
    """Return the last line of a check."""
    errors = sum(map(is_error, problems))
    warned = len(problems) - errors
    parts = [many(errors, "problem")] if errors else ["no problems"]
    parts += [many(warned, "warning")] if warned else []
    return f"{many(rows, 'row')}: {', '.join(parts)}."


def plan_lines(plan: Plan, most: int = MAX_LINES) -> list[str]:
    """Return what is to become of the rows: creates by name, updates cell by cell, blocked rows."""
    lines = [line for each in plan.changes for line in _change_lines(each, plan.link_words(each))]
    shown = lines[:most]
    if len(lines) > most:
        shown.append(f"… and {len(lines) - most} lines more")
    return shown


def _change_lines(change: Change, links: Mapping[str, str]) -> list[str]:
    head = f"row {change.row}: {change.action} '{change.name}'"
    if change.record_id is not None:
        head += f" ({change.record_id})"
    if change.action == "update":
        return [
            head,
            *(
                f"    {d.field}: {_cell(d.old)} → {d.new if d.field in links else _cell(d.new)}"
                for d in change.differences
            ),
        ]
    head_only = change.action in {"create", "delete", "blocked"}
    return [head, *(f"    {field}: {words}" for field, words in links.items())] if head_only else []


def _cell(cell: Cell) -> str:
    if cell is None:
        return "blank"
    text = " ".join(str(cell).split())
    return f"'{text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + '…'}'"


def plan_summary(plan: Plan, seconds: float, first: int = 0) -> str:
    """Return the counts of a plan, with the requests and the time it takes.

    `first` is how many records are created before the rows.
    """
    counts = plan.counts()
    names = ("create", "update", "delete", "unchanged", "skip", "blocked", "invalid")
    said = ", ".join(f"{counts[name]} {name}" for name in names if counts[name])
    line = (
        f"{many(len(plan.changes), 'row')}: {said or 'nothing to do'}. "
        f"{f'{first:,} to create before them. ' if first else ''}"
        f"{many(plan.writes + first, 'write request')}{_second(plan)}, "
        f"at least {duration(seconds)}."
    )
    if count := plan.near_creates:
        verb = "resembles" if count == 1 else "resemble"
        line += f" {count:,} of the new ones {verb} what is there: see the warnings."
    return line


def known_line(count: int, rows: int, source: str) -> str:
    """Say how many rows the ledger knows."""
    return f"ledger: {count:,} of {many(rows, 'row')} known from earlier runs of '{source}'"


def _second(plan: Plan) -> str:
    if not plan.twice:
        return ""
    return f" ({len(plan.twice):,} of them for links that wait for rows created later)"


def outcome_lines(
    outcomes: Iterable[Outcome], sheet: str, kept_back: Container[int] = (), most: int = MAX_LINES
) -> list[str]:
    """Return a line for each row that was refused, is in doubt or was kept back by such a row."""
    lines = [
        f"{sheet} row {each.row}: {each.status.replace('_', ' ')}. {each.message}"
        for each in outcomes
        if each.status in {"rejected", "in_doubt"} or each.row in kept_back
    ]
    return lines[:most] + ([f"… and {len(lines) - most} more"] if len(lines) > most else [])


def run_line(run: Mapping[str, Any]) -> str:
    """Return one line of the list of runs."""
    at = datetime.fromtimestamp(run["started"]).astimezone()
    came = f"{counts_line(run['counts'])} {_state(run)}"
    return f"{run['run']}  {at:%Y-%m-%d %H:%M}  {run['file']}  {came}"


def _state(run: Mapping[str, Any]) -> str:
    if run["running"]:
        return f"Running, process {run['running']}."
    if run["taken_up_by"]:
        return "Imported again since."
    if not run["open"]:
        return "Done."
    if not (run["left"] or run["stopped"]):  # a record that was created may still lack links
        return "Done, but its results are not written yet."
    return str(run["stopped"] or "Broken off (killed, or a power cut).")


def row_lines(outcomes: Iterable[Outcome]) -> list[str]:
    """Return a line for every row of a run."""
    return [
        " ".join(
            filter(
                None,
                [
                    f"row {each.row}: {each.status.replace('_', ' ')}",
                    f"({each.record_id})" if each.record_id is not None else "",
                    each.message,
                ],
            )
        )
        for each in outcomes
    ]


def counts_line(counts: Mapping[str, int]) -> str:
    """Return the counts that are not 0, in words, after the number of rows."""
    said = ", ".join(f"{counts[s]} {s.replace('_', ' ')}" for s in STATUSES if counts[s])
    return f"{many(sum(counts.values()), 'row')}: {said or 'nothing to do'}."


def written_line(counts: Mapping[str, int]) -> str:
    """Say what was written, for the last message of a run that stopped."""
    written = sum(counts[status] for status in WRITTEN)
    if not written and not counts["in_doubt"]:
        return "Nothing was written."
    doubt = f", {counts['in_doubt']} in doubt" if counts["in_doubt"] else ""
    return f"Written so far: {many(written, 'row')}{doubt}."


def shown_path(path: str) -> str:
    """Return a path as a person in this folder would type it."""
    with suppress(ValueError):
        return str(Path(path).relative_to(Path.cwd()))
    return path


def duration(seconds: float) -> str:
    """Return a time as a person says it."""
    if seconds < 90:  # noqa: PLR2004 - from here on minutes read better
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 120:  # noqa: PLR2004 - from here on hours read better
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"


def many(count: int, noun: str) -> str:
    """Return a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
