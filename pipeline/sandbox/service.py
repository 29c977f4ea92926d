"""What the service does with a request, apart from HTTP: paths, roles, records, replies."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.entities import LOOKUPS, RESOURCE
from pipeline.sandbox.listing import asked_ids, chosen, page
from pipeline.sandbox.store import Record, Store
from pipeline.sandbox.tokens import User
from pipeline.sandbox.validate import Refusal, refusals

PATHS = {each.path: each for each in LOOKUPS.values()}
SLOTS = RESOURCE.children[0]


@dataclass(frozen=True)
class Answer:
    """Status and JSON body; `body` may be a text that is no JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] | None = None


NOT_FOUND = Answer(404, "Not found")
DENIED = Answer(401, "Access Denied")


class Service:
    """The account: its records, and how it answers. Attributes may be changed while it runs."""

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = Store(path)
        self.slots_mode = "replace"  # what an update does with time slots: replace, append or keep
        self.slots_on_read = True
        self.batch_envelope = False
        self.max_size = 1_000
        self.max_query = 2_048  # characters
        self.lag_seconds = 0.0
        self._clock = clock
        self._visible_at: dict[int, float] = {}

    def answer(
        self, user: User, method: str, path: str, query: Mapping[str, str], body: Any
    ) -> Answer:
        """Carry out one request of a user who is known."""
        if path in {"auth/me", "user/me"}:
            return Answer(200, self._me(user))
        if path == SLOTS.path:
            return self._list_slots(user, query)
        base, _, tail = path.rpartition("/")
        lookup = PATHS.get(path) or PATHS.get(base)
        record_id = int(tail) if path not in PATHS and tail.isdigit() else None
        if lookup is None or (path not in PATHS and record_id is None):
            return NOT_FOUND
        if method == "GET":
            return self._read(user, lookup.name, query, record_id)
        if lookup.name != RESOURCE.name:
            return Answer(405, "")
        return self._write(user, method, record_id, body)

    # ---- reading

    def _read(
        self, user: User, entity: str, query: Mapping[str, str], record_id: int | None
    ) -> Answer:
        ids = asked_ids(query)
        whole = record_id is not None or ids is not None
        if not user.may(f"{entity}-{'Read' if whole else 'List'}"):
            return DENIED
        if record_id is not None:
            found = self.store.get(entity, record_id)
            return Answer(200, self._shown(found)) if self._sees(found) and found else NOT_FOUND
        if ids is not None:
            found_all = (self.store.get(entity, each) for each in ids)
            records = [self._shown(each) for each in found_all if each and self._sees(each)]
            return Answer(200, {"Records": records} if self.batch_envelope else records)
        everything = [each for each in self.store.all(entity) if self._sees(each)]
        return Answer(200, page(chosen(everything, entity, query), query, self.max_size))

    def _sees(self, record: Record | None) -> bool:
        return record is not None and self._visible_at.get(record["Id"], 0.0) <= self._clock()

    def _shown(self, record: Record) -> Record:
        if self.slots_on_read:
            return record
        return {key: value for key, value in record.items() if key != SLOTS.read_name}

    def _list_slots(self, user: User, query: Mapping[str, str]) -> Answer:
        if not user.may("ResourceTimeSlot-List"):
            return DENIED
        rows = [
            each for record in self.store.all(RESOURCE.name) for each in record[SLOTS.read_name]
        ]
        return Answer(200, page(chosen(rows, "ResourceTimeSlot", query), query, self.max_size))

    def _me(self, user: User) -> dict[str, Any]:
        places = self.store.all("Business")
        return {
            "Email": user.name,
            "IsAdmin": user.roles is None,
            "APIAccess": True,
            "DefaultBusinessId": places[0]["Id"] if places else None,
            "Businesses": places,
        }

    # ---- writing

    def _write(self, user: User, method: str, record_id: int | None, body: Any) -> Answer:
        role = {"POST": "Create", "PUT": "Edit", "DELETE": "Delete"}.get(method)
        if role is None or (method == "DELETE") != (record_id is not None):
            return Answer(405, "")
        if not user.may(f"{RESOURCE.name}-{role}"):
            return DENIED
        if record_id is not None:
            return self._delete(record_id)
        return self._save(user, method, body)

    def _save(self, user: User, method: str, body: Any) -> Answer:
        if not isinstance(body, dict):
            return Answer(400, _refused([], "The body is not a record."))
        if method == "PUT" and self.store.get(RESOURCE.name, body.get("Id") or 0) is None:
            return NOT_FOUND
        found = refusals(self.store, body)
        if found:
            return Answer(400, _refused(found))
        return self._create(user, body) if method == "POST" else self._update(user, body)

    def _create(self, user: User, body: Record) -> Answer:
        given = {name: body.get(name) for name in _writable("on_create")}
        record = self.store.create(_with_picture(given, {}), user.name)
        if self.lag_seconds:
            self._visible_at[record["Id"]] = self._clock() + self.lag_seconds
        return Answer(200, _done("created", record, user))

    def _update(self, user: User, body: Record) -> Answer:
        """Store what was sent and nothing else: what is missing is cleared."""
        old = self.store.get(RESOURCE.name, body["Id"]) or {}
        new = {name: body.get(name) for name in _writable("on_update")}
        for field in RESOURCE.fields:
            more = body.get(field.name)
            if more is not None and (target := field.adds_to or field.takes_from):
                items = new[target] if body.get(target) is not None else old[target]
                new[target] = _changed(items or [], more, adds=bool(field.adds_to))
        new["TimeSlots"] = self._slots(old, body)
        kept = {name: old.get(name) for name in ("Id", "UniqueId", "CreatedOn", "SystemId")}
        kept |= {key: body.get(key) for key in RESOURCE.screen_keys}
        record = self.store.completed({**_with_picture(new, old), **kept}, user.name)
        self.store.put(RESOURCE.name, record)
        return Answer(200, _done("updated", {"Id": record["Id"]}, user))

    def _slots(self, old: Record, body: Record) -> Any:
        before = old.get(SLOTS.read_name) or []
        if self.slots_mode == "replace":
            return body.get(SLOTS.field)
        return before if self.slots_mode == "keep" else [*before, *(body.get(SLOTS.field) or [])]

    def _delete(self, record_id: int) -> Answer:
        links = (each["LinkedResources"] for each in self.store.all(RESOURCE.name))
        if any(record_id in each for each in links):
            words = "You must delete all resources using this record before you can delete it."
            return Answer(200, _refused([], words))
        if not self.store.delete(RESOURCE.name, record_id):
            return NOT_FOUND
        return Answer(200, {**_done("deleted", {"Id": record_id}, None), "Value": None})


def _writable(use: str) -> list[str]:
    return [
        each.name
        for each in RESOURCE.fields
        if getattr(each, use) and not each.key and each.on_read
    ] + [SLOTS.field]


def _with_picture(new: Record, old: Mapping[str, Any]) -> Record:
    name = old.get("PictureFileName")
    if address := new.get("NewPictureUrl"):
        name = urlsplit(address).path.rpartition("/")[2] or "picture"
    elif new.get("ClearPictureFile"):
        name = None
    return {**new, "PictureFileName": name}


def _changed(items: list[int], more: list[int], *, adds: bool) -> list[int]:
    if adds:
        return list(dict.fromkeys([*items, *more]))
    return [each for each in items if each not in more]


def _done(what: str, value: Record, user: User | None) -> dict[str, Any]:
    return {
        "Status": 200,
        "Message": f"Resource was successfully {what}.",
        "Value": value,
        "OpenInDialog": False,
        "OpenInWindow": False,
        "RedirectURL": None,
        "JavaScript": None,
        "UpdatedBy": user.name if user else None,
        "Errors": None,
        "WasSuccessful": True,
    }


def _refused(found: list[Refusal], words: str = "") -> dict[str, Any]:
    message = words or f"{found[0]['PropertyName']}: {found[0]['Message']}"
    return {"Message": message, "Value": None, "Errors": found or None, "WasSuccessful": False}
