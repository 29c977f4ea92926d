"""`map FILE`: what is proposed, asked, learned and written, as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from flows import ROOT, SAMPLES, Shell
from foreign_sources import CONTINENT, DUMP, FACILITIES
from processes import PIPELINE, heeded_signals

from pipeline.entities import RESOURCE
from pipeline.mapping.learned import Answers, Learned, learn, recall
from pipeline.mapping.observed import observe
from pipeline.mapping.profile import Rule
from pipeline.mapping.proposal import propose
from pipeline.mapping.reading import read_mapping, read_text
from pipeline.mapping.writing import write

ROOMS = """
    Building | Room  | Category  | Team size | Seats
    Quay     | Cedar | Boardroom | 4         | 8
    Quay     | Snug  | Snuggery  | 6         | 2
"""
VISIBLE = "Whether customers see and can book it. Blank on a new resource means hidden."
LIST = """
    cobot             Cobot: list of resources from its API
    condeco           Condeco (Eptura): Rooms sheet
    officernd         OfficeRnD Flex: import file of resources
    officernd-export  OfficeRnD Flex: export of offices, desks or meeting rooms
"""


@pytest.fixture
def home(monkeypatch, tmp_path) -> Path:
    """A state folder of its own, so that nothing was learned."""
    monkeypatch.setenv("NEXUDUS_BULK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def shell(capsys, home) -> Shell:
    """The command without an account or a terminal."""
    return Shell(capsys)


def mapping(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


# ---- without questions


def test_a_foreign_file_is_mapped_and_the_mapping_is_one_that_check_takes(shell, sheet, tmp_path):
    """Title lines, units and x marks: only the three strange choices are left to mend."""
    path = sheet(FACILITIES.table, "facilities.xlsx", "Rooms")
    said = shell("map", path)
    target = tmp_path / "facilities.mapping.toml"

    assert said.code == 0
    assert said.out.splitlines()[0] == (
        "facilities.xlsx, sheet Rooms: header in row 3, 23 columns, 7 rows."
    )
    assert said.out.splitlines()[-1] == (
        f"Mapping written: {target}. Look through it, then: "
        f"nexudus-bulk check {path} --mapping {target}"
    )
    checked = shell("check", path, "--mapping", target, "--json").json
    assert [each["value"] for each in checked["problems"] if each["severity"] == "error"] == [
        "Snug",
        "Nest",
        "Orangery",
    ]


def test_the_readme_shows_what_map_says_of_the_sample(shell, tmp_path, monkeypatch):
    """Every line of its example is printed, in that order."""
    command = "$ nexudus-bulk map samples/facilities.xlsx -o facilities.mapping.toml\n"
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition(command)[2]
    lines = [each for each in shown.partition("```")[0].splitlines() if each != "…"]
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "facilities.xlsx").write_bytes(
        (SAMPLES / "facilities.xlsx").read_bytes()
    )
    monkeypatch.chdir(tmp_path)

    said = shell("map", "samples/facilities.xlsx", "-o", "facilities.mapping.toml")
    printed = [*said.err.splitlines(), *said.out.splitlines()]

    assert len(lines) > 5
    assert [each for each in printed if each in lines] == lines


@pytest.mark.parametrize("source", [DUMP, CONTINENT], ids=lambda each: each.name)
def test_other_files_are_mapped_so_that_only_strange_choices_are_left(shell, tmp_path, source):
    """A csv of another operator: check complains of three cells, and of nothing else."""
    path = tmp_path / "rooms.csv"
    path.write_text(source.table.replace("|", ";"), encoding="utf-8")
    assert shell("map", path).code == 0

    checked = shell("check", path, "--mapping", tmp_path / "rooms.mapping.toml", "--json").json
    errors = [each["value"] for each in checked["problems"] if each["severity"] == "error"]
    assert errors == [text for text, meaning in source.choices.items() if not meaning]


def test_the_file_says_how_sure_each_line_is(shell, sheet, tmp_path):
    """Rules in the columns' order with confidence and way; what is not sure is a comment."""
    path = sheet(ROOMS)

    shell("map", path, "-o", tmp_path / "m.toml")

    assert (
        (tmp_path / "m.toml").read_text(encoding="utf-8")
        == f"""\
# How the columns of rooms.xlsx become fields of resources.
# A line says: our field = their column. Behind it stands how sure that is, and why.
# A line that begins with # does not count: take the # off where the guess is right.
# Then: nexudus-bulk check {path} --mapping {tmp_path / "m.toml"}

name = "m"

[fields]
BusinessName = "Building"  # 0.95 alias
Name = "Room"  # 0.95 alias
SystemResourceType.column = "Category"  # 0.99 label
SystemResourceType.values.Boardroom = "MeetingRoom"  # 0.95 alias, in 1 row
# SystemResourceType.values.Snuggery = "?"  # not known, in 1 row: nothing is near
# Teams = "Team size"  # not sure (Teams 0.60); holds '4', '6'
Allocation = "Seats"  # 0.98 alias
DisplayOrder.count-by = 10  # needed for new records, and no column gives it
CancellationFeeType.default = "None"  # needed for new records, and no column gives it
Visible.default = "Yes"  # supposed: no column gives it. {VISIBLE}
# ResourceTypeName = "Category"  # needed for new records; it may do twice
"""
    )


def test_json_tells_the_same(shell, sheet, tmp_path):
    """Columns, values and what is unknown, for scripts; nothing else on the standard output."""
    said = shell("map", sheet(ROOMS), "--json").json

    assert set(said) >= {"file", "header_row", "columns", "values", "unknown", "mapping"}
    assert said["header_row"] == 1
    assert said["mapping"] == str(tmp_path / "rooms.mapping.toml")
    assert [(each["column"], each["field"]) for each in said["columns"]] == [
        ("Building", "BusinessName"),
        ("Room", "Name"),
        ("Category", "SystemResourceType"),
        ("Team size", None),
        ("Seats", "Allocation"),
    ]
    assert said["values"] == [
        {
            "column": "Category",
            "field": "SystemResourceType",
            "value": "Boardroom",
            "rows": 1,
            "meaning": "MeetingRoom",
            "confidence": 0.95,
            "way": "alias",
        }
    ]
    assert [(each["value"], each["rows"]) for each in said["unknown"]] == [("Snuggery", 1)]


def test_our_own_headers_need_no_mapping(shell, sheet, tmp_path):
    """Case, spaces and a star do not matter: nobody is asked, no file is written, exit 0."""
    path = sheet("business name | NAME * | Allocation\n Quay | Cedar | 8")

    said = shell("map", path)

    assert (said.code, said.out) == (
        0,
        "rooms.xlsx: all 3 columns have names that are known already. No mapping is needed: "
        f"nexudus-bulk check {path}\n",
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["rooms.xlsx"]


def test_the_next_command_says_what_was_read(shell, sheet):
    """Sheet and entity are repeated: without them another one would be checked."""
    path = sheet("Name | BusinessName\nStudio | Quay", sheet="List")
    said = shell("map", path, "--sheet", "List", "--entity", "types")

    assert said.out.strip() == (
        "rooms.xlsx: all 2 columns have names that are known already. No mapping is needed: "
        f"nexudus-bulk check {path} --entity types --sheet List"
    )


@pytest.mark.parametrize("word", ["types", "ResourceTypes", "resource type"])
def test_an_entity_is_named_as_everywhere(shell, sheet, word):
    """Map takes the words for types that template, export and check take."""
    path = sheet("Site | Type\nQuay | Studio", sheet="List")
    found = shell("map", path, "--entity", word, "--json").json["columns"]

    assert {each["column"]: each["field"] for each in found} == {
        "Site": "BusinessName",
        "Type": "Name",
    }


def test_a_foreign_file_is_told_of_map_by_check(shell, tmp_path):
    """Check names the command, or the built-in mapping, also while it looks for the entity."""
    strange, known = tmp_path / "strange.csv", tmp_path / "known.csv"
    strange.write_text("Zimmer,Haus\n1,2\n")
    known.write_text("Resource Name,Target Plan,Size (People),Privacy,Location\nA,B,3,Public,C\n")

    assert (
        shell("check", strange)
        .err.splitlines()[-1]
        .endswith(f"If the file comes from another program: nexudus-bulk map {strange}")
    )
    assert shell("check", known).err.splitlines()[-1].endswith("add --mapping officernd.")


def test_a_built_in_source_is_recognised(shell, tmp_path):
    """Cobot's file starts from its mapping; of the columns it does not know, one has a home."""
    path = tmp_path / "cobot.csv"
    path.write_bytes((Path(__file__).parents[1] / "samples" / "cobot.csv").read_bytes())

    said = shell("map", path)
    made = read_mapping(str(tmp_path / "cobot.mapping.toml"))
    built_in = read_mapping("cobot")

    assert said.out.splitlines()[1].startswith("This looks like a file of Cobot: the built-in")
    assert made.fields == {**built_in.fields, "NewPictureUrl": Rule(("photo",))}
    assert made.source_id == built_in.source_id


def test_the_list_of_built_in_mappings(shell):
    """Names and titles, and how one is used."""
    said = shell("map", "--list")

    assert said.code == 0
    assert [each.strip() for each in LIST.strip().splitlines()] == said.out.splitlines()[:-1]
    assert said.out.splitlines()[-1] == "To use one: nexudus-bulk check FILE --mapping NAME"


@pytest.mark.parametrize("source", [FACILITIES, DUMP, CONTINENT], ids=lambda each: each.name)
def test_reading_what_was_written_gives_the_same_mapping(source):
    """Whatever stands in comments, the reader finds the proposal's profile; twice the same text."""
    header, *rows = [each.split("|") for each in source.table.splitlines() if "|" in each]
    cells = [[row[place] or None for row in rows] for place in range(len(header))]
    seen = [observe(text, "A", each) for text, each in zip(header, cells, strict=True)]
    found = propose(seen, RESOURCE, Learned(RESOURCE))
    profile = found.profile("rooms")

    text = write(found, profile, source=source.name, next_command="check")
    assert read_text(text, "rooms.toml") == profile
    assert write(found, profile, source=source.name, next_command="check") == text


@pytest.mark.parametrize("name", ['Seats "net"', "Sea\\ts", "Größe = 1 # x", "[Seats]", "a.b"])
def test_strange_headers_and_values_come_through_the_file(shell, sheet, tmp_path, name):
    """Quotes, backslashes, brackets and signs of TOML in headers and values are only texts."""
    path = sheet(f'Room | Category | {name}\n A | Pod | 1\n B | Po\\d [x] = "#" | 2')

    shell("map", path)
    text = (tmp_path / "rooms.mapping.toml").read_text(encoding="utf-8")
    without_comments = tomllib.loads(text)
    all_lines = tomllib.loads("\n".join(_uncommented(text)))

    assert without_comments["fields"]["Name"] == "Room"  # type: ignore[index]
    values = all_lines["fields"]["SystemResourceType"]["values"]
    assert 'Po\\d [x] = "#"' in values


def _uncommented(text: str) -> list[str]:
    return [
        line.removeprefix("# ") if line.startswith("# SystemResourceType") else line
        for line in text.splitlines()
    ]


def test_a_mapping_is_replaced_only_when_told_to(shell, sheet, tmp_path):
    """An existing file stays, unless --overwrite is given; the input never is the output."""
    path, target = sheet(ROOMS), tmp_path / "rooms.mapping.toml"
    target.write_text("mine")

    refused = shell("map", path)
    itself = shell("map", path, "-o", path, "--overwrite")

    assert (refused.code, refused.err) == (
        2,
        f"{target}: exists already. Give another name, or --overwrite.\n",
    )
    assert itself.code == 2
    assert target.read_text() == "mine"
    assert shell("map", path, "--overwrite").code == 0
    assert mapping(target)["name"] == "rooms"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "map: FILE is missing. Name the file, or use --list for what is built in."),
        (["none.xlsx"], "none.xlsx: there is no such file. Check the name and the folder."),
    ],
)
def test_bad_words_get_one_message(shell, words, message):
    """No file, or none of that name: exit 2 and one sentence."""
    said = shell("map", *words)

    assert (said.code, said.err) == (2, f"{message}\n")


def test_a_sheet_without_a_header_is_refused(shell, sheet):
    """Numbers alone are no table."""
    said = shell("map", sheet("1 | 2\n3 | 4", sheet="List"))

    assert (said.code, said.err) == (
        2,
        "rooms.xlsx: sheet List has no row that is like a header: names of columns beside each "
        "other, and rows below them. Write one above the rows.\n",
    )


def test_a_percent_sign_tells_two_columns_apart(shell, sheet, tmp_path):
    """'Cancellation fee' and 'Cancellation fee %' are two fields, also for check."""
    path = sheet("Room | Cancellation fee | Cancellation fee %\n A | 20 | 50")

    shell("map", path)
    fields = mapping(tmp_path / "rooms.mapping.toml")["fields"]
    checked = shell("check", path, "--mapping", tmp_path / "rooms.mapping.toml", "--json").json

    assert fields["CancellationFeeAmount"] == "Cancellation fee"  # type: ignore[index]
    assert fields["CancellationFeePercentage"] == "Cancellation fee %"  # type: ignore[index]
    assert "column_doubled" not in {each["code"] for each in checked["problems"]}


# ---- at a terminal


class Terminal:
    """The command with a terminal as its input."""

    def __init__(self, folder: Path, *words: object) -> None:
        self._keys, terminal = os.openpty()
        with heeded_signals():
            self._process = subprocess.Popen(
                [*PIPELINE, "map", *map(str, words)],
                cwd=folder,
                env={**os.environ, "NEXUDUS_BULK_HOME": str(folder / "home")},
                stdin=terminal,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        os.close(terminal)

    def type(self, *lines: str) -> tuple[int, str, str]:
        """Type lines, wait for the end; returns exit code, output and messages."""
        os.write(self._keys, "".join(f"{line}\n" for line in lines).encode())
        out, errors = self._process.communicate(timeout=60)
        os.close(self._keys)
        return self._process.returncode, out, errors

    def interrupt(self, after: str) -> tuple[int, str]:
        """Send Ctrl-C's signal once `after` has been said; returns exit code and messages."""
        assert self._process.stderr is not None
        heard = ""
        while after not in heard:
            letter = self._process.stderr.read(1)
            assert letter, heard
            heard += letter
        # What arrives just before the terminal is read is noticed only after it: type it again.
        while self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=2)
        _, errors = self._process.communicate(timeout=60)
        os.close(self._keys)
        return self._process.returncode, errors


UNSURE = """
    Building | Room  | Category  | Seats | Pax | Lamp
    Quay     | Cedar | Boardroom | 4     | 8   | red
    Quay     | Snug  | Snuggery  | 6     | 2   | blue
"""
posix = pytest.mark.skipif(os.name != "posix", reason="a terminal as a POSIX system has it")


@posix
def test_what_is_not_sure_is_asked_and_learned(sheet, tmp_path, shell):
    """A number, a blank, a name, `?`; the next file of that kind is mapped without a question."""
    path = sheet(UNSURE)
    # Seats, Pax, Snuggery, the account's type, what customers see
    answers = ["?", "", "1", "MeetingRoom", "1", ""]

    code, _, errors = Terminal(tmp_path, path).type(*answers)
    made = mapping(tmp_path / "rooms.mapping.toml")
    again = shell("map", path, "--overwrite", "--json").json

    assert code == 0, errors
    assert "Allocation: Seats, or bookings at once. Takes a whole number." in errors
    assert made["ignored"] == ["Seats"]
    assert made["fields"] == {
        "BusinessName": "Building",
        "Name": "Room",
        "SystemResourceType": {
            "column": "Category",
            "values": {"Boardroom": "MeetingRoom", "Snuggery": "MeetingRoom"},
        },
        "Allocation": "Pax",
        "ResourceTypeName": "Category",
        "DisplayOrder": {"count-by": 10},
        "CancellationFeeType": {"default": "None"},
        "Visible": {"default": "Yes"},
    }
    assert [(each["column"], each["way"]) for each in again["columns"]][3:5] == [
        ("Seats", "ignored"),
        ("Pax", "learned"),
    ]
    assert [(each["value"], each["way"]) for each in again["values"]] == [
        ("Boardroom", "alias"),
        ("Snuggery", "learned"),
    ]


@posix
def test_a_wrong_answer_is_asked_again(sheet, tmp_path):
    """Neither a number of the list nor a field: said, and asked once more."""
    code, _, errors = Terminal(tmp_path, sheet(UNSURE)).type("9", "Colour", "1", "", "", "")

    assert code == 0
    assert "'9' is none of them." in errors
    assert "'Colour' is none of them." in errors


@posix
@pytest.mark.parametrize(
    ("answers", "rule", "told"),
    [
        ([""], {"default": "Yes"}, "'Yes' in new records; as you said"),
        (["?", "perhaps", "No"], {"default": "No"}, "'No' in new records; as you said"),
        (["-"], None, "blank in new records; as you said"),
    ],
)
def test_whether_new_rooms_are_seen_is_asked(sheet, tmp_path, answers, rule, told):
    """A file that does not say it: Yes unless the person says another thing, or nothing."""
    path = sheet("Building | Room | Seats\nQuay | Cedar | 4")

    code, out, errors = Terminal(tmp_path, path).type("", "", *answers)

    assert code == 0, errors
    assert f"No column says Visible. {VISIBLE}" in errors
    assert mapping(tmp_path / "rooms.mapping.toml")["fields"].get("Visible") == rule  # type: ignore[attr-defined]
    assert f"Visible: {told}. {VISIBLE}" in out.splitlines()


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        ("Floor", {"Visible": {"default": "Yes"}}),
        ("Hidden", {"Visible": {"column": "Hidden", "values": {"Yes": "No", "No": "Yes"}}}),
        ("Public or private", {}),
    ],
)
def test_new_rooms_are_seen_unless_a_column_may_say_otherwise(shell, sheet, column, fields):
    """Without a terminal it is supposed and said; a column that may hold it waits for a word."""
    path = sheet(f"Building | Room | {column}\nQuay | Cedar | Yes\nQuay | Oak | No")

    said = shell("map", path)
    told = f"Visible: 'Yes' in new records; no column gives it. {VISIBLE}"
    made = mapping(path.with_name("rooms.mapping.toml"))["fields"]

    assert {name: rule for name, rule in made.items() if name == "Visible"} == fields  # type: ignore[attr-defined]
    assert (told in said.out.splitlines()) is (column == "Floor")


@posix
def test_ctrl_c_writes_nothing(sheet, tmp_path):
    """In the middle of the questions: exit 3, no mapping, nothing learned."""
    path = sheet(UNSURE)

    code, errors = Terminal(tmp_path, path).interrupt("? = what they mean")

    assert (code, errors.splitlines()[-1]) == (
        3,
        "Stopped. Nothing was written, and no answer was kept.",
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["rooms.xlsx"]


@posix
def test_a_place_that_cannot_be_written_is_told_before_any_question(sheet, tmp_path):
    """Nobody answers for a file that cannot be kept."""
    target = tmp_path / "none" / "rooms.toml"
    code, _, errors = Terminal(tmp_path, sheet(UNSURE), "-o", target).type()

    assert code == 2
    assert "Which field is it?" not in errors
    assert f"{target}: cannot be written" in errors


@posix
def test_yes_asks_nothing(sheet, tmp_path):
    """--yes at a terminal leaves comments, as without a terminal."""
    code, _, _ = Terminal(tmp_path, sheet(UNSURE), "--yes").type()

    assert code == 0
    assert "Allocation" not in mapping(tmp_path / "rooms.mapping.toml")["fields"]  # type: ignore[operator]


# ---- what was learned


def test_answers_are_kept_by_entity_and_found_again(home):
    """Headers and values are compared without case and signs; later answers win."""
    learn(home, RESOURCE, Answers({"Team size": "Allocation"}, {("Visible", "nope"): "No"}))
    learn(home, RESOURCE, Answers({"Colour": "", "team-size": "DisplayOrder"}))
    found = recall(home, RESOURCE)

    assert (found.column("TEAM SIZE"), found.column("colour")) == ("DisplayOrder", "")
    assert (found.value("Visible", "Nope"), found.column("Floor")) == ("No", None)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version": 9}', "null", '{"version":1,"entities":3}']
)
def test_a_damaged_memory_is_set_aside_and_told(shell, sheet, home, text):
    """It is no traceback and no stop: the file is renamed, and the command goes on."""
    home.mkdir()
    (home / "learned.json").write_text(text)

    said = shell("map", sheet(ROOMS))

    assert said.code == 0
    assert said.err == (
        f"{home / 'learned.json'}: what was learned from earlier answers cannot be read. It was "
        "set aside as learned.json.damaged; questions are asked anew.\n"
    )
    assert [each.name for each in home.iterdir()] == ["learned.json.damaged"]


def test_an_answer_that_a_field_does_not_take_any_more_is_not_used(home):
    """The mapping would be refused by the next check; the value is asked for again."""
    learn(home, RESOURCE, Answers({}, {("Visible", "jein"): "Perhaps", ("Visible", "nope"): ""}))
    found = recall(home, RESOURCE)

    assert (found.value("Visible", "jein"), found.value("Visible", "nope")) == (None, "")


def test_without_answers_nothing_is_kept(shell, sheet, home):
    """Proposals that nobody confirmed are not learned."""
    shell("map", sheet(ROOMS))

    assert not home.exists()


def test_what_is_kept_is_plain_json(home):
    """Whoever looks into the state folder can read it."""
    learn(home, RESOURCE, Answers({"Team size": "Allocation"}))

    assert json.loads((home / "learned.json").read_text(encoding="utf-8")) == {
        "version": 1,
        "entities": {"Resource": {"columns": {"teamsize": "Allocation"}, "values": {}}},
    }


# ---- what a check under a mapping says


def test_what_many_rows_share_is_one_line_on_the_screen_and_each_rows_own_in_json(
    shell, sheet, tmp_path
):
    """A value that the mapping does not know, and a warning: once with the number of rows."""
    lines = "\n".join(f"Quay | Room {n} | Lounge" for n in range(500))
    path = sheet(f"Site | Room | Kind\n{lines}\nQuay | Last | Nook")
    (tmp_path / "m.toml").write_text(
        """
        name = "site"
        [fields]
        BusinessName = "Site"
        Name = "Room"
        ResourceTypeName = { default = "Meeting Room" }
        DisplayOrder = { count-by = 10 }
        CancellationFeeType = { default = "None" }
        SystemResourceType = { column = "Kind", values = { Team = "HotDesk", Nest = "HotDesk" } }
        """,
        encoding="utf-8",
    )

    said = shell("check", path, "--mapping", tmp_path / "m.toml")
    found = shell("check", path, "--mapping", tmp_path / "m.toml", "--json").json["problems"]

    known = (
        "Add it under [fields.SystemResourceType.values]; known are 'Team', 'Nest', 'None', "
        "'MeetingRoom', 'HotDesk', 'PrivateOffice', 'EventSpace', 'Lab' and 7 more."
    )
    message = "'{}' is not a choice, and the mapping site does not translate it"
    hidden = "is blank: the new resource will be hidden"
    assert said.out.splitlines() == [
        f"Resources row 2, column Kind: {message.format('Lounge')} (500 rows, first: row 2). "
        f"{known}",
        f"warning: Resources row 2, column Visible: {hidden} (501 rows, first: row 2). Write Yes "
        "to show it, or No to be rid of this warning.",
        f"Resources row 502, column Kind: {message.format('Nook')}. {known}",
        "501 rows: 501 problems, 501 warnings.",
    ]
    assert [(each["row"], each["message"]) for each in found] == [
        (n, f"{words}.")
        for n in range(2, 503)
        for words in (message.format("Lounge" if n < 502 else "Nook"), hidden)
    ]
