"""Records to begin with, invented for the sandbox: two locations and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

HARBOUR, MILL = 1410010001, 1410010002
TYPES = ("Meeting Room", "Boardroom", "Hot Desk", "Private Office", "Phone Booth", "Event Space")
LISTS: dict[str, tuple[tuple[int, str, int | None], ...]] = {
    "Business": ((HARBOUR, "Harbour House", None), (MILL, "Mill Yard", None)),
    "ResourceType": (
        *((1410020001 + n, name, HARBOUR) for n, name in enumerate(TYPES)),
        *((1410020101 + n, name, MILL) for n, name in enumerate(TYPES)),
    ),
    "Tariff": (
        (1410030001, "Flex 5", HARBOUR),
        (1410030002, "Flex 10", HARBOUR),
        (1410030003, "Full Time", HARBOUR),
        (1410030004, "Team Room", HARBOUR),
        (1410030101, "Mill Day", MILL),
        (1410030102, "Mill Month", MILL),
    ),
    "Team": (
        (1410040001, "Blue Kite Studio", HARBOUR),
        (1410040002, "Fern & Field", HARBOUR),
        (1410040101, "Mill Makers", MILL),
    ),
    "Product": (
        (1410050001, "Late cancellation fee", HARBOUR),
        (1410050101, "Late cancellation fee (Mill Yard)", MILL),
    ),
    "BookingAvailabilityException": (
        (1410060001, "Closed for New Year", HARBOUR),
        (1410060002, "Summer party", HARBOUR),
    ),
}


def slots(days: str, start: str, end: str) -> list[dict[str, Any]]:
    """Return one slot for each digit of `days` (0 = Sunday)."""
    return [
        {
            "DayOfWeek": int(day),
            "FromTime": f"1976-01-01T{start}:00Z",
            "ToTime": f"1976-01-01T{end}:00Z",
        }
        for day in days
    ]


def _room(record_id: int, place: int, kind: int, name: str, **more: Any) -> dict[str, Any]:
    first = 1410020001 if place == HARBOUR else 1410020101
    return {
        "Id": record_id,
        "BusinessId": place,
        "Name": name,
        "SystemResourceType": (1, 1, 2, 3, 12, 4)[kind],
        "ResourceTypeId": first + kind,
        "DisplayOrder": record_id % 100,
        "CancellationFeeType": 0,
        "Visible": True,
        **more,
    }


RESOURCES = (
    _room(
        1415383201,
        HARBOUR,
        0,
        "Room Anchor",
        Allocation=8,
        WhiteBoard=True,
        TimeSlots=slots("12345", "08:00", "20:00"),
    ),
    _room(
        1415383301,
        HARBOUR,
        0,
        "Room Beacon",
        Allocation=4,
        ZoomAccessToken="invented-access",
        ZoomRefreshToken="invented-refresh",
    ),
    _room(
        1415383302,
        HARBOUR,
        2,
        "Quay Hot Desks",
        Allocation=20,
        AllowMultipleBookings=True,
        Tariffs=[1410030001, 1410030003],
    ),
    _room(1415383202, HARBOUR, 3, "Office 1", Allocation=3, Teams=[1410040001]),
    _room(1415384101, MILL, 1, "Loom Room", Allocation=14, Projector=True),
    _room(1415384102, MILL, 4, "Booth Shuttle", Allocation=1, Soundproof=True),
)


def many(count: int) -> Iterator[dict[str, Any]]:
    """Yield `count` plausible resources, for tests of size."""
    for number in range(count):
        room = _room(1500000000 + number * 7, (HARBOUR, MILL)[number % 2], number % 6, "")
        room |= {"Name": f"Room {number:05}", "Allocation": number % 12, "Internet": True}
        if number % 3 == 0:
            room["TimeSlots"] = slots("12345", "09:00", "18:00")
        yield room
