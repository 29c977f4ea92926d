"""The stamp of a template: what it keeps, through whatever program the workbook went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.entities import RESOURCE
from pipeline.planning.numbered import meant, numbered
from pipeline.planning.stored import Named
from pipeline.sheets.read import open_book
from pipeline.sheets.stamp import (
    Account,
    Column,
    Stamp,
    columns_of,
    parse_stamp,
    schema_version,
)
from pipeline.sheets.template import write_template

STAMP = Stamp(
    entity="Resource",
    columns=columns_of(RESOURCE),
    program="0.1.0",
    account=Account("spaces.example", "0123456789ab"),
    made="2026-11-21T12:00:00Z",
    names={
        "Business": [Named(17, "Quay", None)],
        "Team": [],
        "Tariff": [Named(1410030001234567890, "=1+1, 'x'", 17), Named(8, "2024", 17)],
    },
)


def read(path: Path) -> Stamp | None:
    return parse_stamp(open_book(path).rows("About") or [])


def test_a_stamp_is_read_as_it_was_written(tmp_path):
    """Program, columns, account, moment, and every name with its id; an empty list stays one."""
    write_template(tmp_path / "t.xlsx", RESOURCE, STAMP)

    assert read(tmp_path / "t.xlsx") == STAMP


def test_a_blank_template_is_of_no_account_day_or_release(tmp_path):
    """Without --live the stamp has the columns alone: the same table makes the same file."""
    write_template(tmp_path / "t.xlsx", RESOURCE)

    assert read(tmp_path / "t.xlsx") == Stamp("Resource", columns_of(RESOURCE), program="")


def test_numbers_that_a_program_made_of_texts_are_read():
    """A spreadsheet that takes ids and names of digits for numbers loses nothing but long ids."""
    rows = [
        ["nexudus-bulk: what this workbook was made of"],
        [],
        ["Program", "0.1.0", None],
        ["Entity", "Resource"],
        ["Made", "2026-11-21T12:00:00Z"],
        ["Service", "spaces.example"],
        ["Login", 123456789012.0],
        ["a line", "that somebody added"],
        ["Name", "Nowhere", "1", None, "of a list that is not there"],
        ["Column", "Name", "text", "needed"],
        ["List", "Tariff"],
        ["Name", "Tariff", 8.0, 17.0, 2024.0],
        ["Name", "Tariff", "eight", 17.0, "of no number"],
    ]

    assert parse_stamp(rows) == Stamp(
        "Resource",
        (Column("Name", "text", needed=True),),
        "0.1.0",
        Account("spaces.example", "123456789012"),
        "2026-11-21T12:00:00Z",
        {"Tariff": [Named(8, "2024", 17)]},
    )


def test_other_sheets_of_that_name_are_no_stamp():
    """What does not begin like a stamp, or has lost what makes one, is none."""
    title = "nexudus-bulk: what this workbook was made of"

    assert [
        parse_stamp(each) for each in ([], [["About us"]], [[title]], [[title], ["Entity"]])
    ] == [None] * 4


def test_names_are_kept_on_one_line(tmp_path):
    """Line breaks and signs that nobody sees differ between programs: they do not count."""
    names = {"Team": [Named(1, " Fern\r\n&\tField\x00\u200b ", None)]}
    write_template(tmp_path / "t.xlsx", RESOURCE, replace(STAMP, names=names))

    kept = read(tmp_path / "t.xlsx")
    assert kept
    assert kept.names == {"Team": [Named(1, "Fern & Field", None)]}


def test_the_schema_version_tells_two_tables_apart():
    """Another kind, choice or need makes another version; another order does not."""
    name, fee = Column("Name", "text", needed=True), Column("Fee", "choice", False, ("None", "Low"))
    version = schema_version((name, fee))

    assert schema_version((fee, name)) == version
    others = (
        (name,),
        (replace(name, needed=False), fee),
        (replace(name, kind="whole"), fee),
        (name, replace(fee, choices=("None", "High"))),
    )
    assert len({version, *map(schema_version, others)}) == 5


def test_a_login_is_kept_as_a_digest():
    """The same login gives the same account, in any case; a token has none to tell."""
    ops = Account.of("https://Spaces.example", "Ops@site.example")

    assert ops.host == "spaces.example"
    assert "ops" not in ops.login.lower()
    assert ops == Account.of("https://spaces.example", "ops@site.example")
    assert ops != Account.of("https://spaces.example", "ana@site.example")
    assert Account.of("https://spaces.example", "").login == ""


def test_a_name_with_its_id_has_to_fit():
    """The id alone is not enough: the name in front has to be its name, in letters and digits."""
    entries = [Named(7, "Fern, Field", 1), Named(8, "x" * 300, 1)]

    assert numbered(entries[0]) == "Fern Field (7)"
    assert meant(entries, "Fern Field (7)") == entries[:1]
    assert meant(entries, "fern-field(7)") == entries[:1]
    assert meant(entries, numbered(entries[1])) == entries[1:]
    for wrong in ("Fern (7)", "Fern Field (8)", "Fern Field", "Fern… (8)", "(7)"):
        assert meant(entries, wrong) == []
