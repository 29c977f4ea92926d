"""Workbooks as they are written: templates and exports (contract, Sheets; promise 5)."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flows import CERTIFICATE, write_export
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from pipeline.entities import ENTITIES, LOOKUPS, RESOURCE
from pipeline.errors import UsageError
from pipeline.figures import Figures
from pipeline.schema import Entity
from pipeline.sheets.cells import to_cell
from pipeline.sheets.columns import export_fields, template_fields
from pipeline.sheets.export_book import BookExport
from pipeline.sheets.exports import Columns, Ending, Kept
from pipeline.sheets.guide import what_to_write
from pipeline.sheets.markers import CLEAR, is_clear, is_kept, kept
from pipeline.sheets.template import write_template

TEMPLATES = Path(__file__).parent.parent / "templates"
LAST_ROW = 1_048_576
SLOTS = [
    {"DayOfWeek": day, "FromTime": "1976-01-01T09:00:00Z", "ToTime": "1976-01-01T18:00:00Z"}
    for day in (1, 2, 3)
]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("template") / "blank.xlsx"
    write_template(path, RESOURCE)
    return openpyxl.load_workbook(path)


def header(sheet: Worksheet) -> dict[str, Any]:
    return {cell.value: cell for cell in sheet[1]}


def columns(sheet: Worksheet) -> dict[str, Any]:
    """Name of the column -> its look; a file says it once for neighbours that look the same."""
    looks = list(sheet.column_dimensions.values())
    return {
        str(cell.value): next(look for look in looks if look.min <= cell.column <= look.max)
        for cell in sheet[1]
    }


def exported(path: Path, *records: dict[str, object]) -> list[dict[str, Any]]:
    """Export the records and read them back as a user's program would: name -> cell."""
    write_export(path, records)
    names, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Resources").to_python()
    return [dict(zip(names, row, strict=True)) for row in rows]


def validations(sheet: Worksheet) -> dict[str, Any]:
    """Name of the column -> the validation that covers it."""
    return {
        sheet.cell(1, area.min_col).value: rule
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }


# ---- the columns


def test_a_template_has_what_can_be_filled_in() -> None:
    """A template has the Id, every writable field, the name columns and Action; no more."""
    names = [each.name for each in template_fields(RESOURCE)]

    left_out = {
        *("PictureFileName", "AccessControlGroupIds", "LinkedResourceIds"),
        *("ZoomAccessToken", "ZoomRefreshToken"),
        *("SensorLastValue", "IsSensorOccupied", "UniqueId", "CreatedOn"),
        *("UpdatedOn", "UpdatedBy", "IsNew", "SystemId"),
    }
    wanted = [each.name for each in RESOURCE.fields if each.name not in left_out]
    assert names == [*wanted, "Action"]


def test_an_export_has_what_the_service_tells() -> None:
    """An export has every field that is read, and time slots; no changes to lists, no secrets."""
    names = [each.name for each in export_fields(RESOURCE)]

    left_out = re.compile("Added|Removed|ZoomAccessToken|ZoomRefreshToken")
    beside = {"TariffNames", "TeamNames", "LinkedResourceNames"}
    beside.add("BookingAvailabilityExceptionNames")
    told = [each.name for each in RESOURCE.fields if not left_out.match(each.name)]
    assert [each for each in names if each not in beside] == told
    assert beside <= set(names)
    assert names.index("TariffNames") == names.index("Tariffs") + 1
    assert "TimeSlots" in names


def test_the_header_is_the_fields_names(template: openpyxl.Workbook, tmp_path: Path) -> None:
    """Row 1 holds the names exactly, in the table's order, and a template has no other row."""
    sheet = template["Resources"]
    assert [cell.value for cell in sheet[1]] == [each.name for each in template_fields(RESOURCE)]
    assert sheet.max_row == 1

    (row,) = exported(tmp_path / "out.xlsx", {"Id": 1})
    assert list(row) == [each.name for each in export_fields(RESOURCE)]


# ---- the look


def test_required_columns_look_different(template: openpyxl.Workbook) -> None:
    """The columns that a new record needs, and no others, have a bold name in white."""
    cells = header(template["Resources"])
    marked = {name for name, cell in cells.items() if cell.font.b}

    assert marked == {
        *("BusinessId", "Name", "SystemResourceType", "ResourceTypeId", "DisplayOrder"),
        "CancellationFeeType",
    }
    assert {cells[name].font.color.rgb for name in marked} == {"FFFFFFFF"}


def test_names_can_be_read_on_their_colours(template: openpyxl.Workbook) -> None:
    """Every name has a contrast of at least 4.5 to its ground (WCAG 2, AA) and fits its column."""

    def light(rgb: str) -> float:
        parts = [int(rgb[at : at + 2], 16) / 255 for at in (2, 4, 6)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(
            share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    sheet = template["Resources"]
    looks = columns(sheet)
    for name, cell in header(sheet).items():
        low, high = sorted((light(cell.font.color.rgb), light(cell.fill.fgColor.rgb)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name
        assert looks[name].width > len(name) + 4, name


def test_every_header_has_a_note(template: openpyxl.Workbook) -> None:
    """A note says group, help, unit, choices and whether a new record needs the column."""
    cells = header(template["Resources"])
    for field in template_fields(RESOURCE):
        note = cells[field.name].comment
        words = [field.group.name, field.help, field.unit, *(c.name for c in field.kind.choices)]
        assert all(word in note.text for word in words), field.name
        assert ("Needed for a new resource" in note.text) == field.required
        assert note.author == "nexudus-bulk"
    assert cells["CancellationFeePercentage"].comment.text == (
        "Cancellation\n"
        "The fee, where the type is Percentage.\n"
        "Write: A number, 0 to 100.\n"
        "Unit: percent of the booking's price."
    )


def test_rare_groups_are_folded_away(template: openpyxl.Workbook) -> None:
    """Columns of rare groups are hidden in an outline, and the column after them shows the +."""
    sheet = template["Resources"]
    looks = columns(sheet)
    folded = {name for name, look in looks.items() if look.hidden and look.outlineLevel == 1}

    assert folded == {each.name for each in template_fields(RESOURCE) if each.group.rare}
    assert looks["Action"].collapsed


def test_the_header_stays_in_sight(template: openpyxl.Workbook) -> None:
    """The header and the columns through Name stay in sight; every column can be filtered."""
    sheet = template["Resources"]
    last = sheet[1][-1]

    assert [cell.value for cell in sheet[1][:4]] == ["Id", "BusinessId", "BusinessName", "Name"]
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref == f"A1:{last.coordinate}"
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$D")


def test_texts_are_typed_as_texts(template: openpyxl.Workbook) -> None:
    """Text columns, ids among them, have the format Text: 007 and =1+1 stay; moments are dates."""
    sheet = template["Resources"]
    formats = {
        "text": "@", "address": "@", "id": "@", "ids": "@", "time slots": "@",
        "choice": "General", "yes/no": "General", "whole": "0", "decimal": "General",
        "moment": "yyyy-mm-dd hh:mm:ss",
    }  # fmt: skip
    looks = columns(sheet)
    for field in template_fields(RESOURCE):
        assert looks[field.name].number_format == formats[field.kind.name], field.name


# ---- drop-downs and checks


def test_drop_downs_cover_the_column(template: openpyxl.Workbook) -> None:
    """Choices and yes/no are picked from a list, on every row; the list is that of the table."""
    rules = validations(template["Resources"])
    for field in template_fields(RESOURCE):
        if field.kind.name not in {"choice", "yes/no"}:
            continue
        names = [each.name for each in field.kind.choices] or ["Yes", "No"]
        rule = rules[field.name]
        number = header(template["Resources"])[field.name].column
        (area,) = (each for each in rule.sqref.ranges if each.min_col == number)
        (place,) = template.defined_names[rule.formula1].destinations
        assert (rule.type, area.min_row, area.max_row) == ("list", 2, LAST_ROW)
        assert [row[0].value for row in template[place[0]][place[1]]] == names
    assert template["Lists"].sheet_state == "hidden"


def test_excel_refuses_no_right_cell(template: openpyxl.Workbook) -> None:
    """Where the program accepts more than Excel can check, Excel only warns, and says what else."""
    rules = validations(template["Resources"])

    assert {
        name for name, rule in rules.items() if rule.errorStyle in {None, "stop"} and rule.type
    } == {
        "DisplayOrder",
        "Action",
    }
    assert rules["Visible"].error == (
        "Visible: this is neither Yes nor No. Also understood: TRUE, FALSE, Y, N, 1, 0, x, <clear>."
    )
    assert rules["DisplayOrder"].error == (
        "DisplayOrder: this is not a whole number. Write digits only, such as 12."
    )
    assert rules["SystemResourceType"].error == (
        "SystemResourceType: this is not on the list. Also understood: the number of a choice."
    )


def test_numbers_have_their_bounds(template: openpyxl.Workbook) -> None:
    """Excel knows the least and the most of every number that has them."""
    rules = validations(template["Resources"])

    def bounds(name: str) -> tuple[str, ...]:
        return rules[name].type, rules[name].formula1, rules[name].formula2

    assert bounds("MinBookingLength") == ("whole", "0", "999999999999999")
    assert bounds("DisplayOrder") == ("whole", "-999999999999999", "999999999999999")
    assert bounds("CancellationFeePercentage") == ("decimal", "0", "100")
    assert bounds("Latitude") == ("decimal", "-90", "90")
    assert (rules["LastCleanedAt"].type, rules["LastCleanedAt"].operator) == (
        "date",
        "greaterThanOrEqual",
    )


# ---- the guide


def test_the_guide_lists_every_column(template: openpyxl.Workbook) -> None:
    """The Guide ends in a table with one line for each column of the sheet."""
    rows = list(template["Guide"].iter_rows(values_only=True))
    start = rows.index(("Column", "Group", "Needed", "What to write", "Unit", "Choices", "Help"))
    table = {row[0]: row for row in rows[start + 1 :]}

    assert list(table) == [each.name for each in template_fields(RESOURCE)]
    assert table["CancellationFeeType"] == (
        "CancellationFeeType", "Cancellation", "Yes", "A choice", None,
        "None, Absolute, Percentage",
        "How a late cancellation is charged: a fixed amount, a share of the price, or not at all.",
    )  # fmt: skip
    assert table["Tariffs"][3] == "Ids or names, separated by commas (plans)"


def test_the_guide_speaks_the_users_words(template: openpyxl.Workbook) -> None:
    """The page names commands, markers and statuses, and never the API's word for booking rates."""
    page = "\n".join(
        str(cell) for row in template["Guide"].iter_rows(values_only=True) for cell in row if cell
    )
    notes = "\n".join(cell.comment.text for cell in template["Resources"][1])
    words = (
        *(f"nexudus-bulk {command}" for command in ("check", "plan", "import")),
        *("<clear>", "<kept as it is: …>", "Status", "Message", "--allow-delete"),
        *("created", "updated", "unchanged", "rejected", "invalid", "blocked", "stale"),
        *("in doubt", "unsent", "deleted", "location", "plan restriction", "booking rates"),
        *(each.group.name for each in template_fields(RESOURCE)),
    )

    assert [word for word in words if word.lower() not in page.lower()] == []
    assert "extraservice" not in (page + notes).lower()


def test_bounds_are_told_in_words() -> None:
    """What a column accepts is said with its least, its most, both, or its longest text."""
    latitude, name = RESOURCE.by_name["Latitude"], RESOURCE.by_name["Name"]
    fields = (
        latitude,
        replace(latitude, most=None),
        replace(latitude, least=None),
        replace(latitude, least=None, most=None),
        replace(name, longest=1000),
    )

    assert [what_to_write(each) for each in fields] == [
        "A number, -90 to 90",
        "A number, -90 or more",
        "A number, at most 90",
        "A number",
        "Text, at most 1,000 characters",
    ]


def test_an_exports_guide_tells_what_is_read_only(tmp_path: Path) -> None:
    """Columns that only the service sets say so, and Action is not spoken of: exports lack it."""
    path = tmp_path / "out.xlsx"
    write_export(path, ())
    rows = list(openpyxl.load_workbook(path)["Guide"].iter_rows(values_only=True))
    table = {row[0]: row for row in rows}

    assert table["UpdatedBy"][2:4] == ("Read only", "Nothing: the service sets it")
    assert "Action" not in table


# ---- the file


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_the_template_in_the_repository_is_the_tables(entity: Entity, tmp_path: Path) -> None:
    """A file in templates/ equals what the table makes: cells, notes, looks and checks."""

    def looks(path: Path) -> list[object]:
        book = openpyxl.load_workbook(path)
        return [
            (
                sheet.title,
                sheet.sheet_state,
                [
                    (cell.value, cell.comment and cell.comment.text, cell.fill.fgColor.rgb)
                    for row in sheet.iter_rows()
                    for cell in row
                ],
                {
                    letter: (look.width, look.hidden, look.outlineLevel, look.number_format)
                    for letter, look in sheet.column_dimensions.items()
                },
                [
                    (
                        rule.type,
                        rule.formula1,
                        rule.formula2,
                        rule.error,
                        rule.prompt,
                        str(rule.sqref),
                    )
                    for rule in sheet.data_validations.dataValidation
                ],
            )
            for sheet in book
        ]

    write_template(tmp_path / "now.xlsx", entity)
    assert looks(TEMPLATES / f"{entity.sheet}.xlsx") == looks(tmp_path / "now.xlsx")


def test_the_same_table_makes_the_same_file(tmp_path: Path) -> None:
    """Two templates are the same to the byte, and name no person as their author."""
    for name in ("one.xlsx", "two.xlsx"):
        write_template(tmp_path / name, RESOURCE)

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    properties = openpyxl.load_workbook(tmp_path / "one.xlsx").properties
    assert (properties.title, properties.creator) == ("Resources", "nexudus-bulk")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one.xlsx", "two.xlsx"]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    """Only .xlsx is written."""
    with pytest.raises(UsageError) as refused:
        write_template(tmp_path / "blank.xls", RESOURCE)

    assert str(refused.value) == ("blank.xls: a workbook's name ends in .xlsx. Choose such a name.")


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    """An unwritable target is one sentence with the file, the reason and what to do."""
    path = tmp_path / "nowhere" / "blank.xlsx"
    with pytest.raises(UsageError) as refused:
        write_template(path, RESOURCE)

    assert str(refused.value) == (
        f"{path}: cannot be written (No such file or directory). "
        "Choose another place, or close the file if another program has it open."
    )


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    """A target that cannot be replaced is refused, and nothing else is left behind."""
    path = tmp_path / "blank.xlsx"
    path.mkdir()
    with pytest.raises(UsageError, match=r"cannot be written"):
        write_template(path, RESOURCE)

    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_off_export_leaves_the_old_file(tmp_path: Path) -> None:
    """What the records raise passes through; the former file stays and no part of a new one."""
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"the former file")

    def records() -> Iterator[dict[str, object]]:
        yield {"Id": 1}
        raise LookupError("the page is gone")

    with pytest.raises(LookupError, match="the page is gone"):
        write_export(path, records())

    assert path.read_bytes() == b"the former file"
    assert list(tmp_path.iterdir()) == [path]


def test_more_rows_than_a_sheet_has_stand_on_the_next(tmp_path: Path) -> None:
    """Records past the last row of a sheet are not dropped: another sheet like it follows."""
    path = tmp_path / "out.xlsx"
    columns = Columns(RESOURCE, export_fields(RESOURCE))
    file = BookExport(path, columns, rows_a_sheet=2)
    for number in range(1, 6):
        file.write({"Id": number, "Name": f"Room {number}"})
    file.finish(Ending(CERTIFICATE, Figures(RESOURCE)))

    found = openpyxl.load_workbook(path)
    ids = {name: [cell.value for cell in found[name]["A"]] for name in found.sheetnames}
    assert {name: ids[name] for name in ("Resources", "Resources 2", "Resources 3")} == {
        "Resources": ["Id", 1, 2],
        "Resources 2": ["Id", 3, 4],
        "Resources 3": ["Id", 5],
    }
    assert file.rows == 5


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Records are written as they come: twenty times as many take no more memory."""

    def peak(count: int) -> int:
        text = "0123456789" * 200
        records = ({"Id": each, "Name": f"{text}{each}"} for each in range(1, count))
        tracemalloc.start()
        write_export(tmp_path / "out.xlsx", records)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(10_000) < peak(500) * 1.25


# ---- the cells of an export


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "@x", "'quoted", "https://example.org/a?b=c", "007", "NA", "None", "nan"),
        *("<p>Light &amp; air</p>", "<r>", "<clear this>", "#N/A", "TRUE", "12.0", "2026-03-31"),
        *(" blanks around ", "  ", "two\nlines", "tab\tand\x01control\x1f", "trailing\n"),
        *("_x0041_", "_x000d_ and _x0041_", "_x00", "é ü 漢字 😀", "e\u0301", "\u200b", "\x7f\x85"),
        *("x" * 32_767, "😀" * 16_383),
    ],
)
def test_texts_come_back_to_the_letter(tmp_path: Path, text: str) -> None:
    """What looks like a formula, a link, a number or a code is a text and stays what it was."""
    assert exported(tmp_path / "out.xlsx", {"Name": text})[0]["Name"] == text


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("Description", "x" * 40_123, "40,123 characters do not fit into a cell"),
        ("Description", "😀" * 16_384, "16,384 characters do not fit into a cell"),
        ("Name", "half \ud83d", "it has characters that a workbook does not keep"),
        ("Name", "no \ufffe\uffff", "it has characters that a workbook does not keep"),
        ("Name", "_x0041_x0042_", "it has characters that a workbook does not keep"),
        ("Name", "<r>x</r>", "a workbook takes a text from <r> to </r> for its own markup"),
        ("Name", " <Clear> ", "' <Clear> ' has a meaning of its own here"),
        ("Name", "<kept as it is>", "'<kept as it is>' has a meaning of its own here"),
        ("SystemResourceType", 42, "'42' is not a choice"),
        ("Allocation", 4.5, "'4.5' is not a whole number"),
        ("Allocation", True, "'True' is not a whole number"),
        ("Allocation", "12", "'12' would not come back the same"),
        ("Allocation", -1, "'-1' is below 0, the least that is allowed"),
        ("Latitude", 91, "'91' is above 90, the most that is allowed"),
        ("Latitude", float("nan"), "'nan' is not a number that a cell holds"),
        ("Latitude", float("-inf"), "'-inf' is not a number that a cell holds"),
        ("Latitude", 10**400, "is not a number that a cell holds"),
        ("LastCleanedAt", "12 past", "'12 past' is not a date and time"),
        ("NewPictureUrl", "ftp://x", "'ftp://x' is not a web address"),
        ("Tariffs", [{"Id": 1}], "has an unknown shape"),
        ("Timeslots", [{"DayOfWeek": 1}], "has an unknown shape"),
    ],
)
def test_a_marker_stands_for_what_cannot_come_back(
    tmp_path: Path, name: str, value: object, reason: str
) -> None:
    """What a cell cannot hold, or an import would misread, becomes a marker that says why."""
    path = tmp_path / "out.xlsx"
    written = write_export(path, [{"Id": 1}, {"Id": 2, name: value}])

    column = "TimeSlots" if name == "Timeslots" else name
    (found,) = written.markers.first
    assert (written.rows, found.row, found.column) == (2, 3, column)
    assert found.reason.endswith(reason)
    assert is_kept(kept(found.reason))
    sheet = openpyxl.load_workbook(path)["Resources"]
    cell = sheet.cell(3, header(sheet)[column].column).value
    assert cell == f"<kept as it is: {found.reason}>"


def test_every_kind_is_shown(tmp_path: Path) -> None:
    """Each kind of value has its type of cell; null, an empty text and an empty list are blank."""
    record: dict[str, object] = {
        "Id": 17,
        "BusinessId": 2**62,
        "Name": "Room Cedar",
        "SystemResourceType": 1,
        "CancellationFeeType": 0,
        "GroupName": None,
        "Description": "",
        "Visible": True,
        "Archived": False,
        "Allocation": 8.0,
        "BookInAdvanceLimit": 0.1,
        "Tariffs": [17, 23],
        "Teams": [],
        "Timeslots": SLOTS,
        "LastCleanedAt": "2026-03-31T14:30:05.1234567Z",
        "CreatedOn": "1899-12-31T23:00:00Z",
        "NewPictureUrl": "https://example.org/a.png",
        "Unknown": "left out",
        "ZoomAccessToken": "secret",
    }
    (row,) = exported(tmp_path / "out.xlsx", record)

    assert {name: cell for name, cell in row.items() if cell != ""} == {
        "Id": 17,
        "BusinessId": str(2**62),
        "Name": "Room Cedar",
        "SystemResourceType": "MeetingRoom",
        "CancellationFeeType": "None",
        "Visible": "Yes",
        "Archived": "No",
        "Allocation": 8,
        "BookInAdvanceLimit": 0.1,
        "Tariffs": "17, 23",
        "TimeSlots": "Mon-Wed 09:00-18:00",
        "LastCleanedAt": datetime(2026, 3, 31, 14, 30, 5, 123000),  # noqa: DTZ001 - a cell has no zone
        "CreatedOn": "1899-12-31 23:00:00",
        "NewPictureUrl": "https://example.org/a.png",
    }


def test_what_is_exported_reads_as_what_was_stored(tmp_path: Path) -> None:
    """For each field, the kind reads the cell that came back as the value that was stored."""
    stored: dict[str, object] = {
        "text": "=1+1", "address": "http://example.org", "id": 17, "ids": [3, 1, 2], "whole": 12,
        "decimal": 12.25, "yes/no": True, "choice": 1, "moment": "2026-03-31T14:30:59.999Z",
        "time slots": SLOTS,
    }  # fmt: skip
    fields = export_fields(RESOURCE)
    record = {each.name: stored[each.kind.name] for each in fields}
    record["Timeslots"] = record.pop("TimeSlots")
    (row,) = exported(tmp_path / "out.xlsx", record)

    for field in fields:
        kind = field.kind
        value = stored[kind.name]
        assert kind.sameness(kind.read(row[field.name])) == kind.sameness(value), field.name


def test_no_secret_is_ever_exported(tmp_path: Path) -> None:
    """Neither the name nor the value of a secret field stands anywhere in the file."""
    path = tmp_path / "out.xlsx"
    secrets = {each.name: f"secret {each.name}" for each in RESOURCE.fields if each.secret}
    written = write_export(path, [secrets])
    assert (written.rows, written.markers.count) == (1, 0)

    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    texts = json.dumps([(str(cell.value), cell.comment and cell.comment.text) for cell in cells])
    assert secrets
    assert not [name for name in secrets if name in texts]


def test_equal_numbers_are_not_confused(tmp_path: Path) -> None:
    """1, 1.0 and True are equal to Python, and are told apart in a column all the same."""
    path = tmp_path / "out.xlsx"
    records = [{"Allocation": value} for value in (1, True, 1.0, True)]
    reason = "'True' is not a whole number"

    assert write_export(path, records).markers.first == [
        Kept(3, "Allocation", reason),
        Kept(5, "Allocation", reason),
    ]


def test_a_long_text_is_measured_as_excel_does() -> None:
    """The limit counts UTF-16 units: a picture sign counts twice."""
    field = RESOURCE.by_name["Description"]

    assert to_cell(field, "😀" * 16_383) == ("😀" * 16_383, None)
    assert is_kept(to_cell(field, "😀" * 16_384)[0])
    assert is_kept(to_cell(field, "x" * 32_768)[0])


def test_a_text_longer_than_the_field_allows_is_kept() -> None:
    """A stored text that checks would refuse as too long is shown by a marker."""
    field = replace(RESOURCE.by_name["Name"], longest=3)

    assert to_cell(field, "abc") == ("abc", None)
    assert to_cell(field, "abcd")[1] == "4 characters are more than 3, the most allowed"


def test_markers_are_recognised() -> None:
    """Case and blanks around do not matter; a text that only holds a marker is no marker."""
    assert [is_clear(cell) for cell in (CLEAR, " <CLEAR>\n", "<clear> it", "clear", None, 1)] == [
        *(True, True, False, False, False, False)
    ]
    assert [is_kept(cell) for cell in (kept("why"), " <Kept as it is", "x <kept as it is", 1)] == [
        *(True, True, False, False)
    ]


def test_every_link_has_a_word() -> None:
    """The Guide can name whatever a field links to."""
    assert {each.link for each in RESOURCE.fields if each.link} <= set(LOOKUPS)
