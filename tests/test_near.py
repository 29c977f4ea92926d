"""Near names: what somebody may have meant."""

from __future__ import annotations

from pipeline.mapping.near import nearest, suggestion

NAMES = ("MeetingRoom", "HotDesk", "PrivateOffice", "PhoneBooth")


def test_a_typing_error_finds_its_name():
    """Case, blanks and a missing letter do not hide what was meant."""
    assert nearest("Meting Room", NAMES) == ["MeetingRoom"]
    assert suggestion("phone boths", NAMES) == "Did you mean 'PhoneBooth'? "


def test_what_resembles_nothing_gets_no_hint():
    """A hint that misleads is worse than none."""
    assert nearest("Parking", NAMES) == []
    assert suggestion("Parking", NAMES) == ""
