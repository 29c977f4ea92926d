"""The invented account that a new sandbox holds, and a way to fill it with many resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.entities import RESOURCE
from pipeline.kinds import slot
from pipeline.sandbox.tables import Record

if TYPE_CHECKING:
    from pipeline.sandbox.serve import Sandbox

HARBOUR, MILL = 1410010001, 1410010002
HARBOUR_TYPE, MILL_TYPE = 1410020001, 1410020101  # the first of each location
TYPE_NAMES = (
    "Meeting Room",
    "Boardroom",
    "Hot Desk",
    "Private Office",
    "Phone Booth",
    "Event Space",
)
SYSTEM_TYPES = (1, 1, 2, 3, 12, 4)  # SystemResourceType of each of TYPE_NAMES
OFFICE_HOURS = [slot(day, "1976-01-01T09:00:00Z", "1976-01-01T18:00:00Z") for day in range(1, 6)]

LOOKUPS: dict[str, list[Record]] = {
    "Business": [{"Id": HARBOUR, "Name": "Harbour House"}, {"Id": MILL, "Name": "Mill Yard"}],
    "ResourceType": [
        {"Id": first + place, "BusinessId": business, "Name": name}
        for business, first in ((HARBOUR, HARBOUR_TYPE), (MILL, MILL_TYPE))
        for place, name in enumerate(TYPE_NAMES)
    ],
    "Tariff": [
        {"Id": 1410030001, "BusinessId": HARBOUR, "Name": "Flex 5", "Price": 95.0},
        {"Id": 1410030002, "BusinessId": HARBOUR, "Name": "Flex 10", "Price": 170.0},
        {"Id": 1410030003, "BusinessId": HARBOUR, "Name": "Full Time", "Price": 290.0},
        {"Id": 1410030004, "BusinessId": HARBOUR, "Name": "Team Room", "Price": 1250.0},
        {"Id": 1410030101, "BusinessId": MILL, "Name": "Mill Day", "Price": 18.0},
        {"Id": 1410030102, "BusinessId": MILL, "Name": "Mill Month", "Price": 210.0},
    ],
    "Team": [
        {"Id": 1410040001, "BusinessId": HARBOUR, "Name": "Blue Kite Studio"},
        {"Id": 1410040002, "BusinessId": HARBOUR, "Name": "Fern & Field"},
        {"Id": 1410040101, "BusinessId": MILL, "Name": "Mill Makers"},
    ],
    "Product": [
        {"Id": 1410050001, "BusinessId": HARBOUR, "Name": "Late cancellation fee"},
        {"Id": 1410050101, "BusinessId": MILL, "Name": "Late cancellation fee (Mill Yard)"},
    ],
    "BookingAvailabilityException": [
        {
            "Id": 1410060001,
            "BusinessId": HARBOUR,
            "Message": "Closed for New Year",
            "FromTime": "2027-01-01T00:00:00Z",
            "ToTime": "2027-01-01T23:59:00Z",
            "EveryYear": True,
        },
        {
            "Id": 1410060002,
            "BusinessId": HARBOUR,
            "Message": "Summer party",
            "FromTime": "2027-07-09T15:00:00Z",
            "ToTime": "2027-07-09T23:00:00Z",
        },
    ],
}


def _at_harbour(place: int, **fields: object) -> Record:
    return _placed(HARBOUR, HARBOUR_TYPE, place, fields)


def _at_mill(place: int, **fields: object) -> Record:
    return _placed(MILL, MILL_TYPE, place, fields)


def _placed(business: int, first_type: int, place: int, fields: Record) -> Record:
    return {
        "BusinessId": business,
        "ResourceTypeId": first_type + place,
        "SystemResourceType": SYSTEM_TYPES[place],
        "Visible": True,
        "Internet": True,
        **fields,
    }


RESOURCES: list[Record] = [
    _at_harbour(
        0,
        Id=1415383201,
        Name="Room Anchor",
        DisplayOrder=10,
        Allocation=8,
        Description="<p>Looks out on the quay.</p>",
        WhiteBoard=True,
        LargeDisplay=True,
        NaturalLight=True,
        MinBookingLength=30,
        MaxBookingLength=240,
        Timeslots=OFFICE_HOURS,
    ),
    _at_harbour(
        1,
        Id=1415383301,
        Name="Room Beacon",
        DisplayOrder=20,
        Allocation=14,
        VideoConferencing=True,
        TeaAndCoffee=True,
        UseSharedZoomAccount=False,
        ZoomAccessToken="invented-zoom-access-never-shown",
        ZoomRefreshToken="invented-zoom-refresh-never-shown",
    ),
    _at_harbour(
        2,
        Id=1415383302,
        Name="Quay Hot Desks",
        DisplayOrder=30,
        Allocation=12,
        AllowMultipleBookings=True,
        QuietZone=True,
    ),
    _at_harbour(
        3,
        Id=1415383202,
        Name="Office 1",
        DisplayOrder=40,
        Allocation=6,
        OnlyForMembers=True,
        Tariffs=[1410030003, 1410030004],
        Teams=[1410040001],
        SecurityLock=True,
    ),
    _at_mill(0, Id=1415384101, Name="Loom Room", DisplayOrder=10, Allocation=10, Projector=True),
    _at_mill(4, Id=1415384102, Name="Booth Shuttle", DisplayOrder=20, Soundproof=True),
]


def seeds() -> Iterator[tuple[str, Iterable[Record]]]:
    """Yield the invented records by entity, those that others link to first."""
    yield from LOOKUPS.items()
    yield RESOURCE.name, RESOURCES


def plausible(number: int) -> Record:
    """Make the number-th of many resources: rooms, desks, offices and booths on several floors."""
    place = number % len(TYPE_NAMES)
    floor = number // 25 + 1
    return {
        **(_at_harbour(place) if number % 5 else _at_mill(place)),
        "Name": f"{TYPE_NAMES[place]} {floor}.{number % 25 + 1:02}",
        "GroupName": f"Floor {floor}",
        "DisplayOrder": 10 * (number + 1),
        "Allocation": 1 + number * 7 % 20,
        "Description": f"<p>On floor {floor}, {number % 40 + 10} square metres.</p>",
        "WhiteBoard": number % 2 == 0,
        "Timeslots": OFFICE_HOURS if number % 3 == 0 else [],
    }


def fill(sandbox: Sandbox, count: int) -> list[Record]:
    """Store `count` plausible resources quickly, past limits and faults; returns them."""
    return sandbox.put_records(RESOURCE.name, [plausible(number) for number in range(count)])
