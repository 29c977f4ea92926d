"""A workbook's zip archive, of which a few parts change and all others are copied as they are."""

from __future__ import annotations

import copy
import os
import posixpath
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from pipeline.errors import UsageError
from pipeline.sheets.archive import open_archive, pieces
from pipeline.sheets.markup import checked
from pipeline.sheets.parts import read_contents

RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "[Content_Types].xml"
PIECE = 2**20  # bytes
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
VML_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)

Element = etree._Element


class Package:
    """Parts by name: read from the archive, replaced or added in memory or as a stream."""

    def __init__(self, path: Path, archive: ZipFile) -> None:
        self._path = path
        self._archive = archive
        self._changed: dict[str, bytes] = {}
        self._streamed: dict[str, Iterable[bytes]] = {}
        self._last: dict[str, Element] = {}

    def sheet_part(self, sheet: str) -> str:
        """Return the part that holds the sheet of this name."""
        tabs = read_contents(self._path, self._archive).tabs
        return next(tab.key for tab in tabs if tab.name == sheet)

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._changed or name in self._archive.NameToInfo

    def tree(self, name: str, parser: etree.XMLParser = PARSER) -> Element:
        """Parse a part."""
        if name in self._changed:
            return etree.fromstring(self._changed[name], parser)
        return etree.fromstring(self._bounded(name), parser)

    def _bounded(self, name: str) -> bytes:
        """Read a part that is to become a tree: what was refused when reading is refused here."""
        entry = self._archive.getinfo(name)
        for _ in checked(self._path, pieces(self._path, self._archive, entry)):
            pass
        return self._archive.read(entry)

    def put(self, name: str, root: Element) -> None:
        """Replace or add a part."""
        self._changed[name] = serialised(root)

    def read(self, name: str) -> IO[bytes]:
        """Open a part of the archive, to be read piece by piece."""
        return self._archive.open(name)

    def stream(self, name: str, pieces: Iterable[bytes]) -> None:
        """Replace a part by what `pieces` gives while the archive is written."""
        self._streamed[name] = pieces

    def put_last(self, name: str, root: Element) -> None:
        """Replace a part by a tree that is whole only when the streams are written."""
        self._last[name] = root

    def free_name(self, pattern: str) -> str:
        """Return the first name, of a pattern with {}, that no part has yet."""
        return next(name for n in range(1, 100_000) if not self.has(name := pattern.format(n)))

    def related(self, part: str, kind: str) -> str | None:
        """Return the part that `part` relates to as `kind`, if any."""
        rels = self._rels_name(part)
        if not self.has(rels):
            return None
        for each in self.tree(rels):
            if each.get("Type", "").endswith(f"/{kind}"):
                target = posixpath.join("/" + posixpath.dirname(part), each.get("Target", ""))
                return posixpath.normpath(target).lstrip("/")
        return None

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate `part` to `target`; returns the new relationship's id."""
        name = self._rels_name(part)
        rels = self.tree(name) if self.has(name) else etree.Element(f"{{{RELS}}}Relationships")
        taken = {each.get("Id") for each in rels}
        new = next(f"rId{n}" for n in range(1, 100_000) if f"rId{n}" not in taken)
        attributes = {"Id": new, "Type": f"{OFFICE}/{kind}", "Target": f"/{target}"}
        etree.SubElement(rels, f"{{{RELS}}}Relationship", attributes)
        self.put(name, rels)
        return new

    def declare(self, name: str, content_type: str) -> None:
        """Say of which type a part is."""
        types = self.tree(CONTENT_TYPES)
        ending = name.rpartition(".")[2]
        if ending == "vml":
            if not any(each.get("Extension") == ending for each in types):
                default = etree.Element(f"{{{TYPES}}}Default")
                default.attrib.update({"Extension": ending, "ContentType": content_type})
                types.insert(0, default)
        else:
            attributes = {"PartName": f"/{name}", "ContentType": content_type}
            etree.SubElement(types, f"{{{TYPES}}}Override", attributes)
        self.put(CONTENT_TYPES, types)

    def save(self, target: Path) -> None:
        """Write the archive: untouched parts as they were, in their order."""
        entries = self._archive.infolist()
        with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=6) as out:
            for entry in sorted(entries, key=lambda each: each.filename in self._last):
                # opening an entry to write forgets where it stands in the archive it came from
                with out.open(copy.copy(entry), "w") as part:
                    for piece in self._pieces(entry):
                        part.write(piece)
            for name, content in self._changed.items():
                out.writestr(name, content)

    def _pieces(self, entry: ZipInfo) -> Iterator[bytes]:
        name = entry.filename
        if name in self._streamed:
            yield from self._streamed.pop(name)
        elif name in self._last:
            yield serialised(self._last.pop(name))
        elif name in self._changed:
            yield self._changed.pop(name)
        else:
            with self._archive.open(entry) as part:
                while piece := part.read(PIECE):
                    yield piece

    @staticmethod
    def _rels_name(part: str) -> str:
        folder, name = posixpath.split(part)
        return f"{folder}/_rels/{name}.rels".lstrip("/")


def serialised(root: Element) -> bytes:
    """Write a tree as the text of a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


@contextmanager
def rewritten(source: Path, target: Path) -> Iterator[Package]:
    """Give the package of `source`; after the block its changed copy is at `target`, whole.

    Raises UsageError when the target cannot be written.
    """
    with open_archive(source) as archive:
        package = Package(source, archive)
        try:
            yield package
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            os.close(handle)
            try:
                package.save(Path(name))
                Path(name).chmod(0o666 & ~_umask())
                Path(name).replace(target)
            finally:
                Path(name).unlink(missing_ok=True)
        except etree.XMLSyntaxError as error:
            raise UsageError(
                f"{target}: cannot be written, since {source.name} is not sound. Save it again in "
                "Excel or LibreOffice, and import it once more to have its results."
            ) from error
        except OSError as error:
            raise UsageError(
                f"{target}: cannot be written ({error.strerror}). Close it if another program has "
                "it open, or give another name with --results."
            ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
