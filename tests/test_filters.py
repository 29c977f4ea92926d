"""Filters: each asks what the vendor documents, gives the rows it should, and wrong ones are told.

The documents are tests/reference/resource_fields.csv: 84 exact filters and 20 ranges.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.api.client import Client, connect
from pipeline.api.paging import pages
from pipeline.config import Settings
from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.filtering.filter import fits, label, query
from pipeline.filtering.names import links_wanted, resolve
from pipeline.filtering.read import archived_filter, parse_filters
from pipeline.planning.stored import Named
from pipeline.sandbox import Sandbox

REFERENCE = Path(__file__).parent / "reference" / "resource_fields.csv"
LINES = {line["name"]: line for line in csv.DictReader(REFERENCE.read_text("utf-8").splitlines())}
EXACT = [name for name, line in LINES.items() if line["search_exact_filter"]]
RANGES = [name for name, line in LINES.items() if line["search_range_filter"]]

LINKED = {  # "Filter by ID of the ... linked to this record", and the names they lead to
    "BusinessId": "Resource_Business",
    "BusinessName": "Resource_Business_Name",
    "ResourceTypeId": "Resource_ResourceType",
    "ResourceTypeName": "Resource_ResourceType_Name",
    "CancellationFeeProductId": "Resource_CancellationFeeProduct",
    "CancellationFeeProductName": "Resource_CancellationFeeProduct_Name",
}
QUAY, YARD = 11, 12
MOMENTS = ["LastCleanedAt", "CreatedOn", "UpdatedOn"]
NAMES = {"BusinessName", "ResourceTypeName", "CancellationFeeProductName"}  # worked out by links
SECRETS = {"ZoomAccessToken": "INVENTED_ACCESS", "ZoomRefreshToken": "INVENTED_REFRESH"}

LOOKUPS: dict[str, list[dict[str, Any]]] = {
    "Business": [{"Id": QUAY, "Name": "Quay"}, {"Id": YARD, "Name": "Yard & Mill"}],
    "ResourceType": [
        {"Id": 21, "BusinessId": QUAY, "Name": "Room"},
        {"Id": 22, "BusinessId": YARD, "Name": "Desk"},
    ],
    "Product": [
        {"Id": 31, "BusinessId": QUAY, "Name": "Fee"},
        {"Id": 32, "BusinessId": YARD, "Name": "Other fee"},
    ],
}
SPECIAL: dict[str, tuple[Any, Any]] = {
    "BusinessId": (QUAY, YARD),
    "ResourceTypeId": (21, 22),
    "CancellationFeeProductId": (31, 32),
    "SystemResourceType": (12, 1),
    "CancellationFeeType": (2, 1),
    "NewPictureUrl": ("https://pictures.example/a?b=1&c=2", "https://pictures.example/d"),
    "LinkedResources": ([2], [1, 3]),
    "Shifts": ('[{"from": "09:00"}]', "[]"),
}
BY_TYPE: dict[str, tuple[Any, Any]] = {
    "boolean": (True, False),
    "integer": (4, 9),
    "number": (12.5, 20.25),
}
OWN = {"Id", "IsNew", "UniqueId", "UpdatedBy", "SystemId", "LinkedResourceIds"}


def record(number: int, which: int) -> dict[str, Any]:
    """Make a record of which every field has its first or its second value."""
    made: dict[str, Any] = {"Id": number}
    for name, line in LINES.items():
        if name in OWN | NAMES or line["in_get_one"] != "yes":
            continue
        if name in MOMENTS:
            made[name] = ("2026-03-01T10:30:00Z", "2026-04-02T08:15:30.5000000Z")[which]
        elif name in SPECIAL:
            made[name] = SPECIAL[name][which]
        elif line["type"] in BY_TYPE:
            made[name] = BY_TYPE[line["type"]][which]
        elif line["type"] == "string":
            made[name] = (f"{name} = é, ü & 50%", f"{name} <b>other</b>")[which]
    return made


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A service with two records of either kind, and one of which next to nothing is known."""
    with Sandbox.start(seed=False) as sandbox:
        for entity, records in LOOKUPS.items():
            sandbox.put_records(entity, records)
        sandbox.put_records("Resource", [record(number, number % 2) for number in (1, 2, 3, 4)])
        bare = {"Id": 5, "Name": "Bare", "BusinessId": QUAY, "ResourceTypeId": 21}
        sandbox.put_record("Resource", {**bare, "CreatedOn": "2025-01-01T00:00:00Z"})
        yield sandbox


@pytest.fixture(scope="module")
def client(server: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(
        base_url=server.url,
        username=server.username,
        password=server.password,
        limits=(),
        home=home,
    )
    with connect(settings) as opened:
        yield opened


def asked(server: Sandbox) -> dict[str, str]:
    """Return the filters of the last request."""
    last = parse_qs(urlsplit(server.requests[-1].path).query, keep_blank_values=True)
    return {name: each[0] for name, each in last.items() if name not in {"orderBy", "page", "size"}}


def rows(client: Client, *texts: str, **environment: str) -> tuple[list[int], list[int]]:
    """Return the ids that the service sends, and those of them that fit."""
    filters = parse_filters(RESOURCE, texts, environment)
    sent = [each for page in pages(client, RESOURCE.path, query(filters)) for each in page.rows]
    return [each["Id"] for each in sent], [each["Id"] for each in sent if fits(filters, each)]


def written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def refusal(*texts: str, **environment: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        parse_filters(RESOURCE, texts, environment)
    return str(caught.value).split("\n")


def test_there_are_as_many_filters_as_the_vendor_documents():
    """84 fields can be filtered by a value and 20 by a range, as the search page lists them."""
    assert (len(EXACT), len(RANGES)) == (84, 20)


@pytest.mark.parametrize("name", EXACT)
def test_an_exact_filter_asks_and_gives_what_the_vendor_documents(name, server, client):
    """The parameter is the documented one, and the rows are those that have the value."""
    stored = server.records()
    value = stored[1][name]
    parameter = LINKED.get(name, f"Resource_{name}")
    expected = [each["Id"] for each in stored if each[name] == value]
    assert 0 < len(expected) < len(stored)

    if name in SECRETS:
        sent, fitting = rows(client, f"{name}=env:{SECRETS[name]}", **{SECRETS[name]: value})
    else:
        sent, fitting = rows(client, f"{name}={written(value)}")

    if name in MOMENTS:  # stored with fractions of a second: only a range is sure to find them
        minute = {"from_": "2026-03-01T10:30", "to_": "2026-03-01T10:31"}
        assert asked(server) == {end + parameter: text for end, text in minute.items()}
    else:
        assert asked(server) == {parameter: written(value)}
    assert (sent, fitting) == (expected, expected)


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("sign", [">=", "<="])
def test_a_range_filter_asks_and_gives_what_the_vendor_documents(name, sign, server, client):
    """The parameter is from_ or to_, and the rows are those in the range; a blank is in none."""
    stored = server.records()
    least, most = stored[1][name], stored[0][name]
    value = most if sign == ">=" else least
    expected = [
        each["Id"]
        for each in stored
        if each[name] is not None and (each[name] >= value if sign == ">=" else each[name] <= value)
    ]
    assert 0 < len(expected) < len(stored)

    _, fitting = rows(client, f"{name} {sign} {value}")

    documented = str(value)
    if name in MOMENTS:  # outwards, to the minute: nothing within the last second is lost
        documented = "2026-04-02T08:15" if sign == ">=" else "2026-03-01T10:31"
    parameter = f"{'from' if sign == '>=' else 'to'}_Resource_{name}"
    assert asked(server) == {parameter: documented}
    assert fitting == expected


def test_several_filters_have_to_hold_together(server, client):
    """Filters are sent in one request, and a row has to fit all of them."""
    sent, fitting = rows(client, "Allocation>=4", "Allocation <= 8", "business id = 11")

    assert asked(server) == {
        "from_Resource_Allocation": "4",
        "to_Resource_Allocation": "8",
        "Resource_Business": "11",
    }
    assert (sent, fitting) == ([2, 4], [2, 4])


def test_what_the_service_ignores_is_left_out_here(client):
    """A record that does not fit is dropped even when the service sends it."""
    filters = parse_filters(RESOURCE, ["Allocation=4"])
    everything = [each for page in pages(client, RESOURCE.path) for each in page.rows]

    assert [each["Id"] for each in everything if fits(filters, each)] == [2, 4]


@pytest.mark.parametrize("text", ["Allocation>=0", "Allocation<=9", "Allocation=0", "Latitude>=0"])
def test_a_blank_is_neither_nought_nor_in_a_range(text):
    """What is not there is not compared, also when the service sends it."""
    assert not fits(parse_filters(RESOURCE, [text]), {"Allocation": None, "Latitude": None})


def test_a_blank_is_found_without_asking_for_it(server, client):
    """Nothing behind the sign means a blank: the service has no such filter, so all are read."""
    sent, fitting = rows(client, "GroupName=")

    assert (asked(server), sent, fitting) == ({}, [1, 2, 3, 4, 5], [5])
    assert label(parse_filters(RESOURCE, ["GroupName="])[0]) == "GroupName = (blank)"


def test_a_place_that_was_never_set_is_blank(client):
    """The service shows 0.0 for coordinates that nobody gave."""
    assert rows(client, "Latitude=")[1] == [5]


def test_a_text_that_two_programs_write_differently_is_compared_here():
    """A text with a line break is not sent: the service may hold it in another spelling."""
    filters = parse_filters(RESOURCE, ["Description=one\ntwo"])

    assert query(filters) == {}
    assert fits(filters, {"Description": "one\r\ntwo"})
    assert not fits(filters, {"Description": "one two"})


def test_a_text_too_long_for_a_query_is_compared_here():
    """A text that would make the request too long is not sent."""
    filters = parse_filters(RESOURCE, [f"Description={'é' * 200}"])

    assert query(filters) == {}
    assert fits(filters, {"Description": "é" * 200})


def test_a_small_number_is_sent_without_an_exponent():
    """No service reads 1e-05."""
    assert query(parse_filters(RESOURCE, ["Latitude=0.00001"])) == {"Resource_Latitude": "0.00001"}


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2026-02-28T23:59:59.9999999Z", False),
        ("2026-03-01T00:00:00Z", True),
        ("2026-03-01T23:59:59.9999999Z", True),
        ("2026-03-02T00:00:00Z", False),
        (None, False),
        ("sometimes", False),
    ],
)
@pytest.mark.parametrize("texts", [("CreatedOn>=2026-03-01", "CreatedOn<=2026-03-01")])
def test_a_day_lasts_from_midnight_to_midnight(texts, moment, inside):
    """A date without a time is the whole day, in UTC: as a lower bound, as an upper one."""
    filters = parse_filters(RESOURCE, texts)

    assert fits(filters, {"CreatedOn": moment}) is inside
    assert query(filters) == {
        "from_Resource_CreatedOn": "2026-03-01T00:00",
        "to_Resource_CreatedOn": "2026-03-02T00:00",
    }


def test_an_exact_day_is_asked_for_as_a_range():
    """Where a moment may be exact, a date alone still means the day and not its midnight."""
    filters = parse_filters(RESOURCE, ["LastCleanedAt=2026-03-01"])

    assert query(filters) == {
        "from_Resource_LastCleanedAt": "2026-03-01T00:00",
        "to_Resource_LastCleanedAt": "2026-03-02T00:00",
    }
    assert fits(filters, {"LastCleanedAt": "2026-03-01T17:00:00Z"})
    assert not fits(filters, {"LastCleanedAt": "2026-03-02T00:00:00Z"})


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("UpdatedOn>=2026-03-01T10:30:59+02:00", {"from_Resource_UpdatedOn": "2026-03-01T08:30"}),
        ("UpdatedOn<=2026-03-01 10:30:00", {"to_Resource_UpdatedOn": "2026-03-01T10:31"}),
        ("UpdatedOn<=2026-03-01 10:30:59", {"to_Resource_UpdatedOn": "2026-03-01T10:31"}),
        ("UpdatedOn<=9999-12-31", {"to_Resource_UpdatedOn": "9999-12-31T23:59"}),
        (
            "LastCleanedAt=2026-03-01T10:30:05",
            {
                "from_Resource_LastCleanedAt": "2026-03-01T10:30",
                "to_Resource_LastCleanedAt": "2026-03-01T10:31",
            },
        ),
    ],
)
def test_a_moment_is_sent_in_utc_and_rounded_outwards(text, sent):
    """The documented format has no seconds: so never less is asked for than wanted."""
    assert query(parse_filters(RESOURCE, [text])) == sent


@pytest.mark.parametrize(
    ("text", "shown", "sent"),
    [
        (
            "System Resource Type = meeting room",
            "SystemResourceType = MeetingRoom",
            {"Resource_SystemResourceType": "1"},
        ),
        (
            "cancellationfeetype=None",
            "CancellationFeeType = None",
            {"Resource_CancellationFeeType": "0"},
        ),
        ("allocation >= 4", "Allocation >= 4", {"from_Resource_Allocation": "4"}),
        ("Visible=y", "Visible = Yes", {"Resource_Visible": "true"}),
        ("Name=Room A=B", "Name = Room A=B", {"Resource_Name": "Room A=B"}),
        ("Name=<b>", "Name = <b>", {"Resource_Name": "<b>"}),
        ("CreatedOn<=2026-03-01", "CreatedOn <= 2026-03-01", None),
    ],
)
def test_a_filter_reads_as_people_would_write_it(text, shown, sent):
    """Names of fields and choices may be written as in a sheet; labels spell them right."""
    (read,) = parse_filters(RESOURCE, [text])

    assert label(read) == shown
    assert sent is None or read.query() == sent


# ---- names


LISTS = {
    "Business": (Named(QUAY, "Quay", None), Named(YARD, "Yard", None), Named(13, "yard", None)),
    "ResourceType": (Named(21, "Room", QUAY), Named(22, "Room", YARD), Named(23, "Café", QUAY)),
}


def test_a_name_becomes_its_id():
    """Names are looked up in the lists that the filters want, exactly and then in any case."""
    filters = parse_filters(RESOURCE, ["BusinessId=Yard", "ResourceTypeId=cafe\u0301"])
    assert links_wanted(filters) == {"Business", "ResourceType"}
    assert query(filters) == {}

    found = resolve(filters, LISTS)

    assert query(found) == {"Resource_Business": "12", "Resource_ResourceType": "23"}
    assert not [each for each in found if each.wants_lookup]
    assert label(found[0]) == "BusinessId = Yard"
    assert links_wanted(parse_filters(RESOURCE, ["Allocation=12", "Name=Room"])) == set()
    assert links_wanted(parse_filters(RESOURCE, ["BusinessName=Yard"])) == {"Business"}


def test_a_name_in_several_locations_means_all_of_them():
    """Without a location nothing is sent for such a name, and any of its ids fits."""
    found = resolve(parse_filters(RESOURCE, ["ResourceTypeId=room"]), LISTS)

    assert query(found) == {}
    assert [fits(found, {"ResourceTypeId": each}) for each in (21, 22, 23, None)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("place", ["Quay", "11"])
def test_beside_a_location_a_name_means_what_it_is_there(place):
    """With a filter by location only that location's entry is meant."""
    texts = ["ResourceTypeId=Room", f"BusinessId={place}"]

    found = resolve(parse_filters(RESOURCE, texts), LISTS)

    assert query(found) == {"Resource_ResourceType": "21", "Resource_Business": "11"}


def test_a_type_of_another_location_is_found_too():
    """A location may use the types of the network that it belongs to."""
    found = resolve(parse_filters(RESOURCE, ["ResourceTypeId=Café", "BusinessId=12"]), LISTS)

    assert query(found) == {"Resource_ResourceType": "23", "Resource_Business": "12"}


def test_unknown_names_are_told_at_once():
    """A name that nothing has is refused with the nearest one, all in one message."""
    filters = parse_filters(RESOURCE, ["BusinessId=Quayy", "ResourceTypeId=Kitchen"])

    with pytest.raises(UsageError) as caught:
        resolve(filters, LISTS)

    assert str(caught.value).split("\n") == [
        "--where BusinessId: 'Quayy' is no location of this account. Did you mean 'Quay'?",
        "--where ResourceTypeId: 'Kitchen' is no type of this account. It has 3 types.",
    ]


# ---- what is refused


def test_everything_that_is_wrong_is_told_at_once():
    """Each wrong filter has its line, in the order given; nothing is sent before all are right."""
    assert refusal(
        "Alocation=4",
        "Tariffs=17",
        "CreatedOn=2026-03-01",
        "Name>=Room",
        "Allocation=4.5",
        "SystemResourceType=Meting Room",
        "Visible=",
        "DisplayOrder>=",
        "Visible",
    ) == [
        "--where: 'Alocation' is not a field of resources. Did you mean 'Allocation'? "
        "Fields are named as in the header of an export.",
        "--where: the service has no filter for 'Tariffs'. "
        "Leave it out, and filter in the exported file.",
        "--where CreatedOn: '=' is not possible here. Only >= and <= are.",
        "--where Name: '>=' is not possible here. Only = is.",
        "--where Allocation: '4.5' is not a whole number. Write it without decimals, such as 4.",
        "--where SystemResourceType: 'Meting Room' is not a choice. Did you mean 'MeetingRoom'? "
        "Choices: None, MeetingRoom, HotDesk, PrivateOffice, EventSpace, Lab, Kitchen, "
        "TreatmentRoom, StorageUnit, Machine, DayPass, PhoneBooth, Other.",
        "--where Visible: '' is neither yes nor no. "
        "Write Yes or No (also TRUE, FALSE, Y, N, 1, 0 or x).",
        "--where DisplayOrder: nothing stands behind >=. Write a value.",
        "--where: 'Visible' lacks a sign. Write Field=value, >= or <=.",
    ]


@pytest.mark.parametrize("sign", ["!=", ">", "<", "==", "~", "~=", "<>"])
def test_signs_that_do_not_exist_are_refused_with_those_that_do(sign):
    """The service can only compare for equality and, in some fields, for a range."""
    assert refusal(f"Allocation {sign} 4") == [
        f"--where Allocation: '{sign}' is not possible here. Only =, >= and <= are."
    ]


def test_filters_that_leave_nothing_are_refused():
    """The same twice, and bounds that cross, are mistakes rather than wishes."""
    assert refusal("Name=A", "name = B", "Allocation>=8", "Allocation<=4") == [
        "--where Name: '=' stands 2 times, and all filters have to hold. Keep one of them.",
        "--where Allocation: >= 8 and <= 4 leave nothing. The lower value belongs behind >=.",
    ]
    assert refusal("CreatedOn>=2026-03-02", "CreatedOn<=2026-03-01 12:00") == [
        "--where CreatedOn: >= 2026-03-02 and <= 2026-03-01 12:00 leave nothing. "
        "The lower value belongs behind >=."
    ]


def test_bounds_that_meet_are_no_mistake():
    """A day holds its own noon, and a number is between itself and itself."""
    texts = [
        "CreatedOn>=2026-03-01 12:00",
        "CreatedOn<=2026-03-01",
        "Allocation>=4",
        "Allocation<=4",
    ]

    assert len(parse_filters(RESOURCE, texts)) == 4


@pytest.mark.parametrize("value", ["tomorrow", "2026-13-01", "0001-01-01T00:00+05:00"])
def test_what_is_no_moment_is_refused(value):
    """Also a moment that only a zone leads out of the calendar."""
    assert refusal(f"CreatedOn>={value}") == [
        f"--where CreatedOn: '{value}' is not a date and time. "
        "Use an Excel date, or text such as 2026-03-31 14:30."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ZoomAccessToken=invented-and-secret",
        "zoom access token = invented-and-secret",
        "ZoomAccessToken=env:invented-and-secret",
        "ZoomAccessToken>=invented-and-secret",
        "ZoomAccessToken:invented-and-secret",
        "ZoomAccessToken invented-and-secret",
    ],
)
def test_a_secret_on_the_command_line_is_not_repeated(text):
    """Whatever is wrong with a filter by a secret, the message does not show it."""
    assert "secret" not in " ".join(refusal(text)).replace("a secret must not", "")


def test_a_secret_is_taken_from_the_environment_and_never_shown():
    """Neither the label nor the repr of a filter shows what it looks for."""
    assert refusal("ZoomAccessToken=abc") == [
        "--where ZoomAccessToken: a secret must not stand on a command line. "
        "Set a variable of the environment, and write ZoomAccessToken=env:ITS_NAME."
    ]
    assert refusal("ZoomAccessToken=env:TOKEN") == [
        "--where ZoomAccessToken: the variable behind env: is not set. "
        "Set it in the environment, and write its name there."
    ]

    filters = parse_filters(RESOURCE, ["ZoomAccessToken=env:TOKEN"], {"TOKEN": "hush"})

    assert query(filters) == {"Resource_ZoomAccessToken": "hush"}
    assert label(filters[0]) == "ZoomAccessToken = (not shown)"
    assert repr(filters) == "(Filter(ZoomAccessToken = (not shown)),)"


# ---- archived


def test_archived_is_a_filter_of_its_own(server, client):
    """yes leaves all, no the others, only the archived."""
    no, only = (archived_filter(RESOURCE, each) for each in ("no", "only"))
    assert no is not None
    assert only is not None

    assert archived_filter(RESOURCE, "yes") is None
    assert (no.query(), only.query()) == (
        {"Resource_Archived": "false"},
        {"Resource_Archived": "true"},
    )
    assert (label(no), label(only)) == ("Archived = No", "Archived = Yes")
    assert [fits([only], each) for each in server.records()] == [False, True, False, True, False]


def test_what_cannot_be_archived_has_no_such_filter():
    """A table without such a field says so instead of ignoring the option."""
    fields = tuple(each for each in RESOURCE.fields if not each.archives)
    plain = replace(RESOURCE, fields=fields)

    with pytest.raises(UsageError) as caught:
        archived_filter(plain, "no")

    assert str(caught.value) == "--archived: resources cannot be archived. Leave it out."


def test_archived_cannot_be_said_twice():
    """--archived beside a filter by the same field would hide which of them counts."""
    filters = parse_filters(RESOURCE, ["Archived=Yes"])

    with pytest.raises(UsageError) as caught:
        archived_filter(RESOURCE, "no", filters)

    assert str(caught.value) == (
        "--archived: --where Archived says it already. Use one of the two."
    )
