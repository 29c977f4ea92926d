"""What is kept of each record by its id, in few bytes: an account may have very many records."""

from __future__ import annotations

from array import array
from bisect import bisect_left

END = 0xFF  # of a text: a byte that UTF-8 never uses


class Marks:
    """A number for each id in 16 bytes; adding is quick where ids come in their order."""

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


class Texts:
    """A text for each id: a dictionary of names would take five times the memory."""

    def __init__(self) -> None:
        self._begins = Marks()
        self._joined = bytearray()

    def __len__(self) -> int:
        return len(self._begins)

    def __contains__(self, number: int) -> bool:
        return self._begins.get(number) is not None

    def get(self, number: int) -> str | None:
        """Return the text of an id, None if it has none."""
        begin = self._begins.get(number)
        if begin is None:
            return None
        return self._joined[begin : self._joined.index(END, begin)].decode(errors="surrogatepass")

    def put(self, number: int, text: str) -> None:
        """Set the text of an id."""
        self._begins.put(number, len(self._joined))
        self._joined += text.encode(errors="surrogatepass")
        self._joined.append(END)
