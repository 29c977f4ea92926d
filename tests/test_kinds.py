"""Kinds of value: what a cell may hold, and what is stored for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import kinds
from pipeline.entities import RESOURCE
from pipeline.schema import Unreadable

CATEGORY = RESOURCE.by_name["SystemResourceType"].kind


def refusal(kind, cell):
    with pytest.raises(Unreadable) as caught:
        kind.read(cell)
    return caught.value.code


@pytest.mark.parametrize("cell", [12, 12.0, "12", "12.0", " 12 ", "+12"])
def test_whole_numbers_in_every_spelling(cell):
    """A whole number may be a number or a text, with or without an empty fraction."""
    assert kinds.WHOLE.read(cell) == 12


@pytest.mark.parametrize("cell", ["4.5", 4.5, "twelve", True, "1,000", "1e3", date(2026, 1, 5)])
def test_what_is_not_a_whole_number_is_refused(cell):
    """Decimals, words, yes/no, separators and dates are not rounded or guessed."""
    assert refusal(kinds.WHOLE, cell) == "not_whole"


def test_numbers_that_a_cell_cannot_hold_exactly_are_refused():
    """A number cell past 15 digits is refused, the same number as text is exact to 64 bits."""
    assert refusal(kinds.WHOLE, 1234567890123456789.0) == "inexact_number"
    assert kinds.WHOLE.read("1234567890123456789") == 1234567890123456789
    assert refusal(kinds.WHOLE, "9" * 20) == "too_long_number"


@pytest.mark.parametrize("cell", ["TRUE", "Yes", "y", "1", "x", "X", True, 1, 1.0, " yes "])
def test_yes_in_every_spelling(cell):
    """The contract's ways to say yes."""
    assert kinds.FLAG.read(cell) is True


@pytest.mark.parametrize("cell", ["FALSE", "No", "n", "0", False, 0, 0.0])
def test_no_in_every_spelling(cell):
    """The contract's ways to say no."""
    assert kinds.FLAG.read(cell) is False


@pytest.mark.parametrize("cell", ["maybe", 2, "ja", date(2026, 1, 5)])
def test_what_is_neither_yes_nor_no(cell):
    """Anything else is refused."""
    assert refusal(kinds.FLAG, cell) == "not_yes_no"


@pytest.mark.parametrize(
    "cell", ["MeetingRoom", "meeting room", "MEETING_ROOM", "1", "1.0", 1, 1.0]
)
def test_a_choice_by_name_or_number(cell):
    """A choice is meant by its name in any spelling, or by its number."""
    assert CATEGORY.read(cell) == 1


def test_none_is_a_choice_and_unknown_numbers_are_not():
    """The text None is choice 0; 8 stands in no document."""
    assert CATEGORY.read("None") == 0
    assert refusal(CATEGORY, 8) == "not_a_choice"
    assert refusal(CATEGORY, "Parking") == "not_a_choice"


@pytest.mark.parametrize(
    "text", ["NA", "N/A", "NULL", "nan", "007", "=1+1", " lead", "None", "é\n"]
)
def test_texts_are_kept_to_the_letter(text):
    """What other readers take for a blank or a number stays the text it is."""
    assert kinds.TEXT.read(text) == text


def test_numbers_in_text_columns_become_their_digits_and_dates_are_refused():
    """Room 101 typed as a number is '101'; a date was probably made by Excel out of a name."""
    assert kinds.TEXT.read(101.0) == "101"
    assert kinds.TEXT.read(1.5) == "1.5"
    assert kinds.TEXT.read(True) == "TRUE"
    assert refusal(kinds.TEXT, datetime(2026, 1, 5, tzinfo=UTC)) == "date_in_text"
    assert refusal(kinds.TEXT, time(9, 0)) == "date_in_text"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1410030001", [1410030001]),
        (1410030001.0, [1410030001]),
        ("1, 2;3\n4", [1, 2, 3, 4]),
        ("Flex 5, Full Time", ["Flex 5", "Full Time"]),
        ("2,2,", [2]),
        ("9223372036854775807", [9223372036854775807]),
    ],
)
def test_lists_of_ids_and_names(cell, value):
    """Ids and names are separated by commas, semicolons or line breaks; each counts once."""
    assert kinds.IDS.read(cell) == value


def test_moments_are_utc():
    """Excel dates and ISO texts become UTC; offsets are applied; seven digits are read."""
    expected = "2026-03-31T14:30:00Z"

    assert kinds.MOMENT.read(datetime(2026, 3, 31, 14, 30)) == expected  # noqa: DTZ001 - as read
    assert kinds.MOMENT.read("2026-03-31 14:30") == expected
    assert kinds.MOMENT.read("2026-03-31T16:30:00+02:00") == expected
    assert kinds.MOMENT.read("2026-03-31T14:30:00.2825432Z") == expected
    assert kinds.MOMENT.read(date(2026, 3, 31)) == "2026-03-31T00:00:00Z"
    assert refusal(kinds.MOMENT, "31/03/2026") == "not_a_moment"
    assert refusal(kinds.MOMENT, 46112.5) == "not_a_moment"


def test_time_slots_as_text():
    """Days and times become one child for each day, on the date that the API prescribes."""
    assert kinds.SLOTS.read("Sat 10:00-14:00; 0 9.30-12:00") == [
        {"DayOfWeek": 6, "FromTime": "1976-01-01T10:00:00Z", "ToTime": "1976-01-01T14:00:00Z"},
        {"DayOfWeek": 0, "FromTime": "1976-01-01T09:30:00Z", "ToTime": "1976-01-01T12:00:00Z"},
    ]
    assert [each["DayOfWeek"] for each in kinds.SLOTS.read("Fri-Mon 08:00-20:00")] == [5, 6, 0, 1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mon-Fri", "not_slots"),
        ("Someday 09:00-10:00", "not_a_day"),
        ("Mon 09:00-24:00", "not_a_time"),
        ("Mon 9-17", "not_slots"),
        ("7 09:00-10:00", "not_a_day"),
    ],
)
def test_bad_time_slots(text, code):
    """What cannot be read as days and times says which part it is."""
    assert refusal(kinds.SLOTS, text) == code


def test_addresses_need_http():
    """A picture is fetched from an http(s) address and nothing else."""
    assert kinds.ADDRESS.read("https://pictures.example/a.png") == "https://pictures.example/a.png"
    assert refusal(kinds.ADDRESS, "C:\\pictures\\a.png") == "not_an_address"
    assert refusal(kinds.ADDRESS, "ftp://pictures.example/a.png") == "not_an_address"
    assert refusal(kinds.ADDRESS, "http://[pictures.example/a.png") == "not_an_address"


SLOT = st.builds(
    lambda day, start, end: kinds.slot(
        day,
        f"1976-01-01T{start // 60:02}:{start % 60:02}:00Z",
        f"1976-01-01T{end // 60:02}:{end % 60:02}:00Z",
    ),
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
VALUES = {
    "text": st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    "whole": st.integers(-(2**63) + 1, 2**63 - 1),
    "decimal": st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12),
    "yes/no": st.booleans(),
    "choice": st.sampled_from([each.number for each in CATEGORY.choices]),
    "ids": st.lists(st.integers(1, 2**63 - 1), min_size=1, unique=True),
    "moment": st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - naive on purpose
        lambda each: each.isoformat() + "Z"
    ),
    "time slots": st.lists(SLOT, min_size=1, unique_by=kinds.slot_key),
}
BY_NAME = {
    each.name: each
    for each in (
        kinds.TEXT,
        kinds.WHOLE,
        kinds.DECIMAL,
        kinds.FLAG,
        CATEGORY,
        kinds.IDS,
        kinds.MOMENT,
        kinds.SLOTS,
    )
}


@pytest.mark.parametrize("name", VALUES)
@given(draw=st.data())
def test_what_is_shown_reads_back_as_the_same_value(name, draw):
    """read(show(value)) is the same value, or the round trip would change records."""
    kind = BY_NAME[name]
    value = draw.draw(VALUES[name])

    assert kind.sameness(kind.read(kind.show(value))) == kind.sameness(value)
