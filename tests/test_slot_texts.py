"""Opening times as people write them, against times written out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.kinds import SLOTS
from pipeline.mapping.slot_texts import day_of_header, read_day_times, read_times
from pipeline.schema import Unreadable

NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def shown(text: str, monday: int | None = None) -> object:
    return SLOTS.show(read_times(text, monday))


def verdict(text: str, monday: int | None = None) -> str:
    with pytest.raises(Unreadable) as refused:
        read_times(text, monday)
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9am-5pm", "Mon-Sun 09:00-17:00"),
        ("Mon–Fri 9:00 – 17:00", "Mon-Fri 09:00-17:00"),  # noqa: RUF001 - people type it
        ("daily 08.00-20.00", "Mon-Sun 08:00-20:00"),
        ("24/7", "Mon-Sun 00:00-23:59"),
        ("open 24 hours", "Mon-Sun 00:00-23:59"),
        ("Mon-Fri 24h", "Mon-Fri 00:00-23:59"),
        ("Mon-Fri 9-5", "Mon-Fri 09:00-17:00"),
        ("M-F 9-5", "Mon-Fri 09:00-17:00"),
        ("10-2", "Mon-Sun 10:00-14:00"),
        ("12-5pm", "Mon-Sun 12:00-17:00"),
        ("10-12pm", "Mon-Sun 10:00-12:00"),
        ("9am - 17:00", "Mon-Sun 09:00-17:00"),
        ("9:00 a.m. - 5:30 p.m.", "Mon-Sun 09:00-17:30"),
        ("09h00-17h00", "Mon-Sun 09:00-17:00"),
        ("Mon,Wed,Fri 0900-1700", "Mon,Wed,Fri 09:00-17:00"),
        ("Mon to Fri: 8am to 6pm, Sat closed", "Mon-Fri 08:00-18:00"),
        ("Sun closed, Mon-Sat 9-17", "Mon-Sat 09:00-17:00"),
        ("weekdays 9.30am - 5.30pm", "Mon-Fri 09:30-17:30"),
        ("Tues-Thurs 7am-noon", "Tue-Thu 07:00-12:00"),
        ("Fri 6pm-midnight", "Fri 18:00-23:59"),
        ("Sat-Mon 10:00-24:00", "Mon,Sat,Sun 10:00-23:59"),
        ("9-17 Mon-Fri, 10-14 Sat", "Mon-Fri 09:00-17:00; Sat 10:00-14:00"),
        ("Mon-Fri 9-12, 13-17", "Mon-Fri 09:00-12:00; Mon-Fri 13:00-17:00"),
        ("Mon-Fri 09:00-18:00; Sat 10:00-14:00", "Mon-Fri 09:00-18:00; Sat 10:00-14:00"),
        ("Mon 22:00-06:00", "Mon 22:00-06:00"),  # told by the rule on slots, not mended here
    ],
)
def test_times_are_read_as_people_mean_them(text, meant):
    """Days, clocks and halves of the day in the spellings people use."""
    assert shown(text) == meant


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("8am-10", "not_slots"),  # ten in the morning, or at night?
        ("1-5", "not_slots"),
        ("Mon-Fri", "not_slots"),
        ("9", "not_slots"),
        ("9-", "not_slots"),
        ("-", "not_slots"),
        ("ask at the desk", "not_a_day"),
        ("t 9-17", "not_a_day"),
        ("25:00-26:00", "not_a_time"),
        ("13pm-15pm", "not_a_time"),
        ("closed", "never_open"),
        ('[{"from": "09:00"}]', "not_slots"),
        ("[1]", "not_slots"),
        ('[{"from": "09:00", "to": "18:00", "weekdays": [8]}]', "not_a_day"),
    ],
)
def test_what_may_mean_two_things_is_refused(text, code):
    """Nothing is guessed; a text that leaves nothing open is not read as always."""
    assert verdict(text) == code


def test_cobots_json():
    """Weekdays count from 1 = Monday to 7 = Sunday; none are all of them."""
    text = '[{"from":"09:00","to":"18:00","weekdays":[1,2,7]},{"from":"08:00","to":"24:00"}]'

    assert shown(text, 1) == "Mon-Sun 08:00-23:59; Mon,Tue,Sun 09:00-18:00"
    assert shown("[{'from': '09:00', 'to': '10:00', 'weekdays': [6]}]") == "Sat 09:00-10:00"


@pytest.mark.parametrize(
    ("monday", "numbers"),
    [(0, "0-4 09:00-17:00"), (1, "1-5 09:00-17:00"), (2, "2-6 09:00-17:00")],
)
def test_a_week_may_begin_anywhere(monday, numbers):
    """The number of Monday says how the source counts its days."""
    assert shown(numbers, monday) == "Mon-Fri 09:00-17:00"


def test_days_out_of_the_week_are_refused():
    """A number that the source's way of counting does not have."""
    assert verdict("7 09:00-17:00", 0) == "not_a_day"
    assert verdict("0 09:00-17:00", 2) == "not_a_day"
    assert shown("7 09:00-17:00", 1) == "Sun 09:00-17:00"


def test_a_column_for_each_day():
    """A day without a text, or closed, has no times; all of them closed is no time at all."""
    texts = {1: "9-17", 2: "closed", 6: "10am-2pm", 0: "24h"}

    assert SLOTS.show(read_day_times(texts)) == (
        "Sun 00:00-23:59; Mon 09:00-17:00; Sat 10:00-14:00"
    )
    with pytest.raises(Unreadable, match="never_open"):
        read_day_times({1: "closed"})


def test_a_header_names_its_day():
    """Whole words only: a Satellite is no Saturday."""
    headers = ("Mon", "Opening hours Tuesday", "WEDNESDAYS", "Satellite", "Mon-Fri", "Hours")

    assert [day_of_header(each) for each in headers] == [1, 2, 3, None, None, None]


def half(hour: int, minute: int) -> str:
    return f"{hour % 12 or 12}:{minute:02}{'am' if hour < 12 else 'pm'}"


times = st.tuples(st.integers(0, 22), st.sampled_from([0, 15, 30, 45]))


@given(
    days=st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True),
    start=times,
    length=st.integers(1, 20),
    separator=st.sampled_from([",", ", ", " & ", " and ", "/", "; "]),
    short=st.booleans(),
    twelve=st.booleans(),
    dash=st.sampled_from(["-", " - ", "\u2013", " to ", " until "]),
)
def test_every_spelling_of_days_and_times_is_the_same(  # noqa: PLR0913, PLR0917 - what is spelt
    days, start, length, separator, short, twelve, dash
):
    """Lists of days and both clocks, whatever stands between, read back to what was meant."""
    hour, minute = start
    end_hour = min(23, hour + length)
    named = separator.join(NAMES[day][: 3 if short else 9] for day in days)
    write = half if twelve else lambda hour, minute: f"{hour:02}:{minute:02}"
    text = f"{named} {write(hour, minute)}{dash}{write(end_hour, 59)}"

    assert [
        (each["DayOfWeek"], each["FromTime"][11:16], each["ToTime"][11:16])
        for each in read_times(text)
    ] == [(day, f"{hour:02}:{minute:02}", f"{end_hour:02}:59") for day in days]
