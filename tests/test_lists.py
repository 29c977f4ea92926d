"""Drop-downs of an account's names: what they offer, and what of it the import understands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists import Lists

from pipeline.entities import RESOURCE
from pipeline.kinds import ID, IDS, TEXT
from pipeline.planning.directory import Directory
from pipeline.planning.stored import Named
from pipeline.sheets.labels import Offer, labelled, offer
from pipeline.sheets.stamp import Account, Stamp, columns_of
from pipeline.sheets.template import write_template

QUAY, YARD, LOFT = 101, 102, 103
PLACES = (Named(QUAY, "Quay", None), Named(YARD, "Yard? *new*", None), Named(LOFT, "Loft", None))
TYPES = (
    Named(1, "Meeting", QUAY),
    Named(2, "Desk 10", QUAY),
    Named(3, "Desk 2", QUAY),
    Named(4, "Meeting", YARD),
    Named(5, "Studio", YARD),
)


def live(path: Path, **names: tuple[Named, ...]) -> Lists:
    account = Account("spaces.example", "0")
    made = "2026-11-21T12:00:00Z"
    write_template(
        path, RESOURCE, Stamp("Resource", columns_of(RESOURCE), "0", account, made, names)
    )
    return Lists(path)


# ---- which names


def test_the_list_of_types_is_that_of_the_rows_location(tmp_path):
    """A row that names its location, by name or id, is offered the types of that location only."""
    lists = live(tmp_path / "t.xlsx", Business=PLACES, ResourceType=TYPES)
    at_quay, at_yard = ["Desk 2", "Desk 10", "Meeting"], ["Meeting", "Studio"]

    for column in ("ResourceTypeId", "ResourceTypeName"):
        assert lists.shown(column, BusinessName="Quay") == at_quay
        assert lists.shown(column, BusinessName="quay") == at_quay
        assert lists.shown(column, BusinessName="Yard? *new*") == at_yard
        assert lists.shown(column, BusinessId="102") == at_yard
        assert lists.shown(column, BusinessId="Quay") == at_quay
        assert lists.shown(column, BusinessName="Yard? *new*", BusinessId="101") == at_yard


def test_a_row_without_location_is_offered_all_names_once(tmp_path):
    """Before the location is chosen, or where nobody knows it, every name is offered, once."""
    lists = live(tmp_path / "t.xlsx", Business=PLACES, ResourceType=TYPES)
    everything = ["Desk 2", "Desk 10", "Meeting", "Studio"]

    assert lists.shown("ResourceTypeName") == everything
    assert lists.shown("ResourceTypeName", BusinessName="Elsewhere") == everything


def test_a_location_without_types_is_offered_none(tmp_path):
    """A location that has none of its own is not offered those of others."""
    lists = live(tmp_path / "t.xlsx", Business=PLACES, ResourceType=TYPES)

    assert lists.shown("ResourceTypeName", BusinessName="Loft") == [None]


def test_what_belongs_to_no_location_is_offered_in_all(tmp_path):
    """An entry without a location stands among those of each, and alone where there are none."""
    products = (Named(1, "Fee", None), Named(2, "Key card", QUAY))
    lists = live(tmp_path / "t.xlsx", Business=PLACES, Product=products)

    assert lists.shown("CancellationFeeProductId", BusinessName="Quay") == ["Fee", "Key card"]
    assert lists.shown("CancellationFeeProductId", BusinessName="Loft") == ["Fee"]


def test_lists_of_several_names_follow_the_location_too(tmp_path):
    """Plans are offered by location, with a prompt that more of them can be written."""
    plans = (Named(1, "Flex", QUAY), Named(2, "Full", YARD))
    lists = live(tmp_path / "t.xlsx", Business=PLACES, Tariff=plans)
    rules = openpyxl.load_workbook(tmp_path / "t.xlsx")["Resources"].data_validations
    (prompt, style), *others = {
        (each.prompt, each.errorStyle)
        for each in rules.dataValidation
        if each.formula1 == "Choices_Tariffs"
    }

    for column in ("Tariffs", "AddedTariffs", "RemovedTariffs"):
        assert lists.shown(column, BusinessName="Yard? *new*") == ["Full"]
    assert (prompt, style, others) == (
        "Ids or names, separated by commas (plans). Pick the first, then write more behind it.",
        "warning",
        [],
    )


def test_locations_themselves_are_all_offered(tmp_path):
    """Any number of locations can be picked, under the id as under the name."""
    places = tuple(Named(n, f"Location {n}, with a long name", None) for n in range(1, 301))
    lists = live(tmp_path / "t.xlsx", Business=places, Tariff=())
    names = [each.name for each in places]

    assert lists.shown("BusinessName") == names
    assert lists.shown("BusinessId") == [each.name for each in places]
    assert not lists.has("Tariffs")  # an account without plans has nothing to pick from


def test_three_thousand_names_are_a_small_matter(tmp_path):
    """A list may have any length: the drop-down of linked resources takes thousands."""
    rooms = tuple(Named(n, f"Room {n}", (QUAY, YARD, LOFT)[n % 3]) for n in range(1, 3001))
    lists = live(tmp_path / "t.xlsx", Business=PLACES, Resource=rooms)

    shown = lists.shown("LinkedResources", BusinessName="Loft")
    assert (len(shown), shown[:3]) == (1000, ["Room 2", "Room 5", "Room 8"])
    assert len(lists.shown("LinkedResources")) == 3000


def test_the_formulas_are_those_that_spreadsheets_understand(tmp_path):
    """The very formulas that were tried in LibreOffice; the row's cells are relative to A1."""
    live(tmp_path / "t.xlsx", Business=PLACES, ResourceType=TYPES)
    names = openpyxl.load_workbook(tmp_path / "t.xlsx").defined_names

    assert names["Place_of_row"].attr_text == (
        'IFERROR(MATCH(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(IF(Resources!$C1="",Resources!$B1,'
        'Resources!$C1)&"","~","~~"),"*","~*"),"?","~?"),Lists!$G$3:$G$8,0)+1,1)'
    )
    assert names["Choices_ResourceTypeId"].attr_text == (
        "OFFSET(Lists!$C$1,INDEX(Lists!$H$2:$H$8,Place_of_row),0,"
        "INDEX(Lists!$I$2:$I$8,Place_of_row),1)"
    )


def test_one_location_needs_no_formulas(tmp_path):
    """With a single location there is nothing to depend on."""
    live(tmp_path / "t.xlsx", Business=PLACES[:1], ResourceType=TYPES[:3])
    names = openpyxl.load_workbook(tmp_path / "t.xlsx").defined_names

    assert names["Choices_ResourceTypeId"].attr_text == "Lists!$C$2:$C$4"
    assert "Place_of_row" not in names


# ---- how a name is offered


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("Boardroom", IDS, "Boardroom"),
        ("  Boardroom ", IDS, "Boardroom"),
        ("=1+1", IDS, "=1+1"),  # the column is text: it stays one
        ("@home", IDS, "@home"),
        ('The "Loft"', IDS, 'The "Loft"'),
        ("Fern, Field", ID, "Fern, Field"),
        ("Fern, Field", IDS, "Fern Field (7)"),  # a comma separates the names of a list
        ("Fern; Field", IDS, "Fern Field (7)"),
        ("Two\nlines", ID, "Two lines (7)"),
        ("10", ID, "10 (7)"),  # alone it would be the id 10
        ("10", TEXT, "10"),
        ("0", ID, "0 (7)"),
        ("<clear>", TEXT, "clear> (7)"),
        ("<kept as it is: x>", ID, "kept as it is: x> (7)"),
        ("", ID, "(7)"),
        ("x" * 200, ID, "x" * 200),
        ("x" * 201, ID, "x" * 79 + "… (7)"),
    ],
)
def test_a_name_is_offered_as_a_cell_can_hold_it(name, kind, label):
    """What a cell would misread, and what Excel cannot pick, stands with its id behind it."""
    assert labelled((Named(7, name, None),), kind) == {7: label}


def test_the_same_name_twice_is_told_apart_by_ids():
    """Two of one name in one location bear their ids; in two locations each is clear by itself."""
    entries = (
        Named(1, "Desk", QUAY),
        Named(2, "desk", QUAY),
        Named(3, "Desk", YARD),
        Named(4, "Hall", None),
        Named(5, "Hall", LOFT),
    )

    assert offer(entries, IDS) == Offer(
        all=("Desk", "Desk (1)", "desk (2)", "Hall (4)", "Hall (5)"),
        by_place={
            QUAY: ("Desk (1)", "desk (2)", "Hall (4)"),
            YARD: ("Desk", "Hall (4)"),
            LOFT: ("Hall (4)", "Hall (5)"),
        },
        shared=("Hall (4)",),
    )


NAMES = st.text(st.sampled_from("aB1 ,;\n<>()\"='…-_é"), max_size=5)
ENTRIES = st.lists(st.tuples(NAMES, st.sampled_from((QUAY, YARD, None))), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(entries=ENTRIES, kind=st.sampled_from((ID, IDS, TEXT)))
def test_every_entry_leads_back_to_its_record(entries, kind):
    """What a drop-down offers in a location is read by the import as the very record."""
    named = [Named(n, name, place) for n, (name, place) in enumerate(entries, start=1)]
    labels = labelled(named, kind)

    for each in named:
        cell = kind.read(labels[each.id])
        (said,) = cell if isinstance(cell, list) else (cell,)
        for place in {each.place} if each.place else {QUAY, YARD}:
            assert Directory(named).find(said, place) == [each], labels
