"""The sandbox's records, in SQLite: in memory, or in a file where each write is safe at once."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from pipeline.entities import LOOKUPS, RESOURCE
from pipeline.sandbox import seed

Record = dict[str, Any]
FIRST_ID = 1415400000
UNLISTED = ("Id", "UniqueId", "CreatedOn", "UpdatedOn", "UpdatedBy", "IsNew", "SystemId")


class Store:
    """Records by entity and id. Safe for several threads."""

    def __init__(self, path: Path | None) -> None:
        self._lock = RLock()
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS record "
            "(entity TEXT, id INTEGER, json TEXT, PRIMARY KEY (entity, id))"
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def all(self, entity: str) -> list[Record]:
        """Return every record of an entity, by id."""
        with self._lock:
            rows = self._db.execute(
                "SELECT json FROM record WHERE entity = ? ORDER BY id", (entity,)
            ).fetchall()
        return [json.loads(text) for (text,) in rows]

    def get(self, entity: str, record_id: int) -> Record | None:
        """Return one record."""
        with self._lock:
            row = self._db.execute(
                "SELECT json FROM record WHERE entity = ? AND id = ?", (entity, record_id)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, entity: str, record: Record) -> None:
        """Store one record, over an older one of its id."""
        with self._lock:
            self._db.execute(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?)",
                (entity, record["Id"], json.dumps(record)),
            )

    def delete(self, entity: str, record_id: int) -> bool:
        """Remove a record; False when there is none."""
        with self._lock:
            found = self._db.execute(
                "DELETE FROM record WHERE entity = ? AND id = ?", (entity, record_id)
            )
        return found.rowcount > 0

    def create(self, record: Record, user: str) -> Record:
        """Store a new resource, completed by what the service sets itself."""
        with self._lock:
            count = self._db.execute("SELECT count(*) FROM record").fetchone()[0]
            # Ids do not grow with time: the newest record is not the one with the highest id.
            step = count * 101 if count % 2 else 99_999 - count * 101
            record_id = FIRST_ID + step % 1_000_000
            while self.get(RESOURCE.name, record_id):
                record_id += 1
            whole = self.completed({**record, "Id": record_id}, user)
            self.put(RESOURCE.name, whole)
        return whole

    def completed(self, record: Mapping[str, Any], user: str) -> Record:
        """Return a record as the service would show it: all fields, names, views and stamps."""
        fields = [each for each in RESOURCE.fields if each.on_read]
        whole: Record = {
            each.name: _value(record.get(each.name), each.unset, each.kind.empty) for each in fields
        }
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "1Z"
        whole |= {name: record.get(name) for name in UNLISTED}
        whole["UniqueId"] = whole["UniqueId"] or str(uuid.uuid4())
        whole["CreatedOn"] = whole["CreatedOn"] or now
        whole |= {"UpdatedOn": now, "UpdatedBy": user, "IsNew": False}
        whole |= {"NewPictureUrl": None, "ClearPictureFile": False, "ToStringText": whole["Name"]}
        for key in RESOURCE.screen_keys - {"ToStringText"}:
            whole[key] = record.get(key)
        for id_name, name in RESOURCE.name_columns.items():
            whole[name] = self._name(RESOURCE.by_name[id_name].link, whole[id_name])
        linked = ",".join(map(str, whole["LinkedResources"]))
        whole |= {"LinkedResourceIds": linked or None}
        whole["Timeslots"] = self._children(whole["Id"], _slots(record))
        return whole

    def _name(self, entity: str, record_id: int | None) -> str | None:
        found = self.get(entity, record_id) if record_id else None
        return str(found["Name"]) if found else None

    def _children(self, parent: int, slots: Iterable[Mapping[str, Any]]) -> list[Record]:
        return [
            {"Id": parent * 100 + number, "ResourceId": parent, **each}
            for number, each in enumerate(slots)
        ]

    def plant(self, user: str) -> None:
        """Store the seed, unless the store holds records already."""
        if self.all("Business"):
            return
        for entity, entries in seed.LISTS.items():
            for record_id, name, place in entries:
                record: Record = {"Id": record_id, LOOKUPS[entity].label: name}
                if place is not None:
                    record["BusinessId"] = place
                self.put(entity, record)
        for each in seed.RESOURCES:
            self.put(RESOURCE.name, self.completed(each, user))


def _value(value: Any, unset: Any, empty: Any) -> Any:
    if value is not None:
        return value
    return empty if unset is None else unset


def _slots(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = record.get("TimeSlots", record.get("Timeslots")) or []
    return [{key: each[key] for key in ("DayOfWeek", "FromTime", "ToTime")} for each in given]
