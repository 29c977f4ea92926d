"""Names in filters made ids, with the look-up lists of the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.entities import LOOKUPS
from pipeline.errors import UsageError
from pipeline.filtering.filter import WHERE, Filter
from pipeline.mapping.near import nearest
from pipeline.planning.stored import Named, same_name
from pipeline.problems import problem


def links_wanted(filters: Iterable[Filter]) -> set[str]:
    """Return the look-up lists in which the names and ids in filters have to stand."""
    return {each.list_name for each in filters if each.list_name}


def resolve(filters: Sequence[Filter], lists: Mapping[str, Sequence[Named]]) -> tuple[Filter, ...]:
    """Return the filters with ids instead of names.

    A name that several entries have means all of them; beside a filter by location, those of that
    location if there are any. Raises UsageError, which tells of all names that nothing has.
    """
    places = {
        number
        for each in filters
        if each.field.link and LOOKUPS[each.field.link].place is None
        for number in _ids(each, lists, set())
    }
    settled = [(each, _ids(each, lists, places)) for each in filters]
    wrong = [_unknown(each, lists) for each, ids in settled if _is_unknown(each, ids, lists)]
    if wrong:
        raise UsageError("\n".join(wrong))
    return tuple(replace(each, value=ids) if each.wants_lookup else each for each, ids in settled)


def _is_unknown(each: Filter, ids: tuple[int, ...], lists: Mapping[str, Sequence[Named]]) -> bool:
    """Whether nothing in the list is meant: such a filter would leave nothing, without a word."""
    if each.wants_lookup:
        return not ids
    entries = lists.get(each.list_name, ())
    if each.field.link:
        return bool(ids) and not {*ids} & {entry.id for entry in entries}
    return bool(each.list_name) and not any(
        same_name(entry.name) == same_name(each.value) for entry in entries
    )


def _ids(each: Filter, lists: Mapping[str, Sequence[Named]], places: set[int]) -> tuple[int, ...]:
    if not each.wants_lookup:
        return each.value if each.field.link and each.value else ()
    entries = lists.get(each.field.link, ())
    near = [entry for entry in entries if entry.place in places or entry.place is None]
    for pool in (near, entries) if places else (entries,):
        for alike in (same_name, _same_name_in_any_case):
            if ids := [entry.id for entry in pool if alike(entry.name) == alike(each.value)]:
                return tuple(ids)
    return ()


def _same_name_in_any_case(text: str) -> str:
    return same_name(text).lower()


def _unknown(each: Filter, lists: Mapping[str, Sequence[Named]]) -> str:
    lookup, entries = LOOKUPS[each.list_name], lists.get(each.list_name, ())
    near = nearest(each.words, {entry.name for entry in entries})
    meant = " or ".join(f"'{name}'" for name in near)
    hint = f"Did you mean {meant}?" if near else f"It has {len(entries)} {lookup.nouns}."
    found = problem("unknown_name", WHERE, value=each.words, what=lookup.noun, nearest=hint)
    return f"{WHERE} {each.field.name}: {found.message} {found.hint}"
