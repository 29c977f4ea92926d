"""What people answered about columns and values of earlier files, kept in the state folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.mapping.meanings import readable
from pipeline.mapping.words import key
from pipeline.schema import Entity
from pipeline.sheets.whole import new_file

FILE = "learned.json"
VERSION = 1
DAMAGED = ".damaged"
UNREADABLE = (OSError, ValueError, RecursionError)


@dataclass(frozen=True)
class Learned:
    """Answers for one entity: fields by header ("" = left out), meanings by field and value.

    Names are compared without case and signs. `remark` tells of a file that had to be set aside.
    """

    entity: Entity
    columns: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    remark: str = ""

    def column(self, header: str) -> str | None:
        """Return the field of a header, "" for one that is left out, None where nobody said."""
        return self.columns.get(key(header))

    def value(self, name: str, text: str) -> str | None:
        """Return what a field's foreign value means, None where nobody said."""
        return self.values.get(name, {}).get(_value_key(text))


@dataclass
class Answers:
    """What a person said about one file."""

    columns: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.columns or self.values)


def _value_key(text: str) -> str:
    return key(text) or text.strip()


def recall(home: Path, entity: Entity) -> Learned:
    """Read what was learned for an entity.

    A damaged file is set aside under another name and told of: the worst is a question more.
    """
    path = home / FILE
    if not path.exists():
        return Learned(entity)
    try:
        own = _read(path).get(entity.name, {})
        columns, values = own.get("columns", {}), own.get("values", {})
        return Learned(entity, _known_columns(entity, columns), _known_values(entity, values))
    except (*UNREADABLE, AttributeError, KeyError, TypeError):
        return Learned(entity, remark=_set_aside(path))


def _read(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    if found.get("version") != VERSION:
        raise ValueError
    return dict(found["entities"])


def _known_columns(entity: Entity, columns: dict[str, str]) -> dict[str, str]:
    return {
        str(header): name
        for header, name in columns.items()
        if name == "" or (name in entity.by_name and entity.by_name[name].in_sheet)
    }


def _known_values(entity: Entity, values: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Leave out what the field does not take: a mapping that says it would be refused."""
    return {
        name: {
            str(text): str(meaning)
            for text, meaning in known.items()
            if meaning == "" or readable(entity.by_name[name], str(meaning))
        }
        for name, known in values.items()
        if name in entity.by_name
    }


def _set_aside(path: Path) -> str:
    aside = path.with_name(path.name + DAMAGED)
    try:
        path.replace(aside)
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}). Earlier answers are not used."
    return (
        f"{path}: what was learned from earlier answers cannot be read. It was set aside as "
        f"{aside.name}; questions are asked anew."
    )


def learn(home: Path, entity: Entity, answers: Answers) -> None:
    """Add answers to what was learned; the file is replaced as a whole. Raises UsageError."""
    if not answers:
        return
    path = home / FILE
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        entities = _read(path)
    except (*UNREADABLE, AttributeError, KeyError, TypeError):
        entities = {}
    own = entities.setdefault(entity.name, {})
    _add(own.setdefault("columns", {}), ((key(a), b) for a, b in answers.columns.items()))
    values = own.setdefault("values", {})
    for (name, text), meaning in answers.values.items():
        _add(values.setdefault(name, {}), [(_value_key(text), meaning)])
    with new_file(path) as unfinished:
        content = {"version": VERSION, "entities": entities}
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())


def _add(known: dict[str, str], more: Iterable[tuple[str, str]]) -> None:
    known.update({name: meaning for name, meaning in more if name})
