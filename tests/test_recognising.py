"""Whose rows a file holds: a row must never be written over a record of another entity."""

from __future__ import annotations

import openpyxl
import pytest
from flows import counts, writes

from pipeline.sandbox import Sandbox

TYPE = 1410020001  # Meeting Room of Harbour House
FULL = "Id,BusinessId,BusinessName,Name,UniqueId,CreatedOn,UpdatedOn,UpdatedBy,IsNew,SystemId"


@pytest.fixture
def twin(sandbox: Sandbox):
    """A resource that has the number of a type, as two entities of the service may."""
    return sandbox.put_record(
        "Resource",
        {
            "Id": TYPE,
            "BusinessId": 1410010001,
            "Name": "Room Twin",
            "SystemResourceType": 1,
            "ResourceTypeId": TYPE,
        },
    )


@pytest.fixture
def exported(shell, tmp_path, twin):
    """An export of types, edited: the first is called otherwise."""
    path = tmp_path / "types.xlsx"
    shell("export", "--entity", "types", "-o", path, "--limit", "none")
    book = openpyxl.load_workbook(path)
    assert book["ResourceTypes"]["D2"].value == "Meeting Room"
    book["ResourceTypes"]["D2"].value = "Meeting Room XL"
    book.save(path)
    return path


def as_csv(path, header, *rows):
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def renamed(path, name):
    book = openpyxl.load_workbook(path)
    book["ResourceTypes"].title = name
    book.save(path)
    return path


def name_of(sandbox, entity):
    return next(each["Name"] for each in sandbox.records(entity) if each["Id"] == TYPE)


def test_an_export_of_types_is_taken_for_what_it_is(exported, shell, sandbox):
    """The type is renamed; the resource of the same number is not touched."""
    said = shell.run_import(exported)

    assert said.json["counts"] == counts(updated=1, unchanged=11)
    assert name_of(sandbox, "ResourceType") == "Meeting Room XL"
    assert name_of(sandbox, "Resource") == "Room Twin"


def test_the_base_of_an_export_tells_when_the_sheet_was_renamed(exported, shell, sandbox):
    """With another name, and named by --sheet, the sheet is still an export of types."""
    said = shell.run_import(renamed(exported, "Our types"), "--sheet", "Our types")

    assert said.json["counts"] == counts(updated=1, unchanged=11)
    assert name_of(sandbox, "Resource") == "Room Twin"


def test_an_export_is_not_read_as_something_else(exported, shell, sandbox):
    """Whoever says otherwise is told; nothing is sent."""
    words = ("--entity", "resources", "--sheet", "ResourceTypes")

    said = shell("import", exported, "--yes", *words)

    assert said.code == 2
    assert said.err == (
        "types.xlsx: sheet ResourceTypes was exported, and not as resources: Id 1410020001 on row "
        "2 is the number of something else. Import the sheet under the name it was exported "
        "with, without --entity.\n"
    )
    assert writes(sandbox) == []


def test_a_sheet_of_types_called_resources_is_refused(exported, shell, sandbox):
    """The sheet's name says one thing, the base another: the numbers decide."""
    said = shell("import", renamed(exported, "Resources"), "--yes")

    assert said.code == 2
    assert said.err.startswith("types.xlsx: sheet Resources was exported, and not as resources:")
    assert writes(sandbox) == []


def test_a_csv_of_types_is_recognised_by_its_columns(shell, sandbox, twin, tmp_path):
    """A csv has no sheets: all columns of an export of types tell, even beside one more."""
    row = f"{TYPE},,Harbour House,Big Room,,,,,,"
    path = as_csv(tmp_path / "t.csv", f"{FULL},Notes", f"{row},mine")

    said = shell.run_import(path)

    assert said.json["counts"] == counts(updated=1)
    assert name_of(sandbox, "ResourceType") == "Big Room"
    assert name_of(sandbox, "Resource") == "Room Twin"


@pytest.mark.parametrize(
    "header", ["Id,Name", "Name,Id,Notes", "BusinessName,Name,Action", f"{FULL},Description"]
)
def test_columns_that_fit_both_are_not_guessed(header, shell, sandbox, tmp_path):
    """Where a record could be hit by mistake, the user says what the rows are."""
    path = as_csv(tmp_path / "names.csv", header, header)

    said = shell("import", path, "--yes")

    assert said.code == 2
    assert said.err == (
        "names.csv: the columns fit resources and resource types alike, and two of them may have "
        "the same number. Say which they are: --entity resources or --entity types.\n"
    )
    assert writes(sandbox) == []


def test_what_the_user_says_counts(shell, sandbox, twin, tmp_path):
    """--entity decides what columns leave open."""
    path = as_csv(tmp_path / "names.csv", "Id,Name", f"{TYPE},Big Room")

    said = shell.run_import(path, "--entity", "types")

    assert said.json["counts"] == counts(updated=1)
    assert name_of(sandbox, "ResourceType") == "Big Room"
    assert name_of(sandbox, "Resource") == "Room Twin"


def test_a_csv_that_hits_no_record_is_of_resources(shell, tmp_path):
    """Locations and names alone can change nothing: the usual entity's problems are told."""
    path = as_csv(tmp_path / "names.csv", "BusinessName,Name", "Harbour House,Room A")

    said = shell("check", path, "--json")

    assert [each["column"] for each in said.json["problems"]] == [
        "SystemResourceType",
        "ResourceTypeId",
        "DisplayOrder",
        "CancellationFeeType",
        "Visible",
    ]


def test_resources_win_where_both_sheets_are(sheet, shell, sandbox):
    """Both sheets in one workbook: resources are read, and how to have the other is said."""
    path = sheet(
        """
        BusinessName  | Name   | SystemResourceType | ResourceTypeName | DisplayOrder | Visible
        Harbour House | Room A | MeetingRoom        | Meeting Room     | 10           | Yes
        """
    )
    book = openpyxl.load_workbook(path)
    other = book.create_sheet("ResourceTypes", 0)
    other.append(["BusinessName", "Name"])
    other.append(["Harbour House", "Booth"])
    book.save(path)

    usual, other_one = shell("plan", path), shell("plan", path, "--entity", "types")

    assert "rooms.xlsx: sheet ResourceTypes was not read; to import it, add --entity types." in (
        usual.err
    )
    assert "row 2: create 'Booth'" in other_one.out
    assert "was not read" not in other_one.err


@pytest.mark.parametrize(
    "name", ["ResourceType", "resource types", "types", "Type", "RESOURCE-TYPES", "ResourceTypes"]
)
def test_an_entity_has_several_names(name, shell, tmp_path):
    """People say types; the service says ResourceType."""
    said = shell("export", "--entity", name, "-o", tmp_path / "t.csv", "--limit", "none")

    assert said.out.startswith("12 resource types written to ")


def test_an_unknown_entity_is_named_with_what_there_is(shell, tmp_path):
    """A misspelt name gets the nearest known one."""
    said = shell("export", "--entity", "tipes", "-o", tmp_path / "t.csv")

    assert said.code == 2
    assert said.err == (
        "--entity: 'tipes' is not known. Did you mean 'types'? Known: Resource, ResourceType.\n"
    )


def test_a_location_filters_types_by_its_name(shell, tmp_path):
    """The service has no filter by a location's name here: its number is looked up."""
    where = ("--where", "BusinessName=Mill Yard")
    said = shell("export", "--entity", "types", "-o", tmp_path / "t.csv", *where)

    assert said.out.startswith("6 resource types written to ")
    assert "Mill Yard" in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_a_type_in_use_is_not_deleted(shell, sandbox, tmp_path):
    """The service refuses to delete what resources need, and its words reach the user."""
    path = as_csv(tmp_path / "t.csv", "Id,Name,Action", f"{TYPE},Meeting Room,delete")

    said = shell.run_import(path, "--entity", "types", "--allow-delete")

    assert said.json["counts"] == counts(rejected=1)
    assert "You must delete all resources using this record" in said.err
