"""Files made to do harm: small on disk, or quickly made, each by a function of its own.

Nothing here is checked: the claims are in `test_hostile.py`.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MB = 2**20
Part = str | bytes | Iterable[bytes]

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>BusinessId</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Name</t></is></c></row>'
)
BEFORE, AFTER = f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}', "</sheetData></worksheet>"
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def repeated(text: str, count: int, before: str = "", after: str = "") -> Iterable[bytes]:
    """Give a long part piece by piece."""
    at_once = max(MB // len(text), 1)
    yield before.encode()
    for start in range(0, count, at_once):
        yield (text * min(at_once, count - start)).encode()
    yield after.encode()


def sheet(rows: str = "", after: str = "") -> str:
    return f"{BEFORE}{rows}</sheetData>{after}</worksheet>"


def write(path: Path, parts: dict[str, Part]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            if isinstance(part, str | bytes):
                archive.writestr(name, part)
            else:
                with archive.open(name, "w", force_zip64=False) as target:
                    for piece in part:
                        target.write(piece)
    return path


def parts(**others: Part) -> dict[str, Part]:
    """Return the parts of a workbook; `sheet`, `strings` and others by the end of their names."""
    found: dict[str, Part] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
        f'Type="{LINKS}/officeDocument" Target="/xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="Resources" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(),
        STRINGS: f'<sst xmlns="{MAIN}"><si><t>x</t></si></sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>',
        SHEET: sheet('<row r="2"><c r="A2"><v>1</v></c></row>'),
    }
    names = {"sheet": SHEET, "strings": STRINGS, "styles": "xl/styles.xml"}
    names |= {"book": "xl/workbook.xml", "rels": "xl/_rels/workbook.xml.rels"}
    names |= {"comments": "xl/comments1.xml", "types": "[Content_Types].xml"}
    for name, part in others.items():
        found[names[name]] = part
    return found


def relations(target: str = "worksheets/sheet1.xml", mode: str = "") -> str:
    return (
        f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="{target}"{mode}/>'
        f'<Relationship Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>'
    )


def nested(tag: str, count: int = 100_000) -> str:
    return f"<{tag}>" * count + f"</{tag}>" * count


# ---- .xlsx


def zip_bomb(path: Path) -> Path:
    zeros = repeated(" " * 1000, 430_000, BEFORE, AFTER)
    return write(path, parts(sheet=zeros))


def bomb_elsewhere(path: Path) -> Path:
    return write(path, parts(styles=repeated("<a/>", 25_000_000, "<styleSheet>", "</styleSheet>")))


def empty_cells(path: Path) -> Path:
    return write(
        path, parts(sheet=repeated("<c/>", 25_000_000, BEFORE + "<row>", "</row>" + AFTER))
    )


def styled_cells(path: Path) -> Path:
    """About 50 MB of blank cells that say where they are: legitimate, and nothing in them."""

    def rows() -> Iterable[bytes]:
        yield BEFORE.encode()
        for row in range(2, 30_002):
            cells = "".join(f'<c r="{c}{row}" s="1"/>' for c in LETTERS)
            yield f'<row r="{row}" spans="1:85" s="1" customFormat="1">{cells}</row>'.encode()
        yield AFTER.encode()

    return write(path, parts(sheet=rows()))


LETTERS = [chr(65 + n) for n in range(26)] + [f"A{chr(65 + n)}" for n in range(26)]
LETTERS += [f"B{chr(65 + n)}" for n in range(26)]


def names_by_thousands(path: Path) -> Path:
    """Half a million defined names: 29 MB of XML, and ten times that as a tree."""

    def book() -> Iterable[bytes]:
        before, _, after = str(parts()["xl/workbook.xml"]).partition("</workbook>")
        yield f"{before}<definedNames>".encode()
        for number in range(500_000):
            yield f'<definedName name="n{number}">Resources!$A${number + 1}</definedName>'.encode()
        yield f"</definedNames></workbook>{after}".encode()

    return write(path, parts(book=book()))


def sheets_by_thousands(path: Path) -> Path:
    """A workbook that lists one sheet under very many names."""
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 300_000))
    book = str(parts()["xl/workbook.xml"]).replace("</sheets>", f"{listed}</sheets>")
    return write(path, parts(book=book))


def many_rows(path: Path) -> Path:
    return write(path, parts(sheet=repeated("<row/>", 3_000_000, BEFORE, AFTER)))


def dense_values(path: Path) -> Path:
    row = "<row>" + "<c><v>1</v></c>" * 100 + "</row>"
    return write(path, parts(sheet=repeated(row, 60_000, BEFORE, AFTER)))


def one_text_often(path: Path) -> Path:
    """One shared text of 30,000 characters, in a million cells."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>"
    return write(path, parts(sheet=repeated(row, 60_000, BEFORE, AFTER), strings=strings))


def one_text_in_places(path: Path) -> Path:
    """The same where each cell says where it is, so that nothing is packed very well."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"x" * 30_000}</t></si></sst>'

    def rows() -> Iterable[bytes]:
        yield BEFORE.encode()
        for row in range(2, 30_002):
            cells = "".join(f'<c t="s" r="{c}{row}"><v>0</v></c>' for c in LETTERS)
            yield f'<row r="{row}">{cells}</row>'.encode()
        yield AFTER.encode()

    return write(path, parts(sheet=rows(), strings=strings))


def many_strings(path: Path) -> Path:
    head = f'<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000">'
    return write(path, parts(strings=repeated("<si><t/></si>", 1_200_000, head, "</sst>")))


def laughing(part: str, codec: str = "utf-8") -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        text = f"<?xml version='1.0' encoding='{codec}'?>{LAUGHS}<a>&c;</a>"
        return write(path, parts(**{part: text.encode(codec)}))

    return make


def external_entity(path: Path) -> Path:
    text = f'<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet xmlns="{MAIN}"/>'
    return write(path, parts(comments=text))


def deep(part: str) -> Callable[[Path], Path]:
    texts = {
        "sheet": sheet(f"<row>{nested('c')}</row>"),
        "strings": f'<sst xmlns="{MAIN}"><si>{nested("r")}</si></sst>',
        "styles": f"<styleSheet>{nested('a')}</styleSheet>",
        "comments": f"<comments>{nested('a')}</comments>",
        "book": f"<workbook>{nested('a')}</workbook>",
    }
    return lambda path: write(path, parts(**{part: texts[part]}))


def far_out(path: Path) -> Path:
    row = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return write(path, parts(sheet=sheet(row)))


def two_columns_down(path: Path) -> Path:
    """A value in the last row of a narrow sheet: room for a million rows."""
    row = '<row r="1048576"><c r="C1048576"><v>1</v></c></row>'
    return write(path, parts(sheet=sheet(row)))


def lying_dimension(path: Path) -> Path:
    text = sheet('<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>')
    text = text.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    return write(path, parts(sheet=text))


def long_numbers(path: Path) -> Path:
    digits = "9" * 100_000
    return write(path, parts(sheet=sheet(f'<row r="{digits}"><c r="A{digits}"><v>1</v></c></row>')))


def huge_formulas(path: Path) -> Path:
    formula = "1+" * 2_000_000
    first = f'<c r="A2"><f t="shared" si="0" ref="A2:A9">{formula}1</f></c>'
    others = "".join(
        f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/></c></row>' for n in range(3, 9000)
    )
    return write(path, parts(sheet=sheet(f'<row r="2">{first}</row>{others}')))


def many_formulas(path: Path) -> Path:
    row = '<row r="2"><c r="A2"><f>A1</f></c>' + "<c><f>A1</f></c>" * 400_000 + "</row>"
    return write(path, parts(sheet=sheet(row)))


def many_errors(path: Path) -> Path:
    cell = '<c t="e"><v>#N/A</v></c >'
    return write(path, parts(sheet=sheet(f"<row>{cell * 300_000}</row>")))


def marks_without_cells(path: Path) -> Path:
    """What looks like errors and far cells, where no cell begins."""
    return write(path, parts(sheet=repeated('<x t="e" r="ABCD1"/>', 1_500_000, BEFORE, AFTER)))


def open_tags(path: Path) -> Path:
    return write(path, parts(sheet=BEFORE + "<c <f <row <v " * 1_000_000 + AFTER))


def open_comments(path: Path) -> Path:
    return write(path, parts(sheet=BEFORE + "<!-- " * 3_000_000 + AFTER))


def many_merged(path: Path) -> Path:
    cells = repeated(
        '<mergeCell ref="A2:B9"/>',
        2_000_000,
        BEFORE + "</sheetData><mergeCells>",
        "</mergeCells></worksheet>",
    )
    return write(path, parts(sheet=cells))


def merged_by_thousands(path: Path) -> Path:
    """Ranges that say where they are, so that they are not packed like a bomb."""
    ranges = "".join(f'<mergeCell ref="C{n}:D{n}"/>' for n in range(2, 110_002))
    return write(path, parts(sheet=sheet("", f"<mergeCells>{ranges}</mergeCells>")))


def short_rows(first: int = 2) -> Iterable[bytes]:
    """400,000 rows of two different numbers."""
    yield BEFORE.encode()
    for row in range(first, first + 400_000):
        yield f'<row r="{row}"><c r="A{row}"><v>{row % 97}</v></c>'.encode()
        yield f'<c r="B{row}"><v>{row * 7919 % 999_983}</v></c></row>'.encode()
    yield AFTER.encode()


def filled_by_thousands(path: Path) -> Path:
    return write(path, parts(sheet=short_rows()))


def beside(name: str) -> Callable[[Path], Path]:
    """Make a sound workbook with a second sheet of far too many rows."""

    def make(path: Path) -> Path:
        made = parts(sheet=sheet('<row r="2"><c r="A2"><v>1</v></c></row>'))
        book, rels = str(made["xl/workbook.xml"]), str(made["xl/_rels/workbook.xml.rels"])
        tab = f'<sheet name="{name}" sheetId="2" r:id="rId2"/></sheets>'
        link = (
            f'<Relationship Id="rId2" Type="{LINKS}/worksheet" Target="worksheets/sheet2.xml"/>'
            "</Relationships>"
        )
        made["xl/workbook.xml"] = book.replace("</sheets>", tab)
        made["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", link)
        return write(path, {**made, "xl/worksheets/sheet2.xml": short_rows()})

    return make


def rows_by_millions(path: Path) -> Path:
    return write(path, parts(sheet=repeated("<row/>", 1_100_000, BEFORE, AFTER)))


def panicking(path: Path) -> Path:
    """A date so far away that calamine gives up."""
    styles = (
        f'<styleSheet xmlns="{MAIN}"><cellXfs count="1"><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    row = '<row r="2"><c r="A2" s="0"><v>-1e18</v></c></row>'
    return write(path, parts(sheet=sheet(row), styles=styles))


def linked(path: Path, other: Path) -> Path:
    """A cell shows what another file said in March; a macro waits to be run."""
    head = HEAD.replace("BusinessId", "Allocation")
    row = (
        '<row r="2"><c r="A2" t="str"><f>[1]Rooms!$A$1</f><v>kept since March</v></c>'
        '<c r="B2" t="inlineStr"><is><t>Room A</t></is></c></row>'
    )
    found = parts(sheet=sheet(row).replace(HEAD, head))
    found["xl/vbaProject.bin"] = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2048)
    found["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{LINKS}" r:id="rId1"/></externalLink>'
    )
    found["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{LINKS}/externalLinkPath" Target="{other.as_uri()}" TargetMode="External"/>'
        "</Relationships>"
    )
    return write(path, found)


def overlapping_merged(path: Path) -> Path:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 2_000))
    merged = '<mergeCell ref="B1:B1048576"/><mergeCell ref="A2:A1048576"/>' * 49_000
    return write(path, parts(sheet=sheet(rows, f"<mergeCells>{merged}</mergeCells>")))


def hidden_rows(path: Path) -> Path:
    rows = "".join(
        f'<row r="{n}" hidden="1"><c r="B{n}"><v>1</v></c></row>' for n in range(2, 3_000)
    )
    blank = "".join(f'<row r="{n}" hidden="1"/>' for n in range(3_000, 103_000))
    cols = "<cols>" + '<col min="1" max="16384" hidden="1"/>' * 100_000 + "</cols>"
    return write(
        path, parts(sheet=sheet(rows + blank).replace("<sheetData>", cols + "<sheetData>"))
    )


def validations(path: Path) -> Path:
    one = '<dataValidation type="list" sqref="A1:A1048576"><formula1>$A$1</formula1>'
    one += "</dataValidation>"
    after = f"<dataValidations>{one * 100_000}</dataValidations>"
    return write(path, parts(sheet=sheet('<row r="2"><c r="B2"><v>1</v></c></row>', after)))


def many_parts(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(60_000):
            archive.writestr(f"xl/media/image{number:060}.png", b"")
    return path


def same_name(path: Path) -> Path:
    write(path, parts())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(SHEET.upper(), sheet())
    return path


def overlapping(path: Path) -> Path:
    """All entries share the bytes of the first one, as in Fifield's bomb."""
    write(path, parts())
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 42 : at + 46] = bytes(4)
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    return path


def lying_size(path: Path) -> Path:
    """A part says that it unpacks to 100 bytes, and has 50 MB."""
    write(path, parts(sheet=repeated("<row/>", 8_000_000, BEFORE, AFTER)))
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    path.write_bytes(content)
    return path


def huge_directory(path: Path) -> Path:
    """The end of the archive announces a directory of 3 GB."""
    write(path, parts())
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x05\x06")
    content[at + 12 : at + 16] = struct.pack("<I", 3_000_000_000)
    path.write_bytes(content)
    return path


def zip_in_zip(path: Path) -> Path:
    inner = zlib.compress(bytes(50 * MB))
    return write(path, {"inner.zip": b"PK\x03\x04" + inner})


def lzma(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        for name, part in parts().items():
            archive.writestr(name, part)  # type: ignore[arg-type]
    return path


def outside(target: str, mode: str = "") -> Callable[[Path], Path]:
    return lambda path: write(path, parts(rels=relations(target, mode)))


def other_part(path: Path) -> Path:
    """A sheet behind a relationship of the shared texts' name, packed as a picture."""
    found = parts()
    found["../../etc/passwd"] = LAUGHS + "<a/>"
    return write(path, found)


def cut_short(path: Path) -> Path:
    write(path, parts())
    path.write_bytes(path.read_bytes()[:600])
    return path


# ---- .ods

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
ODS_BEFORE = (
    f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}">'
    '<office:body><office:spreadsheet><table:table table:name="Resources"><table:table-row>'
    "<table:table-cell office:value-type='string'><text:p>BusinessId</text:p></table:table-cell>"
    "<table:table-cell office:value-type='string'><text:p>Name</text:p></table:table-cell>"
    "</table:table-row>"
)
ODS_END = "</office:spreadsheet></office:body></office:document-content>"
ODS_AFTER = f"</table:table>{ODS_END}"
ODS_CELL = "<table:table-cell office:value-type='float' office:value='1'{}/>"


def ods(path: Path, content: Part) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return write(path, {"mimetype": kind, "content.xml": content})


def ods_rows(rows: str) -> Callable[[Path], Path]:
    return lambda path: ods(path, ODS_BEFORE + rows + ODS_AFTER)


def ods_bomb(path: Path) -> Path:
    return ods(path, repeated("<text:p/>", 10_000_000, ODS_BEFORE, ODS_AFTER))


def ods_wide(path: Path) -> Path:
    cell = ODS_CELL.format(" table:number-columns-repeated='1000000'")
    return ods_rows(f"<table:table-row>{cell}</table:table-row>")(path)


def ods_long(path: Path) -> Path:
    row = "<table:table-row table:number-rows-repeated='1000000'>"
    return ods_rows(f"{row}{ODS_CELL.format('') * 3}</table:table-row>")(path)


def ods_both(path: Path) -> Path:
    row = "<table:table-row table:number-rows-repeated='1000'>"
    cell = ODS_CELL.format(" table:number-columns-repeated='16000'")
    return ods_rows(f"{row}{cell}</table:table-row>")(path)


def ods_far(path: Path) -> Path:
    blank = "<table:table-row table:number-rows-repeated='1048574'/>"
    last = f"<table:table-cell table:number-columns-repeated='16000'/>{ODS_CELL.format('')}"
    return ods_rows(f"{blank}<table:table-row>{last}</table:table-row>")(path)


def ods_tables(path: Path) -> Path:
    table = "<table:table table:name='x'/>"
    return ods(path, repeated(table, 500_000, f"{ODS_BEFORE}</table:table>", ODS_END))


def ods_absurd(path: Path) -> Path:
    row = f"<table:table-row table:number-rows-repeated='{'9' * 5000}'>"
    return ods_rows(
        f"{row}<table:table-cell/></table:table-row>"
        + "<table:table-row>"
        + ODS_CELL.format("")
        + "</table:table-row>"
    )(path)


def ods_blanks(path: Path) -> Path:
    """A cell whose counted blanks are 400 MB."""
    blank = "<text:s text:c='4000000'/>"
    cell = f"<table:table-cell><text:p>{blank * 100}</text:p></table:table-cell>"
    return ods_rows(f"<table:table-row>{cell}</table:table-row>")(path)


def ods_deep(path: Path) -> Path:
    return ods_rows(nested("table:table"))(path)


def ods_rows_by_thousands(path: Path) -> Path:
    cell = '<table:table-cell office:value-type="float" office:value="{}"/>'
    rows = "".join(
        f"<table:table-row>{cell.format(row)}</table:table-row>" for row in range(110_000)
    )
    return ods_rows(rows)(path)


def ods_laughs(path: Path) -> Path:
    return ods(path, LAUGHS + ODS_BEFORE + ODS_AFTER)


def ods_broken_off(path: Path) -> Path:
    return ods(path, ODS_BEFORE)


# ---- .xls


def old_book(
    *records: tuple[int, bytes], version: int = 0x600, codepage: int | None = None
) -> bytes:
    """Return the stream of an old workbook with one sheet of these records."""
    bof = struct.pack("<HHHHII", version, 0x0010, 0, 0, 0, 6)
    pages = [] if codepage is None else [(0x42, struct.pack("<H", codepage))]
    name = b"Resources"
    flags = b"\0" if version == 0x600 else b""

    def head(start: int) -> bytes:
        listed = struct.pack("<IBBB", start, 0, 0, len(name)) + flags + name
        return _stream((0x809, bof), *pages, (0x85, listed), (0x0A, b""))

    return head(len(head(0))) + _stream((0x809, bof), *records, (0x0A, b""))


def _stream(*records: tuple[int, bytes]) -> bytes:
    return b"".join(struct.pack("<HH", code, len(text)) + text for code, text in records)


def label(row: int, column: int, text: str) -> tuple[int, bytes]:
    return 0x204, struct.pack("<HHHHB", row, column, 0, len(text), 0) + text.encode("latin-1")


OLD_HEAD = (label(0, 0, "BusinessId"), label(0, 1, "Name"))


def compound(stream: bytes, name: str = "Workbook") -> bytearray:
    """Pack a stream into a compound file: table sectors, one directory sector, the stream."""
    sectors = -(-max(len(stream), 4096) // 512)
    tables = -(-(sectors + 2) // 127)
    head = bytearray(512)
    head[:8] = bytes.fromhex("D0CF11E0A1B11AE1")
    struct.pack_into("<HHHHH", head, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<8I", head, 44, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", head, 76, *range(tables), *[0xFFFFFFFF] * (109 - tables))
    table = [0xFFFFFFFD] * tables + [0xFFFFFFFE]
    table += [*range(tables + 2, tables + 1 + sectors), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (tables * 128 - len(table))
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
    directory += _entry(name, 2, 0xFFFFFFFF, tables + 1, max(len(stream), 4096)) + bytes(256)
    body = stream + bytes(sectors * 512 - len(stream))
    return head + struct.pack(f"<{len(table)}I", *table) + directory + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    entry = bytearray(128)
    text = (name + "\0").encode("utf-16-le")
    entry[: len(text)] = text
    struct.pack_into("<HBBIII", entry, 64, len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    struct.pack_into("<II", entry, 116, start, size)
    return bytes(entry)


def xls(*records: tuple[int, bytes]) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(compound(old_book(*OLD_HEAD, *records)))
        return path

    return make


def xls_patched(offset: int, number: int) -> Callable[[Path], Path]:
    """Make a sound file with one number of its header, table (512) or directory (1024) changed."""

    def make(path: Path) -> Path:
        content = compound(old_book(*OLD_HEAD, label(1, 1, "A")))
        struct.pack_into("<I", content, offset, number)
        path.write_bytes(content)
        return path

    return make


def xls_strings(path: Path) -> Path:
    """The shared texts announce four thousand million."""
    stream = bytearray(old_book(*OLD_HEAD))
    sst = _stream((0xFC, struct.pack("<II", 2**32 - 1, 2**32 - 1) + b"\x01\x00\x00a"))
    stream[20:20] = sst
    path.write_bytes(compound(bytes(stream)))
    return path


def xls_far(path: Path) -> Path:
    numbers = [(0x203, struct.pack("<HHHd", row, 255, 0, 1)) for row in range(1, 60_000)]
    return xls(*numbers)(path)


def xls_merged(path: Path) -> Path:
    merged = struct.pack("<H", 1000) + struct.pack("<4H", 0, 65535, 0, 255) * 1000
    return xls(*[(0xE5, merged)] * 200)(path)


def xls_empty_records(path: Path) -> Path:
    path.write_bytes(compound(old_book(*OLD_HEAD)[:-4] + bytes(4 * MB) + b"\x0a\0\0\0"))
    return path


def xls_endless(path: Path) -> Path:
    path.write_bytes(compound(old_book(*OLD_HEAD)[:-4]))
    return path


# ---- .csv


def csv_line(path: Path) -> Path:
    path.write_bytes(b"BusinessId,Name\n" + b"x" * (30 * MB))
    return path


def csv_columns(path: Path) -> Path:
    path.write_bytes(b"BusinessId,Name\n" + b"," * 3_000_000)
    return path


def csv_cells(path: Path) -> Path:
    path.write_bytes(b"BusinessId,Name\n" + (b"," * 10_000 + b"\n") * 3_000)
    return path


def csv_open_quote(path: Path) -> Path:
    path.write_bytes(b'BusinessId,Name\n1,"' + b"x\n" * (5 * MB))
    return path


def csv_zeros(path: Path) -> Path:
    path.write_bytes(b"BusinessId,Name\n" + bytes(20 * MB))
    return path


def csv_sparse(path: Path) -> Path:
    with path.open("wb") as file:
        file.write(b"BusinessId,Name\n")
        file.truncate(3 * 2**30)
    return path


def csv_lines(path: Path) -> Path:
    path.write_bytes(b"BusinessId,Name\n" + b"\n" * (20 * MB))
    return path


def csv_short_rows(path: Path) -> Path:
    """4 MB of rows with hardly anything in them."""
    path.write_bytes(b"BusinessId,Name\n" + b"1,\n" * 1_000_000)
    return path


def sparse(path: Path) -> Path:
    """3 GB that begin as the file should, and are nothing else."""
    signatures = {".xls": "D0CF11E0A1B11AE1"}
    with path.open("wb") as file:
        file.write(bytes.fromhex(signatures.get(path.suffix, "504B0304")))
        file.truncate(3 * 2**30)
    return path
