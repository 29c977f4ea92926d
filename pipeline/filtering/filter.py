"""One filter: what it asks of the service, and which records it lets through.

The service ignores parameters that it does not know, and compares in its own ways. So what is sent
never asks for less than what is wanted, and every record that comes is looked at again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from pipeline.kinds import filter_text, parse_moment
from pipeline.schema import STRANGE, Entity, Field, Value

Sign = Literal["=", ">=", "<="]

WHERE = "--where"  # the option by which people give filters
MAX_SENT = 400  # characters of a query; one of 2,048 is refused, and there may be several filters
ALMOST_A_MINUTE = timedelta(seconds=59)
LATEST = datetime(9999, 12, 31, 23, 58, tzinfo=UTC)  # a minute later there may be no minute left


@dataclass(frozen=True, repr=False)
class Filter:
    """One condition on one field of a record.

    `value` is the kind's, None for a blank. A link has the ids that fit, or one name that is still
    to be looked up; a moment has the first and the last second that `words` mean. `words` are for
    people, and hide what is secret.
    """

    entity: Entity
    field: Field
    sign: Sign
    value: Value
    words: str

    def __repr__(self) -> str:
        return f"Filter({label(self)})"  # the value may be a secret

    @property
    def wants_lookup(self) -> bool:
        """Whether a name has to become ids first."""
        return bool(self.field.link) and isinstance(self.value, str)

    @property
    def list_name(self) -> str:
        """The look-up list in which the value has to stand, if there is one."""
        stood_for = self.entity.by_name[self.field.names].link if self.field.names else ""
        return (self.field.link or stood_for) if self.value is not None else ""

    @property
    def bounds(self) -> tuple[Any, Any]:
        """The least and the greatest that the value means: of a day its first and last second."""
        return self.value if isinstance(self.value, tuple) else (self.value, self.value)

    def query(self) -> dict[str, str]:
        """Return the request's parameters; none where only a look at the records can tell."""
        name = self.field.name
        if self.value is None or self.wants_lookup:
            return {}
        if self.field.kind.name == "moment":
            return self._moment_query(*self.value)
        if self.sign == "=":
            text = self._exact_text()
            return {} if text is None else {self.entity.filter_name(name): text}
        parameter = self.entity.range_name(name, lowest=self.sign == ">=")
        return {parameter: _number(self.value)}

    def _exact_text(self) -> str | None:
        """Return what is sent, None for what the service might compare otherwise than we do."""
        if self.field.link:
            return str(self.value[0]) if len(self.value) == 1 else None
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if not isinstance(self.value, str):
            return _number(self.value)
        # A line break has two spellings, and a query has an end.
        is_plain = not set("\r\n") & set(self.value) and len(quote(self.value)) <= MAX_SENT
        return self.value if is_plain else None

    def _moment_query(self, first: datetime, last: datetime) -> dict[str, str]:
        name = self.field.name
        # An exact moment too is asked for as a range: stored ones have fractions of a second.
        query = {}
        if self.sign != "<=":
            query[self.entity.range_name(name, lowest=True)] = filter_text(first)
        if self.sign != ">=":
            # What happens within the last second still fits: the bound is the minute after it.
            until = min(last, LATEST) + timedelta(seconds=1) + ALMOST_A_MINUTE
            query[self.entity.range_name(name, lowest=False)] = filter_text(until)
        return query

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Whether the filter lets the record through; a blank is in no range."""
        try:
            return self._fits(record)
        except STRANGE:  # a value of a shape that no document describes
            return False

    def _fits(self, record: Mapping[str, Any]) -> bool:
        value, same = record.get(self.field.name), self.field.kind.sameness
        if self.value is None:
            return same(value) in {same(None), same(self.field.unset)}
        if self.field.kind.name == "moment":
            return self._fits_moment(value)
        if self.sign == "=":
            return value in self.value if self.field.link else same(value) == same(self.value)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        return bool(value >= self.value if self.sign == ">=" else value <= self.value)

    def _fits_moment(self, value: Value) -> bool:
        moment = parse_moment(str(value)).replace(microsecond=0)
        first, last = self.value
        return (self.sign == "<=" or moment >= first) and (self.sign == ">=" or moment <= last)


def label(filter: Filter) -> str:
    """Return the filter as people read it, such as `Allocation >= 4`; secrets are hidden."""
    return f"{filter.field.name} {filter.sign} {filter.words}"


def signature(filter: Filter) -> str:
    """Return words that two filters share only if they mean the same; a secret as its digest."""
    if not filter.field.secret:
        return label(filter)
    digest = hashlib.sha256(f"{filter.field.name}={filter.value}".encode()).hexdigest()[:12]
    return f"{label(filter)} {digest}"


def query(filters: Iterable[Filter]) -> dict[str, str]:
    """Return the request's parameters of all filters."""
    return {name: text for each in filters for name, text in each.query().items()}


def fits(filters: Iterable[Filter], record: Mapping[str, Any]) -> bool:
    """Whether all filters let the record through."""
    return all(each.fits(record) for each in filters)


def _number(value: float) -> str:
    return format(Decimal(repr(value)), "f")  # never 1e-05
