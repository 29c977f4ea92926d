"""Names written differently that may mean one thing, and names that must never be confused."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.mapping.alike import Names, alike

SAME = [  # one thing, as two people or two programs write it
    ("Meeting Rm Oak", "Meeting Room Oak"),
    ("Oak Room", "Room Oak"),
    ("oak room", "OAK ROOM"),
    ("Oak-Room", "Oak Room"),
    ("OakRoom", "Oak Room"),
    ("Oak  Room ", "Oak Room"),
    ("Oak_Room", "Oak Room"),
    ("Oak Room.", "Oak Room"),
    ("The Oak Room", "Oak Room"),
    ("Café", "Cafe"),
    ("CAFÉ Corner", "Cafe\u0301 corner"),
    ("Salón Málaga", "Salon Malaga"),
    ("Strasse", "Straße"),
    ("Sjø Room", "Sjo Room"),
    ("St. John's Room", "St Johns Room"),
    ("Oak & Elm", "Oak and Elm"),
    ("Desk 1", "Desk 01"),
    ("Desk1", "Desk 1"),
    ("Desk #1", "Desk 1"),
    ("Desk No. 1", "Desk 1"),
    ("Desk Nr 12", "Desk 12"),
    ("Hot Desks 4", "Hot Desk 4"),
    ("Office 1A", "Office 1a"),
    ("Office 1A", "Office 1-A"),
    ("Office 1A", "Office 1 A"),
    ("1A Office", "Office 1A"),
    ("Room A", "room a"),
    ("A Room", "Room A"),
    ("2nd Floor Booth", "Floor 2 Booth"),
    ("Second Floor Booth", "2nd floor booth"),
    ("Room Four", "Room 4"),
    ("Floor 2 Booth 3", "Fl. 2, Booth 3"),
    ("Floor 2 Booth 3", "floor2 booth3"),
    ("Bldg 7 Desk 12", "Building 7 - Desk 12"),
    ("Mtg Rm 5", "Meeting Room 5"),
    ("Conf. Room B", "Conference Room B"),
    ("Boardroom", "Board Room"),
    ("Boardrom", "Boardroom"),
    ("Confrence Room", "Conference Room"),
    ("Confernece Room", "Conference Room"),
    ("Meetign Room 3", "Meeting Room 3"),
    ("Harbour Hall", "Harbor Hall"),
    ("Studio Vermillion", "Studio Vermilion"),
    ("Auditorium", "Auditorum"),
    ("Phone Booth \uff12", "Phone Booth 2"),
    ("会議室 3", "会議室3"),
    ("Кабинет 4", "кабинет 4"),
]
DIFFERENT = [
    ("Desk 1", "Desk 11"),
    ("Desk 1", "Desk 2"),
    ("Desk 1", "Desk"),
    ("Desk 10", "Desk 1"),
    ("Desk 12", "Desk 21"),
    ("Room 2", "Room 12"),
    ("Room 1.5", "Room 15"),
    ("Desk 1 11", "Desk 11 1"),
    ("Room A", "Room B"),
    ("Room A", "Room"),
    ("Room AB", "Room AC"),
    ("Room A B", "Room AB"),
    ("Office 1A", "Office 1B"),
    ("Office 1A", "Office A1"),
    ("Office 1A", "Office 11A"),
    ("Floor 2 Booth 3", "Floor 3 Booth 2"),
    ("Floor 2 Booth 3", "Booth 2 Floor 3"),
    ("Floor 2 Booth 3", "Floor 2 Booth 13"),
    ("Room One", "Room Two"),
    ("Room Eight", "Room Eighteen"),
    ("First Floor", "Fifth Floor"),
    ("Room II", "Room III"),
    ("Oak Room", "Elm Room"),
    ("Oak Room", "Oak Office"),
    ("Oak", "Oak Room"),
    ("Oak Room", "Oat Room"),
    ("Red Room", "Rod Room"),
    ("Lion Room", "Lyon Room"),
    ("Tower Room", "Power Room"),
    ("Left Wing", "Light Wing"),
    ("North Studio", "South Studio"),
    ("East Booth", "West Booth"),
    ("Redwood Room", "Red Room"),
    ("Maple Room", "Ample Room"),
    ("Meeting Room Oak", "Meeting Room Ash"),
    ("Meeting Room", "Meeting Booth"),
    ("Private Office", "Public Office"),
    ("会議室A", "会議室B"),
    ("大会議室A", "大会議室B"),
    ("Кабинет Волга", "Кабинет Волка"),
    ("---", "+++"),
    ("", "Room"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_thing_in_two_spellings_is_seen(one, other):
    """Case, blanks, signs, accents, order, usual abbreviations, a typing error; both ways."""
    assert (alike(one, other), alike(other, one)) == (True, True)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_things_are_not_taken_for_one(one, other):
    """Numbers and single letters tell apart, and so do short words; both ways."""
    assert (alike(one, other), alike(other, one)) == (False, False)


NAMES = st.one_of(
    st.text(max_size=12),
    st.lists(
        st.sampled_from(
            ["Room", "rm", "Oak", "Meeting", "Meetign", "1", "11", "A", "B", "-", "the", "Café"]
        ),
        max_size=5,
    ).map(" ".join),
)


@given(NAMES, NAMES)
@example("Rooms", "Room")
def test_resembling_goes_both_ways(one, other):
    """What resembles another is resembled by it."""
    assert alike(one, other) == alike(other, one)


@given(NAMES)
def test_every_name_resembles_itself(name):
    """Also one of signs only."""
    assert alike(name, name)


@given(st.lists(st.sampled_from(["Room", "Oak", "Meeting", "1", "A", "Café"]), min_size=1))
def test_case_does_not_count(words):
    """A name in capitals is the same name."""
    name = " ".join(words)
    assert alike(name.upper(), name.lower())


@given(st.lists(NAMES, max_size=6), NAMES)
def test_many_are_searched_as_each_is_compared(names, name):
    """Looking a name up among many finds those that resemble it one by one."""
    found = set(Names.of(names).like(name))
    assert found | {name} == {each for each in names if alike(each, name)} | {name}


def test_the_most_alike_stand_first():
    """Spellings come before typing errors."""
    names = Names.of(["Meetign Room Oak", "Oak Meeting Room"])
    assert names.like("Meeting Rm Oak") == ["Oak Meeting Room", "Meetign Room Oak"]


@pytest.mark.parametrize("words", ["Floor {0} Desk {1}", "Room {2}", "Studio Marble{2}"])
def test_thousands_are_compared_in_no_time(words):
    """3,000 records and 2,500 new rows take no more than a few seconds, whatever they are called.

    The last kind is the worst: long words of the same first letter, and nothing else to go by.
    """
    letters = "abcdefghijklmnopqrstuvwxyz"

    def name(number: int) -> str:
        word = "".join(letters[number * 7919 // 26**k % 26] for k in range(5))
        return words.format(number % 9, number, word)

    began = process_time()
    names = Names.of(map(name, range(3_000)))
    for number in range(2_500, 5_000):
        names.like(name(number))

    assert process_time() - began < 5
