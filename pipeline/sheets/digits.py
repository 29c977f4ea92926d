"""XML as numbers: many places of it compared, or read as whole numbers, in one step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
Reals = npt.NDArray[np.float64]

WIDTH = 8  # bytes of a word, the first of them the lowest
BITS = 8
MARGIN = b" " * 2 * WIDTH  # behind the XML, so that its last places have words too
ZEROS = np.uint64(0x3030303030303030)  # "00000000"
ABOVE_NINE = np.uint64(0x7676767676767676)  # added to a digit it leaves the highest bit alone
HIGHEST = np.uint64(0x8080808080808080)
ALL = np.uint64(2**64 - 1)
LOWEST = np.uint64(0x0101010101010101)
EXACT = 15  # digits of a whole number that a float can be relied on to hold
POWERS = 10 ** np.arange(WIDTH + 1)


def words_of(xml: bytes) -> Words:
    """Return the eight bytes from every place on as one number; `xml` ends with the margin."""
    return np.ndarray((len(xml) - WIDTH + 1,), np.dtype("<u8"), xml, 0, (1,))


def word(text: bytes) -> np.uint64:
    """Return a text of at most eight bytes as the number that a word would be."""
    return np.uint64(int.from_bytes(text, "little"))


def begin_with(words: Words, text: bytes) -> Truths:
    """Tell which words begin with a text."""
    kept = np.uint64((1 << BITS * len(text)) - 1)
    found: Truths = (words & kept) == word(text)
    return found


def lengths_until(words: Words, character: bytes) -> Places:
    """Return how many bytes of each word stand before a character: WIDTH where it is not in it.

    The lowest byte that is zero is found as in "Bit Twiddling Hacks" (Anderson), "Determine if a
    word has a zero byte"; those below it are counted by a product.
    """
    others = words ^ (LOWEST * np.uint64(ord(character)))
    found = (others - LOWEST) & ~others & HIGHEST
    below = (found & (~found + np.uint64(1))) - np.uint64(1)
    bytes_below = (below >> np.uint64(BITS - 1)) & LOWEST
    return ((bytes_below * LOWEST) >> np.uint64(BITS * (WIDTH - 1))).astype(np.int64)


def whole_numbers(words: Words, starts: Places, ends: Places) -> tuple[Places, Truths]:
    """Read what stands between places, and tell where it is a number of one to eight digits.

    Eight digits are added up at once, as in "Quickly parsing eight digits" (Lemire, 2018).
    """
    lengths = ends - starts
    fits = (lengths > 0) & (lengths <= WIDTH) & (ends >= WIDTH)
    strange = np.uint64(BITS) * np.where(fits, WIDTH - lengths, 0).astype(np.uint64)
    digits = (words[np.where(fits, ends - WIDTH, 0)] ^ ZEROS) & (ALL << strange)
    fits &= ((digits + ABOVE_NINE) | digits) & HIGHEST == 0
    digits = digits * np.uint64(10) + (digits >> np.uint64(8))
    halves = np.uint64(0x000000FF000000FF)
    high = (digits & halves) * np.uint64(0x000F424000000064)
    low = ((digits >> np.uint64(16)) & halves) * np.uint64(0x0000271000000001)
    return ((high + low) >> np.uint64(32)).astype(np.int64), fits


def decimals(words: Words, starts: Places, ends: Places) -> tuple[Reals, Truths]:
    """Read what stands between places, and tell where it is a number of few enough digits.

    Those are up to eight before the point and behind it, and 15 in all: as a whole number and as a
    power of ten such a number has no error, so that its quotient is the float that stands nearest,
    as in "How to read floating point numbers accurately" (Clinger, 1990).
    """
    is_negative = (words[starts] & np.uint64(255)) == np.uint64(ord("-"))
    starts = starts + is_negative
    points = np.minimum(starts + lengths_until(words[starts], b"."), ends)
    whole, fits = whole_numbers(words, starts, points)
    has_point = points < ends
    fraction, has_fraction = whole_numbers(words, points + 1, ends)
    is_point = begin_with(words[points], b".")
    fits &= ~has_point | (is_point & has_fraction & (ends - starts - 1 <= EXACT))
    behind = np.where(fits & has_point, ends - points - 1, 0)
    numbers = (whole * POWERS[behind] + np.where(has_point, fraction, 0)) / POWERS[behind]
    return np.where(is_negative, -numbers, numbers), fits
