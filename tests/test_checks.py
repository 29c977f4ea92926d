"""Checking a file without an account: every problem once, in sheet order, in the user's words."""

from __future__ import annotations

import zipfile

import pytest
import xlsxwriter

from pipeline.entities import RESOURCE
from pipeline.prepared import Reading, check, prepare
from pipeline.problems import in_sheet_order
from pipeline.rows import CLEAR
from pipeline.rules import judge_all_new, judge_new

HEAD = (
    "BusinessId | Name | SystemResourceType | ResourceTypeId | DisplayOrder "
    "| CancellationFeeType | Visible"
)
GOOD = "7 | Room A | 1 | 21 | 10 | 0 | TRUE"


def messages(path, **options) -> list[str]:
    return [str(each) for each in check(prepare(path, RESOURCE, Reading(**options)))]


def with_column(name: str, *cells: str) -> str:
    lines = [GOOD.replace("Room A", f"Room {number}") for number in range(len(cells))]
    rows = [f"{line} | {cell}" for line, cell in zip(lines, cells, strict=True)]
    return "\n".join([f"{HEAD} | {name}", *rows])


def test_a_good_row_has_no_problems(sheet):
    """The required cells in their simplest form are enough."""
    assert messages(sheet(f"{HEAD}\n{GOOD}")) == []


def test_a_decimal_is_not_rounded(sheet):
    """A decimal in a whole-number column is reported with its row and value."""
    assert messages(sheet(with_column("Allocation", "4", "4.5"))) == [
        "Resources row 3, column Allocation: '4.5' is not a whole number. "
        "Write it without decimals, such as 4."
    ]


def test_a_choice_has_its_nearest_name_and_all_choices(sheet):
    """A misspelt choice is told with what was probably meant."""
    path = sheet(f"{HEAD}\n7 | Room A | Meting Room | 21 | 10 | None | TRUE")

    assert messages(path) == [
        "Resources row 2, column SystemResourceType: 'Meting Room' is not a choice. Did you mean "
        "'MeetingRoom'? Choices: None, MeetingRoom, HotDesk, PrivateOffice, EventSpace, Lab, "
        "Kitchen, TreatmentRoom, StorageUnit, Machine, DayPass, PhoneBooth, Other."
    ]


def test_a_missing_column_is_said_once_not_for_each_row(sheet):
    """A required column that is not there is one problem of the header."""
    path = sheet(
        "BusinessId | Name | SystemResourceType | ResourceTypeId | CancellationFeeType | Visible\n"
        "7 | A | 1 | 21 | 0 | Yes\n7 | B | 1 | 21 | 0 | Yes"
    )

    assert messages(path) == [
        "Resources, column DisplayOrder: the column is missing, and new resources need it. Add it."
    ]


def test_rows_that_name_their_record_need_only_what_changes(sheet):
    """With an Id, or Action update, blank means left as it is."""
    path = sheet(
        "Id | BusinessId | Name | Action | Allocation\n"
        "1415383201 | | | | 5\n | 7 | Room B | update | 6"
    )

    assert messages(path) == []


def test_rules_ask_only_what_the_sheet_can_tell(sheet):
    """For a known record a rule is asked when the sheet holds all it needs, not before."""
    alone = sheet("Id | MinBookingLength\n1 | 90", name="alone.xlsx")
    both = sheet("Id | MinBookingLength | MaxBookingLength\n1 | 90 | 60", name="both.xlsx")

    assert messages(alone) == []
    assert messages(both) == [
        "Resources row 2, column MinBookingLength: '90' is more than MaxBookingLength, '60'. "
        "Make it smaller, or MaxBookingLength larger."
    ]


def test_a_bad_cell_does_not_count_as_a_blank_one(sheet):
    """A cell that cannot be read is one problem, not also a missing value or a broken rule."""
    path = sheet(
        f"{HEAD} | LimitVisitorsToAllocation | Allocation\n"
        "7 | Room A | 1 | 21 | ten | 0 | TRUE | Yes | many"
    )

    assert [line.split(":")[0] for line in messages(path)] == [
        "Resources row 2, column DisplayOrder",
        "Resources row 2, column Allocation",
    ]


def test_the_column_of_the_bad_cell_and_all_of_them(sheet):
    """All problems of a column come in one run, by row, and none is doubled."""
    path = sheet(with_column("Projector", "maybe", "Yes", "maybe", "sure"))

    assert [line.split(":")[0] for line in messages(path)] == [
        "Resources row 2, column Projector",
        "Resources row 4, column Projector",
        "Resources row 5, column Projector",
    ]


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [
        (
            "warn",
            "Resources, column Alocation: is not a known column; it is left out. "
            "Did you mean 'Allocation'? Rename the column, or remove it to be rid of this warning.",
        ),
        (
            "error",
            "Resources, column Alocation: is not a known column. "
            "Did you mean 'Allocation'? Rename or remove the column.",
        ),
        ("ignore", None),
    ],
)
def test_unknown_columns(sheet, unknown, expected):
    """An unknown column is named with the nearest known name, as loudly as was chosen."""
    path = sheet(with_column("Alocation", "4"))

    assert messages(path, unknown_columns=unknown) == ([expected] if expected else [])


def test_headers_in_any_spelling(sheet):
    """Case, blanks, underscores and a trailing star do not matter; titles above are skipped."""
    path = sheet(
        "Our rooms\n\n"
        "business id* | NAME | System_Resource_Type | resourcetypeid | Display Order* "
        "| cancellation fee type | visible\n" + GOOD
    )

    assert messages(path) == []
    assert prepare(path, RESOURCE).rows[0].number == 4


def test_a_sheet_that_does_not_say_which_record_is_meant(sheet):
    """Without Id and without the key nothing can be done: the missing part is named."""
    found = messages(sheet("Nam | DisplayOrder | Allocation\nRoom A | 10 | 4"))

    assert [each for each in found if "warning" not in each] == [
        "Resources: no column says which resource a row means. "
        "Add Id, or BusinessId and Name. Found 'Nam': rename it to Name."
    ]


def test_typed_rows(sheet):
    """Cells become values: blanks are left out, clear is a mark, choices are numbers."""
    path = sheet(
        "Id | Name | Visible | SystemResourceType | Allocation | Tariffs | TimeSlots "
        "| Description\n"
        "5 | Room A | x | hot desk | <clear> | Flex 5; 31 | Mon 09:00-10:00 | "
    )

    (row,) = prepare(path, RESOURCE).rows

    assert row.values == {
        "Id": 5,
        "Name": "Room A",
        "Visible": True,
        "SystemResourceType": 2,
        "Allocation": CLEAR,
        "Tariffs": ["Flex 5", 31],
        "TimeSlots": [
            {"DayOfWeek": 1, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T10:00:00Z"}
        ],
    }


def test_a_marker_of_an_export_is_for_records_that_exist(sheet):
    """It leaves a stored value alone; a new record has none to leave."""
    text = with_column("Description", "<kept as it is: 40,000 characters do not fit into a cell>")

    assert messages(sheet(text)) == [
        "Resources row 2, column Description: '<kept as it is …>' stands for a value that did not "
        "fit into a cell, and a new resource has none yet. Type the value itself, or leave the "
        "cell blank."
    ]


def test_a_sheet_without_rows_is_a_warning(sheet):
    """An empty template is nothing to do, not an error."""
    assert messages(sheet(HEAD)) == [
        "Resources: has no rows below its header. Fill in at least one row."
    ]


def test_rows_are_judged_together_as_they_are_one_by_one(sheet):
    """Rule by rule over all new rows the same is found as row by row."""
    path = sheet(
        """
        BusinessId | Name | Visible | MinBookingLength | MaxBookingLength | TimeSlots | Allocation
        7 | A | Yes | 60 | 30 | Mon 10:00-09:00 |
        7 | | | 60 | <clear> | <kept as it is: long> | many
        | B | <clear> | many | 30 | Mon 09:00-11:00; Mon 10:00-12:00 | 4
        """
    )
    read = prepare(path, RESOURCE)
    columns = read.header.fields
    apart = [each for row in read.rows for each in judge_new("S", RESOURCE, row, columns)]

    together = judge_all_new("S", RESOURCE, read.rows, columns)

    assert in_sheet_order(together, columns) == in_sheet_order(apart, columns)
    assert {"min_above_max", "bad_slots", "required_blank", "kept_marker", "will_be_hidden"} <= {
        each.code for each in together
    }


def test_a_cell_that_is_not_a_number_is_no_blank(tmp_path):
    """Some programs write NaN where a number should be; pandas would take it for nothing."""
    plain, path = tmp_path / "plain.xlsx", tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet("Resources")
        sheet.write_row(0, 0, ["Id", "Allocation"])
        sheet.write_row(1, 0, [1, 4])
        sheet.write_row(2, 0, [2, 77_123])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<v>77123</v>", b"<v>NaN</v>"))

    assert [each for each in messages(path) if "row 3" in each] == [
        "Resources row 3, column Allocation: 'nan' is not a whole number. "
        "Write it without decimals, such as 12."
    ]
