"""Mappings: read from TOML, laid over foreign sheets, told in the words of the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.entities import ENTITIES, RESOURCE
from pipeline.errors import PipelineError, UsageError, WorkbookError
from pipeline.mapping.reading import built_in, read_mapping, read_table, read_text, recognise
from pipeline.mapping.tables import table_of
from pipeline.mapping.units import convert
from pipeline.prepared import Prepared, Reading, check, prepare
from pipeline.sheets.markers import is_clear

KEY = '[fields]\nBusinessName = "Site"\nName = "Room"\n'
HEAD = "Site | Room"
ROOM = "Harbour House | Room A"
NEW = (  # what else a new resource needs
    'ResourceTypeName = { default = "Meeting Room" }\n'
    'SystemResourceType = { default = "MeetingRoom" }\n'
    "DisplayOrder = { count-by = 10 }\n"
    'CancellationFeeType = { default = "None" }\n'
    'Visible = { default = "Yes" }\n'
)


def mapped(path: Path, rules: str, **options: Any) -> Prepared:
    """Read a file under a mapping that has the key's rules and those given."""
    text = f'name = "site"\n{KEY}{rules}'
    return prepare(path, RESOURCE, Reading(mapping=read_text(text, "site.toml"), **options))


def cells(prepared: Prepared, field: str) -> list[Any]:
    return [each.values.get(field) for each in prepared.rows]


def messages(prepared: Prepared) -> list[str]:
    return [str(each) for each in check(prepared)]


@pytest.fixture
def column(sheet: Callable[..., Path]) -> Callable[..., Prepared]:
    """Make a sheet with one column beside the key, and read it under one rule."""

    def make(rule: str, header: str, *values: str) -> Prepared:
        lines = [f"Site | Room | {header}"]
        lines += [f"Harbour House | Room {n} | {value}" for n, value in enumerate(values)]
        return mapped(sheet("\n".join(lines)), NEW + rule)

    return make


# ---- reading


def test_all_mistakes_of_a_file_are_told_at_once():
    """Each with the file, its key and the nearest right one."""
    text = """
        entitty = "Resource"
        [fields]
        Alocation = "A"
        Name = { columns = ["a", "b"], colour = 3 }
        Visible = { column = "V", values = { a = "maybe" }, monday = 1 }
        UpdatedOn = "x"
        TimeSlots = 3
        GroupName = { column = "G", unit = "hours", part = 2 }
        MinBookingLength = { column = "M", unit = "fortnights" }
        LastCleanedAt = { column = "L", dates = "tomorrow" }
        Tariffs = {}
        [fields.SystemResourceType]
        column = "Type"
        constant = "Lab"
        default = "Meeting"
        [[leave-out]]
        column = "Status"
    """

    with pytest.raises(UsageError) as refused:
        read_text(text, "x.toml")

    assert str(refused.value).splitlines() == [
        "x.toml: entitty is no key of a mapping. Did you mean 'entity'?",
        "x.toml: fields.Name.colour is no key of a mapping. Its keys are column, columns, either, "
        "join, pick, split, part, contains, values, otherwise, unit, monday, dates, links, blank, "
        "default, constant, count-by.",
        "x.toml: fields.TimeSlots is neither a column's name nor a table that says more.",
        "x.toml: leave-out ('Status') needs values, or blank = true.",
        "x.toml: fields.Alocation is no field of Resource. Did you mean 'Allocation'?",
        "x.toml: fields.Name has several columns. Add join, or pick, to make one value of them.",
        "x.toml: fields.Visible.monday is not possible: Visible holds no days of the week.",
        "x.toml: fields.Visible.values.a 'maybe' is not Yes or No.",
        "x.toml: fields.UpdatedOn is set by the service only. Leave the rule out.",
        "x.toml: fields.GroupName.part needs split, which says what stands between the parts.",
        "x.toml: fields.GroupName.unit is not possible: GroupName is no length of time.",
        "x.toml: fields.MinBookingLength.unit 'fortnights' is not known. Units are minutes, hours, "
        "days, weeks.",
        "x.toml: fields.LastCleanedAt.dates 'tomorrow' is no format of dates. Write such as "
        "%d.%m.%Y %H:%M.",
        "x.toml: fields.Tariffs says nothing of where its value comes from. Add column, constant "
        "or default.",
        "x.toml: fields.SystemResourceType has both column and constant. Keep one of them.",
        "x.toml: fields.SystemResourceType.default 'Meeting' is not a choice. Did you mean "
        "'MeetingRoom'? Choices: None, MeetingRoom, HotDesk, PrivateOffice, EventSpace, Lab, "
        "Kitchen, TreatmentRoom, StorageUnit, Machine, DayPass, PhoneBooth, Other.",
    ]


def test_a_rule_whose_key_is_misspelt_is_told_once():
    """Not also that it says nothing; a field nobody knows is told with those there are."""
    text = """
        entity = "ResourceType"
        [fields]
        Name = { colum = "Kind" }
        Colour = "Blurb"
    """

    with pytest.raises(UsageError) as refused:
        read_text(text, "x.toml")

    first, second = str(refused.value).splitlines()
    assert first == "x.toml: fields.Name.colum is no key of a mapping. Did you mean 'column'?"
    assert second == (
        "x.toml: fields.Colour is no field of ResourceType. There are Id, BusinessId, "
        "BusinessName, Name."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fields = 3", "fields is not a table of rules, one for each field."),
        ('[fields]\nName = ""', "fields.Name says nothing of where its value comes from."),
        ("[fields]\nName = { column = [] }", "fields.Name says nothing of where"),
        ("[fields]\nName = { column = [[]] }", "fields.Name.column is not a list of texts"),
        ('[fields]\nName = { column = "N", part = "2" }', "part is not a whole number."),
        ('[fields]\nName = { column = "N", split = "" }', "split is empty."),
        ('[fields]\nName = { column = "N", split = "/", part = 0 }', "part counts from 1"),
        ('[fields]\nName = { column = "N", values = ["a"] }', "values is not a table, such as"),
        ('[fields]\nName = { column = "N", default = [1] }', "default is not a text."),
        ('[fields]\nName = { column = "N", unit = 3 }', "unit is not a text in quotes."),
        ('[fields]\nName = { columns = ["N", "M"], pick = "best" }', "pick is not one of first, "),
        (
            '[fields]\nName = { columns = ["N", "M"], pick = "sum", join = "" }',
            "both join and pick",
        ),
        ('[fields]\nName = { column = "N", links = "back" }', "Name is no list of links."),
        ('[fields]\nName = { column = "N", dates = "%d" }', "Name holds no date."),
        ("[fields]\nDisplayOrder = { count-by = 0 }", "count-by is a whole number above 0"),
        ('[fields]\nTimeSlots = { column = "T", monday = 3 }', "monday is the number that the"),
        ('[fields]\nZoomAccessToken = "T"', "ZoomAccessToken is no field of Resource."),
        ('name = "a b"\n[fields]\nName = "N"', "name 'a b' is not one word"),
        ('ignored = [{}]\n[fields]\nName = "N"', "ignored is not a list of texts"),
        ('decimal-comma = "yes"\n[fields]\nName = "N"', "decimal-comma is not true or false."),
        ('leave-out = "x"\n[fields]\nName = "N"', "leave-out is not a list of tables"),
        ('[fields]\nName = "N"\n[[leave-out]]\nblank = true', "leave-out.column is missing"),
        ('entity = "Room"\n[fields]\nName = "N"', "entity 'Room' is not known."),
        ("", "fields is missing"),
    ],
)
def test_a_mistake_is_told_with_its_key(text, said):
    """Whatever type somebody writes: one sentence, never a traceback."""
    with pytest.raises(UsageError) as refused:
        read_text(text, "x.toml")

    assert said in str(refused.value)
    assert str(refused.value).startswith("x.toml: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "coboot",
            "--mapping: there is no file 'coboot', and no built-in mapping of that name. Did you "
            "mean 'cobot'? Built in: cobot, condeco, officernd, officernd-export.",
        ),
        (
            "binary.toml",
            "--mapping: 'binary.toml' cannot be read as a text in UTF-8. Give the TOML file that "
            "nexudus-bulk map has written, or the name of a built-in mapping.",
        ),
        (
            "folder",
            "--mapping: 'folder' is a folder. Give the TOML file that nexudus-bulk map has "
            "written, or the name of a built-in mapping.",
        ),
    ],
)
def test_a_mapping_that_is_not_there(given, said, tmp_path, monkeypatch):
    """A misspelt name is told with the built-in ones."""
    monkeypatch.chdir(tmp_path)
    Path("binary.toml").write_bytes(b"\xff\xfe\x00")
    Path("folder").mkdir()

    with pytest.raises(UsageError) as refused:
        read_mapping(given)

    assert str(refused.value) == said


@pytest.mark.parametrize("text", ["types", "type", "resource types", "ResourceType"])
def test_an_entity_is_named_as_on_the_command_line(text):
    """What --entity takes; the profile has the entity's own name."""
    found = read_text(f'entity = "{text}"\n[fields]\nName = "N"', "x.toml")

    assert found.entity == "ResourceType"


def test_what_toml_reads_as_another_type_is_meant_as_text(sheet):
    """Numbers, dates, moments, true and false without quotes, where a text is asked for."""
    rules = (
        "MinBookingLength = { constant = 30 }\n"
        "RequiresConfirmation = { constant = true }\n"
        "LastCleanedAt = { constant = 2026-01-05T09:30:00Z }\n"
    )
    found = mapped(sheet(f"{HEAD}\n{ROOM}"), rules)
    ignored = read_text(f"ignored = [2026, 1.5, 2026-01-05, 07:30:00]\n{KEY}", "x.toml").ignored

    assert found.rows[0].values["MinBookingLength"] == 30
    assert found.rows[0].values["RequiresConfirmation"] is True
    assert found.rows[0].values["LastCleanedAt"] == "2026-01-05T09:30:00Z"
    assert ignored == ("2026", "1.5", "2026-01-05", "07:30:00")


def test_what_is_no_toml_is_told_with_its_line():
    """A key without a value, as people leave it."""
    with pytest.raises(UsageError, match=r"^x\.toml: this is not TOML: .*line 2"):
        read_text("name = 'x'\nfields =\n", "x.toml")


def test_a_profile_is_the_same_after_its_table():
    """The journal keeps mappings as tables; nothing of any built-in one is lost on the way."""
    assert [each.name for each in built_in()] == [
        "cobot",
        "condeco",
        "officernd",
        "officernd-export",
    ]
    for each in built_in():
        assert read_table(table_of(each), "again") == each


def test_a_source_is_recognised_by_headers_that_only_it_has():
    """Case, blanks, underscores and the star of required columns do not count."""
    cobot = recognise(["ID", "can book", "Cancellation Period", "booking_times *"])

    assert cobot is not None
    assert cobot.name == "cobot"
    assert recognise(["Name", "Description", "Allocation"]) is None


# ---- laying: one rule at a time


def test_columns_are_renamed_and_joined(sheet):
    """Blank pieces leave no separator; line breaks in headers do not count."""
    path = sheet(f"Site|Room|Building|Floor\n{ROOM}|North|2\n{ROOM} 2||3\n{ROOM} 3||")
    rule = 'GroupName = { columns = ["building", "FLOOR"], join = ", " }\n'

    assert cells(mapped(path, rule), "GroupName") == ["North, 2", "3", None]


def test_a_piece_is_split_off(column):
    """Parts count from 1, or from the end; a part that is not there is a blank."""
    rules = (
        'Latitude = { column = "Place", split = "/", part = 1 }\n'
        'Longitude = { column = "Place", split = "/", part = -1 }\n'
        'GroupName = { column = "Place", split = "/", part = 3 }\n'
    )
    prepared = column(rules, "Place", "51.5 / -0.1", "51.5 / -0.1 / Quay")

    assert cells(prepared, "Latitude") == [51.5, 51.5]
    assert cells(prepared, "GroupName") == [None, "Quay"]
    assert messages(prepared) == [
        "Resources row 3, column Place: 'Quay' is not a number. Write digits and a point, such as "
        "12.5."
    ]


def test_the_largest_of_several_is_picked(sheet):
    """Capacities by layout; what is no number is told, a translated mark does not count."""
    path = sheet(
        "Site|Room|Boardroom|Theatre\n"
        "Harbour House|A|10|24\nHarbour House|B|-|8\nHarbour House|C||\nHarbour House|D|tbc|8"
    )
    rule = (
        'Allocation = { columns = ["Boardroom", "Theatre"], pick = "largest", '
        'values = { "-" = "" } }'
    )
    prepared = mapped(path, NEW + rule)

    assert cells(prepared, "Allocation") == [24, 8, None, None]
    assert messages(prepared) == [
        "Resources row 5, column Boardroom + Theatre: 'tbc' is not a number, so the largest cannot "
        "be told. Write digits, or clear the cell."
    ]


def test_a_list_of_amenities_becomes_columns(column):
    """Counts, remarks, plurals and spelling do not matter; what no rule asks for is told."""
    rules = (
        'WhiteBoard = { column = "Equipment", contains = "Whiteboard" }\n'
        'Projector = { column = "Equipment", contains = "Projector", blank = "No" }\n'
    )
    prepared = column(
        rules,
        "Equipment",
        "2x white-boards, HDMI; Projector (ceiling)",
        "hdmi",
        "Coffee & HDMI",
        "",
    )

    assert cells(prepared, "WhiteBoard") == [True, False, False, None]
    assert cells(prepared, "Projector") == [True, False, False, False]
    assert messages(prepared) == [
        "Resources, column Equipment: what its lists name has no home here: 'HDMI' (2), 'hdmi' "
        "(1), 'Coffee' (1). Give it a rule with contains, or name it under ignored in the mapping "
        "site."
    ]


def test_values_are_translated(sheet):
    """What is right as it stands needs no entry; an empty text is a blank; blanks do not count.

    A value that nobody knows is told at each of its cells.
    """
    values = ("Team  room", "team room", "MeetingRoom", "n/a", "Offise", "OFFISE", "Pod")
    lines = [f"{ROOM} {n}|{value}" for n, value in enumerate(values)]
    rules = (
        NEW.replace('SystemResourceType = { default = "MeetingRoom" }\n', "")
        + '[fields.SystemResourceType]\ncolumn = "Kind"\n[fields.SystemResourceType.values]\n'
        + '"Team room" = "PrivateOffice"\n"n/a" = ""\n"Office" = "PrivateOffice"\n'
    )
    prepared = mapped(sheet("\n".join([f"{HEAD}|Kind", *lines])), rules)

    known = (
        "Add it under [fields.SystemResourceType.values]; known are 'Team room', 'n/a', 'Office', "
        "'None', 'MeetingRoom', 'HotDesk', 'PrivateOffice', 'EventSpace' and 8 more."
    )
    assert cells(prepared, "SystemResourceType") == [3, 3, 1, None, None, None, None]
    assert messages(prepared) == [
        "Resources row 5, column Kind: 'n/a' was read as blank, and a new resource needs it. Fill "
        "it in. If the row means an existing resource, give its Id, or Action update.",
        "Resources row 6, column Kind: 'Offise' is not a choice, and the mapping site "
        f"does not translate it. Did you mean 'Office'? {known}",
        "Resources row 7, column Kind: 'OFFISE' is not a choice, and the mapping site "
        f"does not translate it. Did you mean 'Office'? {known}",
        "Resources row 8, column Kind: 'Pod' is not a choice, and the mapping site does not "
        f"translate it. {known}",
    ]


def test_yes_no_columns_know_marks(column):
    """x, ticks, crosses and a blank that means no; another word is told at its own cell."""
    prepared = column(
        'Projector = { column = "Beamer", blank = "No" }', "Beamer", "x", "✓", "-", "", "broken"
    )

    assert cells(prepared, "Projector") == [True, True, False, False, None]
    assert messages(prepared) == [
        "Resources row 6, column Beamer: 'broken' is neither yes nor no. Write Yes or No (also "
        "TRUE, FALSE, Y, N, 1, 0 or x)."
    ]


def test_units_are_converted_into_the_fields_own(column):
    """Hours to minutes, to the letter where a cell names its unit itself."""
    rule = 'LateCancellationLimit = { column = "Notice", unit = "hours" }'
    prepared = column(rule, "Notice", "1.5", "2 days", "90 min", "1:30", "0.01", "soon")

    assert cells(prepared, "LateCancellationLimit") == [90, 2880, 90, 90, None, None]
    assert messages(prepared) == [
        "Resources row 6, column Notice: '0.01' (read as '0.6') is not a whole number. Write it "
        "without decimals, such as 0.",
        "Resources row 7, column Notice: 'soon' is no length of time. Write a number of hours, or "
        "such as 90 min, 2 h or 1:30.",
    ]


def test_numbers_with_a_comma(sheet):
    """Where the mapping says so; its own numbers have a point all the same."""
    path = sheet(f"{HEAD}|Notice|Small|Large\n{ROOM}|1,5|1.000|1.200,0\n{ROOM} 2|none|2|3")
    text = f'name = "site"\ndecimal-comma = true\n{KEY}{NEW}'
    text += 'BookInAdvanceLimit = { constant = "12.5" }\n'
    text += 'Allocation = { columns = ["Small", "Large"], pick = "smallest" }\n'
    text += 'LateBookingLimit = { column = "Notice", unit = "hours", values = { none = "0.25" } }\n'
    prepared = prepare(path, RESOURCE, Reading(mapping=read_text(text, "x")))

    assert cells(prepared, "LateBookingLimit") == [90, 15]
    assert cells(prepared, "BookInAdvanceLimit") == [12.5, 12.5]
    assert cells(prepared, "Allocation")[1] == 2


def test_days_stay_days(column):
    """The entity table tells which unit a field has: BookInAdvanceLimit counts days."""
    prepared = column('BookInAdvanceLimit = { column = "Ahead", unit = "weeks" }', "Ahead", "4")

    assert cells(prepared, "BookInAdvanceLimit") == [28]


def test_times_become_slots(sheet):
    """One column of texts, or a column for each day of the week."""
    path = sheet(
        "Site|Room|Hours|Mon|Tuesday hours\n"
        "Harbour House|A|daily 9am-5pm|9-17|closed\n"
        "Harbour House|B||||\n"
        "Harbour House|C|ask|closed|closed"
    )
    by_text = mapped(path, NEW + 'TimeSlots = "Hours"\n')
    by_day = mapped(path, NEW + 'TimeSlots = { columns = ["Mon", "Tuesday hours"] }\n')

    assert len(cells(by_text, "TimeSlots")[0]) == 7
    assert cells(by_text, "TimeSlots")[1:] == [None, None]
    assert [len(each or ()) for each in cells(by_day, "TimeSlots")] == [1, 0, 0]
    assert [each for each in messages(by_text) if "row 4" in each] == [
        "Resources row 4, column Hours: 'ask' is not a day of the week. Write Mon to Sun, or 0 "
        "(Sunday) to 6 (Saturday)."
    ]
    assert [each for each in messages(by_day) if "row 4" in each] == [
        "Resources row 4, column Mon + Tuesday hours: 'closed, closed' leaves no time at which it "
        "can be booked, and no times at all would mean always. Give its times, or clear the cell."
    ]


def test_dates_are_read_as_the_mapping_says(column):
    """31.12.2026 in one cell, and the American spelling refused in the other."""
    rule = 'LastCleanedAt = { column = "Cleaned", dates = "%d.%m.%Y" }'
    prepared = column(rule, "Cleaned", "31.12.2026", "12/31/2026")

    assert cells(prepared, "LastCleanedAt") == ["2026-12-31T00:00:00Z", None]
    assert messages(prepared) == [
        "Resources row 3, column Cleaned: '12/31/2026' is not a date as the mapping says "
        "(%d.%m.%Y). Mend the cell, or the format under dates."
    ]


@pytest.mark.parametrize(
    ("links", "lists"),
    [
        ("back", [["Half 1", "Half 2"], None, None, None, None]),
        ("both", [["Half 1", "Half 2"], ["Hall"], ["Hall"], None, ["Attic"]]),
    ],
)
def test_links_are_turned_round(links, lists, sheet):
    """A source that writes parents beside children: here the parent lists them.

    Only rooms of the same location are meant.
    """
    path = sheet(
        "Site|Room|Parent\nHarbour House|Hall|\nHarbour House|Half 1|hall\n"
        "Harbour House|Half 2|Hall\nMill Yard|Hall|\nMill Yard|Loft|Attic"
    )
    prepared = mapped(path, NEW + f'LinkedResources = {{ column = "Parent", links = "{links}" }}')

    assert cells(prepared, "LinkedResources") == lists
    assert messages(prepared) == [
        "Resources row 6, column Parent: 'Attic' is no row of this file, so it takes no link back "
        "to this one. Add its row, or set the link there by hand."
    ]


def test_constants_count_always_and_defaults_for_new_records_only(column):
    """A default is kept beside the row; DisplayOrder counts the rows that are there."""
    prepared = column('GroupName = { constant = "Quay" }', "Note", "a", "b")

    assert cells(prepared, "GroupName") == ["Quay", "Quay"]
    assert cells(prepared, "Visible") == [None, None]
    assert [each.defaults for each in prepared.rows] == [
        {
            "ResourceTypeName": "Meeting Room",
            "SystemResourceType": 1,
            "CancellationFeeType": 0,
            "Visible": True,
            "DisplayOrder": place,
        }
        for place in (10, 20)
    ]


def test_a_location_by_default_says_which_record_is_meant(sheet):
    """Of the key a default counts always: without it no row would find its record."""
    text = 'name = "x"\n[fields]\nName = "Room"\nBusinessName = { default = "Mill Yard" }\n' + NEW
    path = sheet("Room | Note\nRoom A | x")
    prepared = prepare(path, RESOURCE, Reading(mapping=read_text(text, "x")))

    assert cells(prepared, "BusinessName") == ["Mill Yard"]


# ---- the sheet as a whole


def test_rows_are_left_out_by_a_condition_and_counted(sheet):
    """With the reason in the words of the file; they are no rows of the import."""
    path = sheet(f"{HEAD}|Status|Kind\n{ROOM}|active|Desk\n{ROOM} 2|Closed|Desk\n{ROOM} 3|Active|")
    rules = (
        NEW
        + '[[leave-out]]\ncolumn = "Status"\nvalues = ["Active"]\nunless = true\n'
        + '[[leave-out]]\ncolumn = "Kind"\nblank = true\n'
    )
    prepared = mapped(path, rules)

    assert [each.number for each in prepared.rows] == [2]
    assert prepared.sheet.remarks == (
        "2 rows left out, as the mapping site says: Status is 'Closed' (1), Kind is blank (1)",
    )
    assert messages(prepared) == []


def test_columns_without_a_home_are_listed_once(sheet):
    """Those that are ignored are not; --unknown-columns decides what becomes of the others."""
    path = sheet(f"{HEAD}|Price|Deposit|Keys\n{ROOM}|1|2|3")
    rules = NEW
    profile = read_text(f'name = "site"\nignored = ["deposit"]\n{KEY}{rules}', "x")

    def said(unknown: str) -> list[tuple[str, str]]:
        reading = Reading(mapping=profile, unknown_columns=unknown)
        return [(each.severity, str(each)) for each in check(prepare(path, RESOURCE, reading))]

    assert said("warn") == [
        (
            "warning",
            "Resources: 2 columns have no home: Price, Keys. To be rid of this line, name them "
            "under ignored in the mapping site.",
        )
    ]
    assert said("ignore") == []
    assert [severity for severity, _ in said("error")] == ["error"]


def test_columns_that_are_not_there_are_told(sheet):
    """Nothing needs a group; without a kind no new resource can be made."""
    path = sheet(f"{HEAD}|Category\n{ROOM}|Lab")
    rules = NEW.replace('{ default = "MeetingRoom" }', '"Catgory"') + 'GroupName = "Floor"\n'

    assert [str(each) for each in mapped(path, rules).problems] == [
        "Resources: the mapping site takes SystemResourceType from 'Catgory', and the file has no "
        "such column. Found 'Category': if that is it, name the file's own column under [fields], "
        "or add the column.",
        "Resources: 1 column is not in the file, so that these rules of the mapping site go "
        "without: 'Floor' (GroupName). Nothing needs them.",
        "Resources: 1 column has no home: Category. To be rid of this line, name them under "
        "ignored in the mapping site.",
    ]


def test_a_column_in_use_that_stands_twice_is_a_problem(sheet):
    """As on a sheet of our own."""
    assert messages(mapped(sheet(f"{HEAD}|Room\n{ROOM}|B"), NEW)) == [
        "Resources, column Room: the column stands more than once: B and C. Keep one of them."
    ]


def test_problems_are_told_with_the_files_own_headers(sheet):
    """Also those that need no cell: a blank, two rows that mean the same."""
    path = sheet(f"{HEAD}|Size (People)\n{ROOM}|4.5\n{ROOM}|4\nHarbour House||4", sheet="Rooms")
    rules = NEW + 'Allocation = "Size (People)"\n'

    assert messages(mapped(path, rules)) == [
        "Rooms row 2, column Size (People): '4.5' is not a whole number. Write it without "
        "decimals, such as 4.",
        "Rooms row 3, column Room: BusinessName 'Harbour House' with Name 'Room A' is already on "
        "row 2. Keep one of them.",
        "Rooms row 4, column Room: is blank, and a new resource needs it. Fill it in. If the row "
        "means an existing resource, give its Id, or Action update.",
    ]


def test_the_header_is_found_under_title_lines(sheet):
    """By the columns that the mapping names."""
    path = sheet(f"All our rooms\n\n{HEAD} *\n{ROOM}", sheet="Sheet1")
    prepared = mapped(path, NEW)

    assert (prepared.sheet.header_row, [each.number for each in prepared.rows]) == (3, [4])


def test_numbers_of_the_source_are_kept_to_the_letter(sheet):
    """For the ledger: zeros in front are part of a number, and a workbook's 12.0 is 12."""
    path = sheet(f"Nr|{HEAD}\nA-007|{ROOM}\n12|{ROOM} 2\n|{ROOM} 3")
    profile = read_text(f'name = "site"\nsource-id = "Nr"\n{KEY}{NEW}', "x")
    prepared = prepare(path, RESOURCE, Reading(mapping=profile))

    assert [each.source_id for each in prepared.rows] == ["A-007", "12", ""]
    assert (prepared.source, mapped(path, NEW).source) == ("site", "")


def test_a_file_of_our_own_needs_no_mapping(sheet):
    """It is read without, and said."""
    prepared = mapped(sheet("BusinessId | Name | Allocation\n7 | Room A | 4"), NEW)

    assert cells(prepared, "Allocation") == [4]
    assert prepared.sheet.remarks == ("the mapping site is left out: the header has our own names",)


@pytest.mark.parametrize(
    ("header", "mapping", "said"),
    [
        (
            "Resource Name|Target Plan|Size (People)|Privacy|Location",
            None,
            "rooms.xlsx: sheet Resources has no known column; row 1 holds 'Resource Name', 'Target "
            "Plan', 'Size (People)', 'Privacy', 'Location'. Its header has to hold column names "
            "such as Id, BusinessId, BusinessName. `nexudus-bulk template` writes a sheet that has "
            "them. This looks like OfficeRnD Flex: import file of resources: add --mapping "
            "officernd.",
        ),
        (
            "Zimmer|Haus",
            None,
            "rooms.xlsx: sheet Resources has no known column; row 1 holds 'Zimmer', 'Haus'. Its "
            "header has to hold column names such as Id, BusinessId, BusinessName. `nexudus-bulk "
            "template` writes a sheet that has them. If the file comes from another program: "
            "nexudus-bulk map {path}",
        ),
        (
            "Resource Name|Target Plan|Size (People)|Privacy|Location|Room",
            KEY,
            "rooms.xlsx: the mapping site does not fit: it takes BusinessName from 'Site', and the "
            "file has no such column. This looks like OfficeRnD Flex: import file of resources: "
            "add --mapping officernd.",
        ),
        (
            "Zimmer|Haus",
            KEY,
            "rooms.xlsx: the mapping site does not fit: its header has none of the columns that "
            "the mapping takes. If the file comes from another program: nexudus-bulk map "
            "{path}",
        ),
    ],
)
def test_a_foreign_file_is_told_which_mapping_it_needs(header, mapping, said, sheet):
    """The built-in one that knows its header, else the command that makes one."""
    path = sheet(f"{header}\na|b")
    profile = read_text(f'name = "site"\n{mapping}', "x") if mapping else None

    with pytest.raises(WorkbookError) as refused:
        prepare(path, RESOURCE, Reading(mapping=profile))

    assert str(refused.value) == said.replace("{path}", str(path))


def test_a_foreign_header_with_a_few_of_our_names_is_told_too(sheet):
    """Cobot's `name` and `description` are names of ours as well."""
    path = sheet("id|name|cancellation_period|can_book|booking_times\n1|Room|2|true|")
    found = [each for each in messages(prepare_usual(path)) if "looks like" in each]

    assert found == [
        "Resources: this looks like Cobot: list of resources from its API. Add --mapping cobot."
    ]


def test_a_foreign_header_with_one_of_our_names_is_told_of_map(sheet):
    """The command is whole: folder, signs of the shell, sheet and entity; an Id says it is ours."""
    path = sheet("Site|Name|Seats\nQuay|Cedar|4", "my rooms.xlsx", "List")
    reading = Reading(sheet="List")
    said = [
        [each for each in messages(prepare(path, entity, reading)) if "nexudus-bulk map" in each]
        for entity in (RESOURCE, ENTITIES["ResourceType"])
    ]
    ours = prepare_usual(sheet("Id|Seats\n7|4"))

    way = (
        "List: the header has names that are not ours. If the file comes from another "
        f"program: nexudus-bulk map '{path}' --sheet List"
    )
    assert said == [[way], [f"{way} --entity ResourceType"]]
    assert [each for each in messages(ours) if "map" in each] == []


def prepare_usual(path: Path) -> Prepared:
    return prepare(path, RESOURCE)


def test_a_mapping_of_another_entity_is_refused(sheet):
    """Its rules speak of other fields."""
    profile = read_text(f'name = "site"\n{KEY}{NEW}', "x")
    other = type(profile)(**{**vars(profile), "entity": "ResourceType"})

    with pytest.raises(PipelineError, match="is for ResourceType, and the file is read as"):
        prepare(sheet(f"{HEAD}\n{ROOM}"), RESOURCE, Reading(mapping=other))


def test_a_reading_survives_a_journal():
    """The mapping itself is kept, not where it stood."""
    profile = read_mapping("cobot")
    kept = Reading(mapping=profile, decimal_comma=True).kept()

    assert Reading(sheet="X").as_kept(kept) == Reading(
        sheet="X", mapping=profile, decimal_comma=True
    )
    assert (Reading().kept(), Reading().as_kept("{}")) == ("{}", Reading())


def test_a_list_of_links_that_is_to_be_emptied_names_no_row(sheet):
    """`<clear>` is no name; where another row names this one, that one is what the list holds."""
    path = sheet(
        "Site|Room|Parent\nHarbour House|Hall|<clear>\nHarbour House|Half|Hall\n"
        "Harbour House|Loft|<clear>"
    )
    prepared = mapped(path, NEW + 'LinkedResources = { column = "Parent", links = "both" }')

    assert messages(prepared) == []
    assert cells(prepared, "LinkedResources")[:2] == [["Half"], ["Hall"]]
    assert is_clear(prepared.laid.sheet.cells.iloc[2, -1])


def test_a_file_whose_rows_are_all_left_out_is_no_mistake(sheet):
    """The mapping says so: nobody is told to fill in a row."""
    path = sheet(f"{HEAD}|Status\n{ROOM}|Closed")
    prepared = mapped(path, NEW + '[[leave-out]]\ncolumn = "Status"\nvalues = ["Closed"]\n')

    assert (messages(prepared), prepared.rows) == ([], ())
    assert prepared.sheet.remarks == (
        "1 row left out, as the mapping site says: Status is 'Closed' (1)",
    )


def test_columns_without_a_home_are_all_named(sheet):
    """However many there are."""
    more = [f"Extra {n}" for n in range(1, 31)]
    (said,) = messages(mapped(sheet(f"{HEAD}|{'|'.join(more)}\n{ROOM}"), NEW))

    assert f": 30 columns have no home: {', '.join(more)}. " in said


def test_a_second_sheet_is_told_in_its_own_words(tmp_path):
    """The mapping speaks of the first sheet only, and blames nothing on itself."""
    book = openpyxl.Workbook()
    book.active.title = "Resources"
    for line in (["Site", "Room"], ["Harbour House", "Room A"]):
        book.active.append(line)
    slots = book.create_sheet("TimeSlots")
    for line in (["Name", "DayOfWeek", "FromTime", "ToTime"], ["Room B", "Mon", "09:00", "17:00"]):
        slots.append(line)
    book.save(tmp_path / "rooms.xlsx")

    assert messages(mapped(tmp_path / "rooms.xlsx", NEW)) == [
        "TimeSlots row 2: 'Name Room B' does not point to a row of the sheet Resources. Use "
        "ResourceId, BusinessId with Name, or Row."
    ]


def test_a_length_of_time_with_a_comma_is_told_of_the_option(column):
    """As numbers are: a point, or the whole file with a decimal comma."""
    rule = 'LateCancellationLimit = { column = "Notice", unit = "hours" }\n'

    assert messages(column(rule, "Notice", "1,5 h", "12.5 h")) == [
        "Resources row 2, column Notice: '1,5 h' is no length of time. Write a point instead of "
        "the comma. Or read the whole file with --decimal-comma."
    ]


@pytest.mark.parametrize(
    ("text", "minutes"), [("2 wks", 20160), ("1 d", 1440), ("1,5 Std.", None), ("2 Stunden", 120)]
)
def test_a_unit_in_a_cell_is_read_as_one_in_a_header(text, minutes):
    """What a header may say of units a cell may say too; a comma is not a point here."""
    assert convert(text, "minutes", "minutes") == minutes
