"""What is promised of every entity alike (contract, Promises 2 and 5): nothing here names one.

Each has a sheet in `tests/entities/` of three new records, written by hand.
"""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from flows import counts, writes

from pipeline.entities import ENTITIES

SHEETS = Path(__file__).parent / "entities"


@pytest.fixture(params=ENTITIES.values(), ids=ENTITIES)
def entity(request):
    """Every entity in turn."""
    return request.param


@pytest.fixture
def new(entity, sheet):
    """A workbook of three new records."""
    text = (SHEETS / f"{entity.name}.txt").read_text(encoding="utf-8")
    return sheet(text, name="new.xlsx", sheet=entity.sheet)


def names(sandbox, entity):
    return [each[entity.key[-1]] for each in sandbox.records(entity.name)]


def wanted(entity):
    lines = (SHEETS / f"{entity.name}.txt").read_text(encoding="utf-8").splitlines()
    place = [cell.strip() for cell in lines[0].split("|")].index(entity.key[-1])
    return [line.split("|")[place].strip() for line in lines[1:]]


def test_a_sheet_is_checked_planned_and_imported(entity, new, shell, sandbox):
    """The sheet's name tells what its rows are; three records come to the account's own."""
    before = names(sandbox, entity)

    checked = shell("check", new, "--json")
    planned = shell("plan", new, "--json")
    said = shell.run_import(new)

    assert (checked.code, planned.code, said.code) == (0, 0, 0)
    assert [each for each in checked.json["problems"] if each["severity"] == "error"] == []
    assert (planned.json["create"], planned.json["requests"]) == (3, 3)
    assert said.json["counts"] == counts(created=3)
    assert sorted(names(sandbox, entity)) == sorted([*before, *wanted(entity)])
    assert shell.run_import(new).json["counts"] == counts(unchanged=3)


def test_results_can_be_imported_again(entity, new, shell, tmp_path):
    """The workbook that comes back is an input itself."""
    shell.run_import(new)

    assert shell.run_import(tmp_path / "new.results.xlsx").json["counts"] == counts(unchanged=3)


@pytest.fixture(params=["xlsx", "csv"])
def out(request, tmp_path):
    """Where an export goes, in both formats that can be imported."""
    return tmp_path / f"out.{request.param}"


def test_an_export_changes_nothing_unedited(out, entity, new, shell, sandbox):
    """All records go out and come in without a write, without a word of what they are."""
    shell.run_import(new)
    sandbox.requests.clear()

    exported = shell("export", "--entity", entity.nouns, "-o", out, "--limit", "none", "--json")
    said = shell.run_import(out)

    assert exported.json["complete"]
    assert exported.json["rows"] == len(sandbox.records(entity.name))
    assert said.json["counts"] == counts(unchanged=exported.json["rows"])
    assert writes(sandbox) == []


def test_a_cell_edited_in_an_export_is_all_that_is_sent(entity, shell, sandbox, tmp_path):
    """One cell is edited, and one record of that entity changes; all others stay to the letter."""
    path = tmp_path / "out.xlsx"
    shell("export", "--entity", entity.name, "-o", path, "--limit", "none")
    _, *before = sandbox.records(entity.name)
    book = openpyxl.load_workbook(path)
    page = book[entity.sheet]
    column = [cell.value for cell in page[1]].index(entity.key[-1]) + 1
    page.cell(2, column).value = "Renamed"
    book.save(path)

    said = shell.run_import(path)

    assert said.json["counts"]["updated"] == 1
    first, *others = sandbox.records(entity.name)
    assert first[entity.key[-1]] == "Renamed"
    assert others == before
    assert writes(sandbox) == ["PUT"]


def test_a_stopped_run_goes_on(entity, new, shell, sandbox):
    """A run that stops after its first request is carried on, each record being made once."""
    before = names(sandbox, entity)
    stopped = shell.run_import(new, "--max-requests", "1")
    resumed = shell("resume", "--json", "--limit", "none")

    assert (stopped.code, resumed.code) == (3, 0)
    assert resumed.json["counts"] == counts(created=3)
    assert sorted(names(sandbox, entity)) == sorted([*before, *wanted(entity)])
    assert writes(sandbox) == ["POST"] * 3


def test_a_lost_answer_makes_no_second_record(entity, new, shell, sandbox):
    """A create whose answer is lost is looked up, by what the entity's records are known by."""
    sandbox.add_fault("drop-after@POST")

    said = shell.run_import(new)

    assert said.json["counts"] == counts(created=3)
    assert writes(sandbox) == ["POST"] * 3


def test_a_series_tells_what_changed(entity, new, shell, tmp_path):
    """The second export of a name tells what was added since, in a csv too."""
    shell(*export(entity, tmp_path / "one.csv"))
    shell.run_import(new)

    said = shell(
        *export(entity, tmp_path / "two.csv"), "--changes", "--report", tmp_path / "r.html"
    )

    assert said.json["changes"]["added"] == 3
    with (tmp_path / "two.changes.csv").open(encoding="utf-8", newline="") as file:
        told = [line for line in csv.reader(file) if line[0] == "added"]
    assert len(told) == 3
    assert "Harbour House" in (tmp_path / "r.html").read_text(encoding="utf-8")


def export(entity, path):
    options = ("--name", "nightly", "--limit", "none", "--json")
    return ("export", "--entity", entity.name, "-o", path, *options)


def test_deleting_takes_the_option(entity, new, shell, sandbox, tmp_path):
    """A row that says delete deletes that record and no other."""
    before = names(sandbox, entity)
    shell.run_import(new)
    book = openpyxl.load_workbook(tmp_path / "new.results.xlsx")
    page = book[entity.sheet]
    column = page.max_column + 1
    page.cell(1, column).value = "Action"
    for row in range(2, 5):
        page.cell(row, column).value = "delete"
    book.save(tmp_path / "gone.xlsx")

    said = shell.run_import(tmp_path / "gone.xlsx", "--allow-delete")

    assert said.json["counts"] == counts(deleted=3)
    assert names(sandbox, entity) == before


def test_a_template_speaks_of_folded_columns_only_if_there_are_some(entity, shell, tmp_path):
    """The guide's steps are sentences, numbered without a gap, whatever the table has."""
    shell("template", entity.name, "-o", tmp_path / "t.xlsx")
    page = openpyxl.load_workbook(tmp_path / "t.xlsx")["Guide"]
    steps = [str(c.value) for row in page.iter_rows() for c in row if "  " in str(c.value)[:5]]

    assert len(steps) > 4
    assert [each[0] for each in steps] == [str(n) for n in range(1, len(steps) + 1)]
    assert not [each for each in steps if ": ." in each]
