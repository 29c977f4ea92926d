"""Hostile files: each is refused in one sentence, before it costs time or memory.

Each is checked in a fork with a limit of 4 s of processor time, and has at most 300 MB, the
interpreter and all libraries included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hostile_files as hostile
import pytest

from pipeline.errors import WorkbookError
from pipeline.sheets.markup import MAX_DEPTH, checked

ROOT = Path(__file__).parents[1]
MOST_MB = 300
Check = Callable[[Path], dict[str, Any]]

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is told by Linux"
)

SAVE = "Open it in Excel or LibreOffice and save it again as .xlsx."
NONE_DOES = f"which no spreadsheet program does. {SAVE}"
DAMAGED = f"the workbook is damaged. {SAVE}"
ENTITIES = f"the workbook defines XML entities, {NONE_DOES}"
DEEP = f"the workbook nests its XML deeper than 200 levels, {NONE_DOES}"
REPEATS = (
    f"sheet Resources repeats its cells or texts so often that they fill the memory, {NONE_DOES}"
)
FAR = "which is too far to read. Delete the rows below and the columns beside the table."
TREE = (
    "which is more than is read. Copy the sheet into a new workbook: names and sheets that nobody "
    "needs stay behind."
)
MANY = "which is more than is read. Split it, or remove what is not needed."
TOO_LARGE = "the file has 3,072 MB, and at most 256 MB are read. Split it into smaller workbooks."
TEXT = "In Excel, save it as 'CSV UTF-8'."


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Check]:
    """Check a file in a fork of a small process that has everything loaded."""
    folder = tmp_path_factory.mktemp("loading")
    broken = hostile.linked(folder / "a.xlsm", folder / "other.xlsx")
    files = ROOT / "samples/rooms.xlsx", broken
    command = [sys.executable, str(ROOT / "tests" / "bounded.py"), *map(str, files)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(path: Path) -> dict[str, Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            return answer

        yield ask
        process.stdin.close()


def refused(check: Check, path: Path) -> str:
    """Return the one sentence with which the file is refused."""
    answer = check(path)
    assert answer["code"] == 2, answer
    assert answer["peak_mb"] <= MOST_MB
    said: str = answer["said"].rstrip("\n")
    assert said.startswith(f"{path.name}: ")
    return said.removeprefix(f"{path.name}: ")


PACKED = "xl/worksheets/sheet1.xml would unpack to {} MB, {} times its size, " + NONE_DOES

XLSX = {
    "zip_bomb": "xl/worksheets/sheet1.xml would unpack to 410 MB, which is more than is read. "
    "Split it into smaller workbooks.",
    "bomb_elsewhere": f"xl/styles.xml would unpack to 95 MB, 206 times its size, {NONE_DOES}",
    "empty_cells": PACKED.format(95, 206),
    "many_rows": PACKED.format(17, 228),
    "dense_values": PACKED.format(86, 141),
    "marks_without_cells": PACKED.format(29, 171),
    "many_merged": PACKED.format(46, 187),
    "one_text_often": REPEATS,
    "one_text_in_places": REPEATS,
    "many_strings": f"the workbook announces far more texts than it has, {NONE_DOES}",
    "external_entity": ENTITIES,
    "other_part": ENTITIES,
    "far_out": f"sheet Resources reaches to cell XFD1048576, {FAR}",
    "two_columns_down": f"sheet Resources reaches to cell C1048576, {FAR}",
    "long_numbers": DAMAGED,
    "panicking": DAMAGED,
    "many_formulas": "sheet Resources has more than 100,000 cells with errors or formulas without "
    f"a result, {MANY}",
    "many_errors": "sheet Resources has more than 100,000 cells with errors or formulas without "
    f"a result, {MANY}",
    "merged_by_thousands": f"sheet Resources has more than 100,000 merged ranges, {MANY}",
    "rows_by_millions": f"sheet Resources has more than 1,048,576 rows, {MANY}",
    "filled_by_thousands": f"sheet Resources has more than 100,000 rows, {MANY}",
    "names_by_thousands": f"xl/workbook.xml has 29 MB, {TREE}",
    "sheets_by_thousands": f"xl/workbook.xml has 15 MB, {TREE}",
    "open_tags": DEEP,
    "open_comments": DAMAGED,
    "many_parts": f"the workbook has tens of thousands of parts, {NONE_DOES}",
    "same_name": f"two parts of the workbook have the same name, {NONE_DOES}",
    "overlapping": f"parts of the workbook overlap in the file, {NONE_DOES}",
    "lying_size": DAMAGED,
    "huge_directory": DAMAGED,
    "zip_in_zip": f"this is a zip archive, not a workbook. {SAVE}",
    "lzma": f"the workbook is packed in an unusual way, {NONE_DOES}",
    "cut_short": DAMAGED,
    "sparse": TOO_LARGE,
}


@pytest.mark.parametrize("ending", [".xlsx", ".xlsm"])
@pytest.mark.parametrize("name", ["bomb_elsewhere", "external_entity", "far_out", "open_tags"])
def test_both_endings_are_bounded(check: Check, tmp_path: Path, name: str, ending: str):
    """A workbook with macros is read with the same care."""
    path = getattr(hostile, name)(tmp_path / f"a{ending}")

    assert refused(check, path) == XLSX[name]


@pytest.mark.parametrize("name", XLSX)
def test_hostile_workbooks(check: Check, tmp_path: Path, name: str):
    """Bombs, lies and absurd counts are refused with their reason."""
    assert refused(check, getattr(hostile, name)(tmp_path / "a.xlsx")) == XLSX[name]


@pytest.mark.parametrize(
    "part", ["sheet", "strings", "styles", "comments", "book", "rels", "types"]
)
def test_entities_in_every_part(check: Check, tmp_path: Path, part: str):
    """A part that defines entities is refused, whichever it is."""
    assert refused(check, hostile.laughing(part)(tmp_path / "a.xlsx")) == ENTITIES


@pytest.mark.parametrize("part", ["sheet", "comments"])
@pytest.mark.parametrize(
    ("codec", "sentence"),
    [
        ("utf-16", ENTITIES),
        ("utf-16-le", DAMAGED),
        ("utf-16-be", DAMAGED),
        ("utf-32", DAMAGED),
        ("cp037", DAMAGED),
        ("utf-7", f"the workbook is written in 'utf-7', {NONE_DOES}"),
    ],
)
def test_entities_in_odd_encodings(
    check: Check, tmp_path: Path, part: str, codec: str, sentence: str
):
    """What hides a definition from one reader and shows it to another is refused."""
    assert refused(check, hostile.laughing(part, codec)(tmp_path / "a.xlsx")) == sentence


@pytest.mark.parametrize("part", ["sheet", "strings", "styles", "comments", "book"])
def test_deep_nesting(check: Check, tmp_path: Path, part: str):
    """100,000 levels are refused before a parser goes down."""
    assert refused(check, hostile.deep(part)(tmp_path / "a.xlsx")) == DEEP


@pytest.mark.parametrize("between", [b"", b"<b/>" * 5_000, b"<b>one</b>" * 5_000, b"x" * 5_000])
@pytest.mark.parametrize("size", [1_000, 2**20])
def test_nesting_is_counted_to_the_level(tmp_path: Path, between: bytes, size: int):
    """As deep as is allowed is read, one level more is not, however the XML is cut into pieces."""
    path = tmp_path / "a.xlsx"

    def passed(depth: int) -> bytes:
        more = depth - 50 - (b"<" in between)
        inner = b"<a>" * more + between + b"</a>" * more
        xml = b"<?xml version='1.0'?>" + b"<a>" * 50 + between + inner + b"</a>" * 50
        return b"".join(checked(path, (xml[at : at + size] for at in range(0, len(xml), size))))

    assert passed(MAX_DEPTH).startswith(b"<?xml")
    with pytest.raises(WorkbookError, match="deeper than 200 levels"):
        passed(MAX_DEPTH + 1)


@pytest.mark.parametrize(
    ("target", "mode"),
    [
        ("../../../etc/passwd", ""),
        ("file:///etc/passwd", ' TargetMode="External"'),
        ("http://rooms.example/x.xml", ' TargetMode="External"'),
    ],
)
def test_relationships_stay_inside(check: Check, tmp_path: Path, target: str, mode: str):
    """A relationship leads to parts of the archive only: nothing else is looked for."""
    assert refused(check, hostile.outside(target, mode)(tmp_path / "a.xlsx")) == DAMAGED


ODS = {
    "ods_bomb": f"content.xml would unpack to 86 MB, 206 times its size, {NONE_DOES}",
    "ods_wide": f"sheet Resources has more than 16,384 columns, {MANY}",
    "ods_long": f"sheet Resources repeats cells more than 1,000,000 times, {MANY}",
    "ods_both": f"sheet Resources repeats cells more than 1,000,000 times, {MANY}",
    "ods_far": f"sheet Resources reaches to cell WQK1048576, {FAR}",
    "ods_tables": f"the document has more than 10,000 sheets, {MANY}",
    "ods_absurd": f"sheet Resources has more than 1,048,576 rows, {MANY}",
    "ods_rows_by_thousands": f"sheet Resources has more than 100,000 rows, {MANY}",
    "ods_blanks": f"a cell has more than 1,048,576 characters, {MANY}",
    "ods_deep": DEEP,
    "ods_laughs": ENTITIES,
    "ods_broken_off": DAMAGED,
    "zip_in_zip": f"this is a zip archive, not a workbook. {SAVE}",
    "overlapping": f"parts of the workbook overlap in the file, {NONE_DOES}",
    "sparse": TOO_LARGE,
}


@pytest.mark.parametrize("name", ODS)
def test_hostile_documents(check: Check, tmp_path: Path, name: str):
    """Repetitions, depth and entities of an OpenDocument file are bounded as well."""
    assert refused(check, getattr(hostile, name)(tmp_path / "a.ods")) == ODS[name]


XLS = {
    "xls_strings": DAMAGED,
    "xls_far": f"sheet Resources reaches to cell IV60000, {FAR}",
    "xls_merged": DAMAGED,
    "xls_endless": DAMAGED,
    "sparse": f"the file has 3,072 MB, and at most 64 MB of an .xls are read. {SAVE}",
}


@pytest.mark.parametrize("name", XLS)
def test_hostile_old_workbooks(check: Check, tmp_path: Path, name: str):
    """Absurd counts and streams without an end are refused."""
    assert refused(check, getattr(hostile, name)(tmp_path / "a.xls")) == XLS[name]


@pytest.mark.parametrize(
    ("offset", "number"),
    [
        (48, 2**31),  # the directory lies behind the end
        (68, 0),  # the table of the table is a loop
        (76, 5),  # the table is another sector
        (512 + 4, 1),  # the directory's chain is a loop
        (512 + 8, 2),  # the stream's chain is a loop
        (1024 + 128 + 120, 2**31),  # the stream is longer than the file
    ],
)
def test_loops_in_an_old_workbook(check: Check, tmp_path: Path, offset: int, number: int):
    """A chain of sectors that leads back or out is damage."""
    assert refused(check, hostile.xls_patched(offset, number)(tmp_path / "a.xls")) == DAMAGED


CSV = {
    "csv_line": f"a line of the text has 30 MB, which is more than any sheet has. {TEXT}",
    "csv_columns": "row 2 has 3,000,001 columns, and a sheet has at most 16,384. "
    "Remove the columns that are not needed.",
    "csv_cells": "the text has more than 20,000,000 cells, which is more than is read. Split it.",
    "csv_open_quote": "row 2 has a cell of more than 1,048,576 characters. A quotation mark may be "
    "opened there and never closed: close it, or remove it.",
    "csv_short_rows": "the text has more than 100,000 rows, which is more than is read. Split it.",
    "csv_zeros": f"this is not a text file. {TEXT}",
    "csv_sparse": "the file has 3,072 MB, and at most 40 MB of text are read. "
    "Split it into smaller files.",
    "csv_lines": "the text has more than 1,048,576 rows, which is more than a sheet has. Split it.",
}


@pytest.mark.parametrize("name", CSV)
def test_hostile_texts(check: Check, tmp_path: Path, name: str):
    """Lines, cells and quotes without end are refused."""
    assert refused(check, getattr(hostile, name)(tmp_path / "a.csv")) == CSV[name]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("styled_cells", "0 rows"),
        ("lying_dimension", "1 row"),
        ("hidden_rows", "2,998 rows"),
        ("validations", "1 row"),
        ("overlapping_merged", "1,998 rows"),
        ("huge_formulas", "8,998 rows"),
    ],
)
def test_large_but_sound(check: Check, tmp_path: Path, name: str, rows: str):
    """What is only clumsy is read, within the same limits: it costs nothing."""
    answer = check(getattr(hostile, name)(tmp_path / "a.xlsx"))

    assert answer["peak_mb"] <= MOST_MB
    assert answer["said"].splitlines()[-1].startswith(rows)


@pytest.mark.parametrize("name", ["About", "Base", "ResourceTypes", "TimeSlots"])
def test_other_sheets_are_bounded(check: Check, tmp_path: Path, name: str):
    """A sheet that is only looked at costs no more than the one that is read."""
    answer = check(hostile.beside(name)(tmp_path / "a.xlsx"))

    assert answer["code"] in {1, 2}, answer
    assert answer["peak_mb"] <= MOST_MB


def test_old_workbooks_with_harmless_lies(check: Check, tmp_path: Path):
    """Counts that no reader needs may be wrong, as they are in files that Excel opens."""
    for offset, number in ((44, 2**30), (72, 10**9)):
        answer = check(hostile.xls_patched(offset, number)(tmp_path / "a.xls"))
        assert answer["said"].splitlines()[-1].startswith("1 row")


def test_macros_and_links_are_left_alone(check: Check, tmp_path: Path):
    """A workbook with a macro and a link to another file gives what its cells kept."""
    path = hostile.linked(tmp_path / "a.xlsm", tmp_path / "other.xlsx")
    with zipfile.ZipFile(path) as archive:
        assert "xl/vbaProject.bin" in archive.namelist()

    answer = check(path)

    assert "'kept since March' is not a whole number" in answer["said"]
    own = str(ROOT / "pipeline")  # the built-in mappings, to tell whose file it may be
    assert [each for each in answer["opened"] if not each.startswith(own)] == [str(path)]
