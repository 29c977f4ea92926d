"""The cells that a rule names, into one cell such as a sheet of our own would have.

What a rule cannot read becomes an `Unread`, which the checks tell at the user's own cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import cached_property

from pipeline.kinds import DECIMAL, FLAG, SLOTS, WHOLE, with_point
from pipeline.mapping.near import suggestion
from pipeline.mapping.profile import Rule
from pipeline.mapping.slot_texts import day_of_header, read_day_times, read_times
from pipeline.mapping.units import as_number, convert, unit_of
from pipeline.mapping.unread import Unread
from pipeline.problems import plain_text
from pipeline.schema import Cell, Field, Unreadable
from pipeline.sheets.markers import is_clear, is_kept
from pipeline.sheets.read import Column, ErrorCell, Uncalculated

ITEMS = re.compile(r"[,;/|+&\n\r•·]|\band\b", re.IGNORECASE)
COUNT_BEFORE, NOTE_BEHIND = re.compile(r"^\d+\s*x?\s+|^[-*]\s*"), re.compile(r"\s*\([^)]*\)\s*$")
MARKS = {**dict.fromkeys("✓✔☑✅●•", "Yes"), **dict.fromkeys("✗✘☐–—-", "No")}  # noqa: RUF001
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
LEADING_NUMBER = re.compile(r"\s*[+-]?\d[\d.,]*")
COMMA = re.compile(r"\s*\d[\d.]*,\d+\s*[a-z]*\.?\s*", re.IGNORECASE)
SHOWN = 8  # values that a message lists


def same_value(text: str) -> str:
    """Reduce a value to what counts when values are compared: neither case nor blanks."""
    return re.sub(r"\s+", "", text).casefold()


def items_of(cell: Cell) -> list[str]:
    """Return what a list in a cell names, without counts before and remarks behind."""
    found = (part.strip() for part in ITEMS.split(plain_text(cell)))
    return [NOTE_BEHIND.sub("", COUNT_BEFORE.sub("", each)).strip() for each in found if each]


def same_item(first: str, second: str) -> bool:
    """Whether two names of a thing differ by nothing but case, blanks, hyphens or a plural s."""
    one, other = (re.sub(r"[\W_]+", "", each).casefold() for each in (first, second))
    return one.removesuffix("s") == other.removesuffix("s")


@dataclass(frozen=True)
class Reader:
    """Reads the cells of one rule, row by row."""

    field: Field
    rule: Rule
    columns: tuple[Column, ...]
    mapping: str
    decimal_comma: bool = False

    def lay(self, rows: Iterable[Sequence[Cell]]) -> list[Cell]:
        """Return a cell for each row; equal cells are read once."""
        seen: dict[object, Cell] = {}
        laid: list[Cell] = []
        for cells in rows:
            memo = tuple((type(each), each) for each in cells)
            if memo not in seen:
                seen[memo] = self.read(cells)
            laid.append(seen[memo])
        return laid

    def read(self, cells: Sequence[Cell]) -> Cell:
        """Read the cells of one row."""
        filled = [each for each in cells if each is not None]
        whole = [e for e in filled if isinstance(e, ErrorCell | Uncalculated) or _is_mark(e)]
        if whole:
            return whole[0]
        try:
            found = self._days(cells) if self._by_day else self._value(filled)
        except Unreadable as verdict:
            shown = filled[0] if len(filled) == 1 else ", ".join(map(plain_text, filled))
            return Unread(shown, verdict.code, tuple(verdict.words.items()))
        return self.ours(self.rule.blank) if found is None else found

    def ours(self, text: str | None) -> Cell:
        """Return a text of the mapping's own as a cell: its numbers have a point, always."""
        if text and self.decimal_comma and self.field.kind in {WHOLE, DECIMAL}:
            return DECIMAL.read(text)  # judged in `fitting.py`
        return text

    @cached_property
    def _by_day(self) -> Mapping[int, int] | None:
        """The day of each column, where the columns are days."""
        days = {n: day_of_header(each.text) for n, each in enumerate(self.columns)}
        named = {n: day for n, day in days.items() if day is not None}
        return named if self.field.kind is SLOTS and len(named) == len(days) > 1 else None

    def _days(self, cells: Sequence[Cell]) -> Cell:
        texts = {
            day: self._translated(plain_text(cells[n]))
            for n, day in (self._by_day or {}).items()
            if cells[n] is not None
        }
        filled = {day: text for day, text in texts.items() if text}
        return SLOTS.show(read_day_times(filled)) if filled else None

    def _value(self, filled: Sequence[Cell]) -> Cell:
        rule = self.rule
        if rule.pick:
            cell = self._picked(filled)
        else:
            joiner = rule.join if rule.join is not None else "; "
            cell = filled[0] if len(filled) == 1 else joiner.join(map(plain_text, filled)) or None
            cell = self._piece(cell)
            if rule.contains is not None and cell is not None:
                named = any(same_item(each, rule.contains) for each in items_of(cell))
                cell = "Yes" if named else "No"
            cell = self._translate(cell)
        return None if cell is None else self._converted(cell)

    def _piece(self, cell: Cell) -> Cell:
        rule = self.rule
        if cell is None or rule.split is None:
            return cell
        parts = [each.strip() for each in plain_text(cell).split(rule.split)]
        place = rule.part - 1 if rule.part > 0 else rule.part
        return parts[place] or None if -len(parts) <= place < len(parts) else None

    @cached_property
    def _translations(self) -> Mapping[str, str]:
        return {same_value(key): text for key, text in self.rule.values.items()}

    def _translated(self, text: str) -> str:
        return self._translations.get(same_value(text), text)

    def _own_words(self, cell: Cell) -> Cell:
        """Translate a cell by the dictionary, else by `otherwise`, else leave it as it is."""
        found = self._translations.get(same_value(plain_text(cell)), self.rule.otherwise)
        return cell if found is None else self.ours(found) or None

    def _translate(self, cell: Cell) -> Cell:
        rule = self.rule
        if cell is None or not (rule.values or rule.otherwise is not None):
            return cell
        found = self._own_words(cell)
        converted = rule.unit or rule.dates or self.field.kind is SLOTS
        if found is cell and rule.otherwise is None and not converted:
            self._refuse_strange(cell)
        return found

    def _refuse_strange(self, cell: Cell) -> None:
        """Refuse a value that is neither translated nor right as it stands."""
        try:
            self.field.kind.read(_marked(cell) if self.field.kind is FLAG else cell)
        except Unreadable as error:
            known = [*self.rule.values, *(each.name for each in self.field.kind.choices)]
            more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
            raise Unreadable(
                "not_translated",
                mapping=self.mapping,
                field=self.field.name,
                expects=self.field.kind.expects,
                nearest=suggestion(plain_text(cell), known),
                known=", ".join(f"'{each}'" for each in known[:SHOWN]) + more,
            ) from error

    def _picked(self, filled: Sequence[Cell]) -> Cell:
        translate = self._translate if self.rule.pick == "first" else self._own_words
        counting = [found for each in filled if (found := translate(each)) is not None]
        if not counting or self.rule.pick == "first":
            return counting[0] if counting else None
        sizes = [self._number(each) for each in counting]
        if self.rule.pick == "sum":
            return as_number(sum(sizes, Fraction(0)))
        choose: Callable[[list[Fraction]], Fraction] = max if self.rule.pick == "largest" else min
        return counting[sizes.index(choose(sizes))]

    def _number(self, cell: Cell) -> Fraction:
        text = self._pointed(cell).strip()
        if isinstance(cell, bool) or not NUMBER.fullmatch(text):
            raise Unreadable("not_a_number", cell=plain_text(cell), pick=self.rule.pick)
        return Fraction(text)

    def _pointed(self, cell: Cell) -> str:
        """Return an amount with a point; a cell that holds a number has one already.

        A unit may stand behind it. Raises Unreadable where the point may be a slip.
        """
        number = LEADING_NUMBER.match(cell) if isinstance(cell, str) else None
        if not self.decimal_comma or number is None:
            return plain_text(cell)
        return with_point(number[0]) + number.string[number.end() :]

    def _converted(self, cell: Cell) -> Cell:
        if self.rule.unit is not None:
            return self._in_our_unit(cell)
        if self.field.kind is SLOTS and isinstance(cell, str):
            return SLOTS.show(read_times(cell, self.rule.monday))
        if self.rule.dates is not None and isinstance(cell, str):
            return _date(cell, self.rule.dates)
        return _marked(cell) if self.field.kind is FLAG else cell

    def _in_our_unit(self, cell: Cell) -> Cell:
        source, target = unit_of(self.rule.unit or ""), unit_of(self.field.unit)
        assert source  # judged in `fitting.py`
        assert target
        found = convert(self._pointed(cell), source, target)
        if found is None:
            is_comma = COMMA.fullmatch(plain_text(cell)) and not self.decimal_comma
            raise Unreadable("amount_with_comma" if is_comma else "no_amount", unit=source)
        return found


def _is_mark(cell: Cell) -> bool:
    return is_clear(cell) or is_kept(cell)


def _marked(cell: Cell) -> Cell:
    """Read the ticks and crosses that people put into columns of yes and no."""
    return MARKS.get(cell.strip(), cell) if isinstance(cell, str) else cell


def _date(text: str, form: str) -> datetime:
    try:
        read = datetime.strptime(text.strip(), form)  # noqa: DTZ007 - as a workbook's, zoneless
    except ValueError as error:
        raise Unreadable("not_of_format", format=form) from error
    return (read.astimezone(UTC) if read.tzinfo else read).replace(tzinfo=None)
