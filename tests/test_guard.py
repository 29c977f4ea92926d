"""Texts of a csv that a spreadsheet program would run: guarded, and read back to the letter."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.entities import RESOURCE
from pipeline.guard import guarded, unguarded
from pipeline.prepared import prepare

SIGNS = "=+-@\t\r＝＋－＠"  # noqa: RUF001 - the wide forms are meant
TEXTS = st.text(st.sampled_from(f"'{SIGNS}a1 \n")) | st.text()


@given(TEXTS)
@example("'=1+1")
def test_the_guard_comes_off_as_it_was_put_on(text):
    """Whatever a text holds, apostrophes included, it comes back to the letter."""
    assert unguarded(guarded(text)) == text


@given(TEXTS)
def test_no_guarded_text_begins_with_a_sign(text):
    """What is written never begins as a formula does."""
    assert not guarded(text).startswith(tuple(SIGNS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(f"{sign}1", f"'{sign}1") for sign in SIGNS],
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'quoted'", "'quoted'"),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ("'", "'"),
        ("", ""),
    ],
)
def test_only_what_a_program_would_run_is_guarded(text, expected):
    """One apostrophe goes before signs, and before apostrophes that lead to one; no other text."""
    assert guarded(text) == expected


def test_a_csv_is_read_without_its_guards(tmp_path):
    """One apostrophe is taken off and said; signs without one and other apostrophes stay."""
    path = tmp_path / "rooms.csv"
    path.write_text(
        "BusinessId,Name,Description,Latitude,GroupName\n"
        "7,'=1+1,''+3,-5,=2+2\n"
        "7,'quoted',-,+1.5,'t Hof\n",
        encoding="utf-8",
    )

    prepared = prepare(path, RESOURCE)

    assert [dict(row.values) for row in prepared.rows] == [
        {
            "BusinessId": 7,
            "Name": "=1+1",
            "Description": "'+3",
            "Latitude": -5,
            "GroupName": "=2+2",
        },
        {
            "BusinessId": 7,
            "Name": "'quoted'",
            "Description": "-",
            "Latitude": 1.5,
            "GroupName": "'t Hof",
        },
    ]
    assert prepared.sheet.remarks == (
        "rooms.csv: csv, UTF-8, separator ,, header in row 1, 2 rows; "
        "an apostrophe that guards a sign such as = was taken off 2 cells",
    )
