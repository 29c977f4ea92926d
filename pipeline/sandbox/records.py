"""What can be asked of the records: list, read, create, update, delete. Knows nothing of HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from pipeline.entities import ENTITIES, LOOKUPS
from pipeline.sandbox.choices import Choices
from pipeline.sandbox.envelopes import NOT_FOUND, Answer, done, not_done, refused
from pipeline.sandbox.moments import stamp
from pipeline.sandbox.reading import filtered, page
from pipeline.sandbox.store import Store
from pipeline.sandbox.tables import STAMPS, TABLES, Record, Table
from pipeline.sandbox.validate import REQUIRED, failure, failures
from pipeline.sandbox.writing import children, created, updated
from pipeline.schema import Child, Entity

CHILD_IDS = 100  # ids set aside for the children of one record

IN_USE = "You must delete all {nouns} using this record before you can delete it."


class Records:
    """The service's records and its rules; `now` is monotonic seconds, `wall` gives UTC."""

    def __init__(
        self,
        store: Store,
        choices: Choices,
        *,
        now: Callable[[], float],
        wall: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._choices = choices
        self._now = now
        self._wall = wall
        self._hidden_until: dict[tuple[str, int], float] = {}  # records that lag behind
        # By table: whole records, and of which version of the store they are.
        self._wholes: dict[str, tuple[int, list[Record]]] = {}

    # ---- reading

    def everything(self, table: Table, but: Collection[tuple[str, int]] = ()) -> list[Record]:
        """Return all whole records by id, `but` these (table, id) and what is theirs.

        They are shared: never change them.
        """
        if table.child and table.entity:
            parents = self.everything(TABLES[table.entity.name], but)
            return [each for parent in parents for each in _own(table.child, parent)]
        wholes = self._all_whole(table)
        return [each for each in wholes if (table.name, each["Id"]) not in but] if but else wholes

    def _all_whole(self, table: Table) -> list[Record]:
        """Return all whole records; a listing of many pages works them out once."""
        with self._store.lock:
            version, wholes = self._wholes.get(table.name, (-1, []))
            if version != self._store.version:
                wholes = [self._whole(table, each) for each in self._store.all(table.name)]
                self._wholes[table.name] = self._store.version, wholes
            return wholes

    def listing(self, table: Table, query: Mapping[str, str]) -> Answer:
        """Answer a search: one page of rows without their lists."""
        records = self.everything(table, but=self._hidden())
        if not self._choices.ignore_filters:
            records = filtered(table, records, query)
        envelope = page(table, records, query, self._choices.max_size)
        rows = [
            {key: value for key, value in each.items() if key not in table.lists}
            for each in envelope["Records"]
        ]
        return 200, {**envelope, "Records": rows}

    def batch(self, table: Table, ids: Iterable[int]) -> Answer:
        """Answer a read by ids: whole records by id, those that do not exist left out."""
        wanted = sorted(set(ids))
        found = [record for each in wanted if (record := self._find(table, each)) is not None]
        if self._choices.batch_envelope:
            return 200, page(table, found, {"size": str(len(wanted))}, self._choices.max_size)
        return 200, found

    def one(self, table: Table, number: int) -> Answer:
        """Answer a read of one whole record."""
        record = self._find(table, number)
        return NOT_FOUND if record is None else (200, record)

    def _hidden(self) -> set[tuple[str, int]]:
        now = self._now()
        return {key for key, until in self._hidden_until.items() if now < until}

    def _find(self, table: Table, number: int) -> Record | None:
        if table.child and table.entity:
            parent = self._find(TABLES[table.entity.name], number // CHILD_IDS) or {}
            own = _own(table.child, parent)
            return next((each for each in own if each["Id"] == number), None)
        record = self._store.get(table.name, number)
        if record is None or (table.name, number) in self._hidden():
            return None
        whole = self._whole(table, record)
        if table.entity and not self._choices.slots_on_read:
            for each in table.entity.children:
                whole.pop(each.read_name, None)
        return whole

    def _whole(self, table: Table, record: Record) -> Record:
        """Return a record with what the service works out: names of links, texts, views."""
        label = LOOKUPS[table.name].label
        whole = {**record, "ToStringText": record[label]}
        for each in table.entity.fields if table.entity else ():
            if each.names and each.on_read:
                whole[each.name] = self._name_of(table.entity, record, each.names)
            elif each.view_of:
                whole[each.name] = ",".join(map(str, record[each.view_of])) or None
        return whole

    def _name_of(self, entity: Entity | None, record: Record, id_field: str) -> str | None:
        link = entity.by_name[id_field].link if entity else ""
        target = self._store.get(link, record[id_field] or 0)
        return target[LOOKUPS[link].label] if target else None

    # ---- writing

    def create(
        self, entity: Entity, body: Record, username: str, lag_seconds: float = 0.0
    ) -> Answer:
        """Answer a create: the whole record but for its secrets, as seen live."""
        with self._store.lock:
            if wrong := failures(entity, body, self._exists, creating=True):
                return refused(wrong)
            record = self._save(entity, created(entity, body), username)
            if lag_seconds:
                self._hidden_until[entity.name, record["Id"]] = self._now() + lag_seconds
            whole = self._whole(TABLES[entity.name], record)
        secrets = {each.name for each in entity.fields if each.secret}
        value = {key: whole[key] for key in whole if key not in secrets}
        return done(f"{entity.name} was successfully created.", value, record)

    def update(self, entity: Entity, body: Record, username: str) -> Answer:
        """Answer an update: only the id comes back."""
        number = body.get("Id")
        if not isinstance(number, int) or isinstance(number, bool):
            return refused([failure("Id", REQUIRED, number)])
        with self._store.lock:
            stored = self._store.get(entity.name, number)
            if stored is None:
                return NOT_FOUND
            if wrong := failures(entity, body, self._exists, creating=False):
                return refused(wrong)
            changed = updated(entity, stored, body, self._choices.slots_mode)
            record = self._save(entity, changed, username)
        return done(f"{entity.name} was successfully updated.", {"Id": number}, record)

    def delete(self, entity: Entity, number: int) -> Answer:
        """Answer a delete; a record that others link to stays, with status 200."""
        with self._store.lock:
            record = self._store.get(entity.name, number)
            if record is None:
                return NOT_FOUND
            if user := self._user_of(entity, record):
                return not_done(200, IN_USE.format(nouns=user.nouns))
            self._store.delete(entity.name, [number])
        return done(f"{entity.name} was successfully deleted.", {"Id": number}, record)

    def _user_of(self, entity: Entity, record: Record) -> Entity | None:
        """Return the entity of which another record links to this one."""
        for user in ENTITIES.values():
            links = [each for each in user.fields if each.link == entity.name and each.on_read]
            for each in self._store.all(user.name):
                if each is not record and any(_points(each[x.name], record["Id"]) for x in links):
                    return user
        return None

    def put(self, table: Table, records: Iterable[Record], username: str) -> list[Record]:
        """Store records as they are, completed from the ones stored before, or from defaults."""
        ready: list[Record] = []
        with self._store.lock:
            fresh = 0
            for record in records:
                number = record.get("Id") or self._store.next_id(table.name, ahead=fresh)
                before = self._store.get(table.name, number)
                fresh += before is None
                whole = {**(before or table.blank), **record, "Id": number}
                for each in table.entity.children if table.entity else ():
                    if each.field in whole:
                        whole[each.read_name] = children(each, whole.pop(each.field))
                ready.append({**self._stamped(whole, username), **_stamps_of(record)})
            self._store.put(table.name, *ready)
        return [self._whole(table, each) for each in ready]

    def remove(self, table: Table, number: int) -> None:
        """Remove a record, whoever links to it."""
        self._store.delete(table.name, [number])

    def _exists(self, link: str, number: int) -> bool:
        return self._store.get(link, number) is not None

    def _save(self, entity: Entity, record: Record, username: str) -> Record:
        number = record["Id"] or self._store.next_id(entity.name)
        stamped = self._stamped({**record, "Id": number}, username)
        self._store.put(entity.name, stamped)
        return stamped

    def _stamped(self, record: Record, username: str) -> Record:
        moment = stamp(self._wall(), last_digit=record["Id"])
        return {
            **record,
            "UniqueId": record["UniqueId"] or str(uuid.uuid4()),
            "CreatedOn": record["CreatedOn"] or moment,
            "UpdatedOn": moment,
            "UpdatedBy": username,
        }


def _stamps_of(record: Record) -> Record:
    return {key: value for key, value in record.items() if key in STAMPS and value}


def _points(value: object, number: int) -> bool:
    return number in value if isinstance(value, list) else value == number


def _own(child: Child, parent: Record) -> list[Record]:
    """Return a record's children (time slots) as records of their own."""
    return [
        {"Id": parent["Id"] * CHILD_IDS + place, child.parent: parent["Id"], **each}
        for place, each in enumerate(parent.get(child.read_name, ()))
    ]
