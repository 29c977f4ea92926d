"""Notes on cells: ours are added and taken off again, other people's stay."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from pipeline.sheets.package import OFFICE, VML_PARSER, Element, Package
from pipeline.sheets.styles import MAIN

AUTHOR = "nexudus-bulk results"
ADDED = "\n[nexudus-bulk] "  # begins what we append to somebody else's note
THREADED = "tc="  # author of a note that only mirrors a threaded comment
COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
V, O, X = (f"urn:schemas-microsoft-com:{name}" for name in ("vml", "office:office", "office:excel"))  # noqa: E741 - VML's own prefixes
AFTER = {  # what may only stand behind legacyDrawing
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
}

Place = tuple[int, int]  # row and column, from 1


def write_notes(
    package: Package,
    part: str,
    sheet: Element,
    notes: Mapping[Place, str],
    refs: Mapping[Place, str],
) -> None:
    """Make `notes` the only notes of ours on the sheet; `refs` names each place as A1."""
    comments_name = package.related(part, "comments")
    if comments_name is None and not notes:
        return
    if comments_name is None:
        comments_name = package.free_name("xl/comments{}.xml")
        package.declare(comments_name, COMMENTS_TYPE)
        package.relate(part, "comments", comments_name)
        comments = etree.Element(f"{{{MAIN}}}comments", nsmap={None: MAIN})
        etree.SubElement(comments, f"{{{MAIN}}}authors")
        etree.SubElement(comments, f"{{{MAIN}}}commentList")
    else:
        comments = package.tree(comments_name)
    gone = _take_off(comments)
    new = _add(comments, notes, refs)
    package.put(comments_name, comments)
    _draw(package, part, sheet, gone, new)


def _take_off(comments: Element) -> set[str]:
    """Remove our notes and what we appended to others; returns the cells whose notes went."""
    authors = [each.text or "" for each in comments.iter(f"{{{MAIN}}}author")]
    gone = set()
    for note in list(comments.iter(f"{{{MAIN}}}comment")):
        if authors[int(note.get("authorId", "0"))] == AUTHOR:
            gone.add(note.get("ref", ""))
            _parent(note).remove(note)
            continue
        for run in list(note.iter(f"{{{MAIN}}}r")):
            if "".join(run.itertext()).startswith(ADDED):
                _parent(run).remove(run)
    return gone


def _add(
    comments: Element, notes: Mapping[Place, str], refs: Mapping[Place, str]
) -> dict[str, Place]:
    authors = comments.find(f"{{{MAIN}}}authors")
    listed = comments.find(f"{{{MAIN}}}commentList")
    assert authors is not None
    assert listed is not None
    names = [each.text or "" for each in authors]
    if AUTHOR not in names and notes:
        etree.SubElement(authors, f"{{{MAIN}}}author").text = AUTHOR
        names.append(AUTHOR)
    there = {each.get("ref"): each for each in listed}
    new = {}
    for place, words in sorted(notes.items()):
        note = there.get(refs[place])
        if note is None:
            attributes = {"ref": refs[place], "authorId": str(names.index(AUTHOR))}
            note = etree.SubElement(listed, f"{{{MAIN}}}comment", attributes)
            _write(etree.SubElement(note, f"{{{MAIN}}}text"), words)
            new[refs[place]] = place
        elif not names[int(note.get("authorId", "0"))].startswith(THREADED):
            _append(note, ADDED + words)
    return new


def _append(note: Element, words: str) -> None:
    text = note.find(f"{{{MAIN}}}text")
    assert text is not None
    plain = text.find(f"{{{MAIN}}}t")
    if plain is not None:  # a text is either plain or made of runs
        text.remove(plain)
        _write(etree.SubElement(text, f"{{{MAIN}}}r"), plain.text or "")
    _write(etree.SubElement(text, f"{{{MAIN}}}r"), words)


def _write(parent: Element, words: str) -> None:
    text = etree.SubElement(parent, f"{{{MAIN}}}t")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = words


def _draw(
    package: Package, part: str, sheet: Element, gone: set[str], new: Mapping[str, Place]
) -> None:
    """Keep the drawing in step: spreadsheet programs show a note only where a shape stands."""
    name = _drawing_of(package, part, sheet)
    if name is None:
        if not new:
            return
        name = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.declare(name, VML_TYPE)
        link = package.relate(part, "vmlDrawing", name)
        _link(sheet, link)
        drawing = etree.Element("xml", nsmap={"v": V, "o": O, "x": X})
        kind = etree.SubElement(drawing, f"{{{V}}}shapetype", {"id": "_x0000_t202"})
        kind.set("coordsize", "21600,21600")
        kind.set(f"{{{O}}}spt", "202")
        kind.set("path", "m,l,21600r21600,l21600,xe")
    else:
        drawing = package.tree(name, VML_PARSER)
    _erase(drawing, {_place(ref) for ref in gone if ref} - set(new.values()))
    drawn = {_shape_place(shape) for shape in drawing.iter(f"{{{V}}}shape")}
    for number, place in enumerate(sorted(set(new.values()) - drawn)):
        _shape(drawing, place, number)
    package.put(name, drawing)


def _drawing_of(package: Package, part: str, sheet: Element) -> str | None:
    link = sheet.find(f"{{{MAIN}}}legacyDrawing")
    return None if link is None else package.related(part, "vmlDrawing")


def _link(sheet: Element, link: str) -> None:
    element = etree.Element(f"{{{MAIN}}}legacyDrawing")
    element.set(f"{{{OFFICE}}}id", link)
    elements = sheet.iterchildren("*")  # not the comments between them, which have no name
    later = next((each for each in elements if etree.QName(each).localname in AFTER), None)
    if later is None:
        sheet.append(element)
    else:
        later.addprevious(element)


def _erase(drawing: Element, places: set[Place]) -> None:
    for shape in list(drawing.iter(f"{{{V}}}shape")):
        if _shape_place(shape) in places:
            _parent(shape).remove(shape)


def _shape_place(shape: Element) -> Place | None:
    row, column = (shape.findtext(f".//{{{X}}}{name}") for name in ("Row", "Column"))
    return None if row is None or column is None else (int(row) + 1, int(column) + 1)


def _place(ref: str) -> Place:
    letters = ref.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(ref[len(letters) :]), column


def _shape(drawing: Element, place: Place, number: int) -> None:
    row, column = place
    shape = etree.SubElement(
        drawing,
        f"{{{V}}}shape",
        {
            "id": f"_nexudus_{row}_{column}_{number}",
            "type": "#_x0000_t202",
            "style": "position:absolute;width:240pt;height:96pt;z-index:1;visibility:hidden",
            "fillcolor": "#ffffe1",
            f"{{{O}}}insetmode": "auto",
        },
    )
    etree.SubElement(shape, f"{{{V}}}fill", {"color2": "#ffffe1"})
    etree.SubElement(shape, f"{{{V}}}path", {f"{{{O}}}connecttype": "none"})
    client = etree.SubElement(shape, f"{{{X}}}ClientData", {"ObjectType": "Note"})
    for name in ("MoveWithCells", "SizeWithCells"):
        etree.SubElement(client, f"{{{X}}}{name}")
    anchor = f"{column}, 15, {row - 1}, 2, {column + 4}, 15, {row + 5}, 4"
    parts = {"Anchor": anchor, "AutoFill": "False", "Row": row - 1, "Column": column - 1}
    for name, value in parts.items():
        etree.SubElement(client, f"{{{X}}}{name}").text = str(value)


def _parent(element: Element) -> Element:
    parent = element.getparent()
    assert parent is not None
    return parent
