"""Small numbers by record id, kept in 16 bytes each: an account may have very many records."""

from __future__ import annotations

from array import array
from bisect import bisect_left


class Marks:
    """A mark for each id, sorted by id; adding is quick where ids come in their order."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._marks = array("q")

    def __len__(self) -> int:
        return len(self._ids)

    def get(self, number: int) -> int | None:
        """Return the mark of an id, None if it has none."""
        place = self._place(number)
        return self._marks[place] if self._is_at(place, number) else None

    def put(self, number: int, mark: int) -> None:
        """Set the mark of an id."""
        place = self._place(number)
        if self._is_at(place, number):
            self._marks[place] = mark
        else:
            self._ids.insert(place, number)
            self._marks.insert(place, mark)

    def _place(self, number: int) -> int:
        if not self._ids or number > self._ids[-1]:
            return len(self._ids)
        return bisect_left(self._ids, number)

    def _is_at(self, place: int, number: int) -> bool:
        return place < len(self._ids) and self._ids[place] == number
