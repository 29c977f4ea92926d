"""The Resource table against the field list that was taken from the vendor's pages by script."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.entities import ENTITIES, LOOKUPS, RESOURCE
from pipeline.schema import Entity

REFERENCE = Path(__file__).parent / "reference" / "resource_fields.csv"
KINDS = {
    "integer": {"whole", "id", "choice"},
    "number": {"decimal"},
    "boolean": {"yes/no"},
    "string": {"text", "moment", "address"},
    "integer[]": {"ids"},
    "object[]": {"time slots"},
}


def reference() -> dict[str, dict[str, str]]:
    with REFERENCE.open(encoding="utf-8") as file:
        return {line["name"]: line for line in csv.DictReader(file)}


def test_the_table_has_the_fields_of_the_documents_and_no_others():
    """All 104 documented fields stand in the table: 82 to create, 91 to update, 95 to read."""
    names = [field.name for field in RESOURCE.fields]

    assert sorted(names) == sorted(reference())
    assert sum(field.on_create for field in RESOURCE.fields) == 82
    assert sum(field.on_update for field in RESOURCE.fields) == 91
    assert sum(field.on_read for field in RESOURCE.fields) == 95


@pytest.mark.parametrize("name", reference())
def test_a_field_is_as_the_documents_say(name):
    """Kind, use in create, update, read, and filters of every field agree with the documents."""
    line, field = reference()[name], RESOURCE.by_name[name]

    assert field.kind.name in KINDS[line["type"]]
    assert field.on_create == bool(line["create"])
    assert field.on_update == bool(line["update"])
    assert field.required == (line["create"] == "required")
    assert field.on_read == (line["in_get_one"] == "yes")
    assert field.exact_filter == (line["search_exact_filter"] == "yes")
    assert field.range_filter == (line["search_range_filter"] == "yes")
    assert bool(field.kind.choices) == bool(line["enum"])


def test_choices_are_those_of_the_documents():
    """The numbers and names of both lists are the vendor's: no 8, and no parking."""
    category = RESOURCE.by_name["SystemResourceType"].kind.choices
    fee = RESOURCE.by_name["CancellationFeeType"].kind.choices

    assert [(each.number, each.name) for each in category] == [
        (0, "None"),
        (1, "MeetingRoom"),
        (2, "HotDesk"),
        (3, "PrivateOffice"),
        (4, "EventSpace"),
        (5, "Lab"),
        (6, "Kitchen"),
        (7, "TreatmentRoom"),
        (9, "StorageUnit"),
        (10, "Machine"),
        (11, "DayPass"),
        (12, "PhoneBooth"),
        (99, "Other"),
    ]
    assert [(each.number, each.name) for each in fee] == [
        (0, "None"),
        (1, "Absolute"),
        (2, "Percentage"),
    ]


def test_secrets_are_the_zoom_tokens_and_stay_out_of_sheets():
    """Exactly the two Zoom tokens are secret, and no sheet shows a secret."""
    assert [field.name for field in RESOURCE.fields if field.secret] == [
        "ZoomAccessToken",
        "ZoomRefreshToken",
    ]
    assert not any(field.in_sheet for field in RESOURCE.fields if field.secret)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_what_a_table_refers_to_exists(entity: Entity):
    """Links, stand-ins, list changes, rules, children and keys name what exists."""
    for field in entity.fields:
        assert not field.link or field.link in LOOKUPS
        for other in (field.names, field.adds_to, field.takes_from, field.view_of):
            assert not other or other in entity.by_name
        assert field.help
        assert field.help.endswith(".")
    for rule in entity.rules:
        assert {rule.column, *rule.fields} <= set(entity.by_name)
        assert rule.hint.endswith(".")
    for child in entity.children:
        assert child.field in entity.by_name
    assert set(entity.key) <= set(entity.by_name)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_words_for_users_never_name_the_internal_price_record(entity: Entity):
    """No help, hint or group uses the API's internal name for booking rates."""
    words = [field.help + field.unit + field.group.name for field in entity.fields]
    words += [rule.hint for rule in entity.rules]

    assert not [text for text in words if "extraservice" in text.lower().replace(" ", "")]
