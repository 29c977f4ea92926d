"""Three operators' files, written before any alias was: 20 renamed columns, 3 strange choices each.

`COLUMNS` says what a person would answer for each header ("" = it has no home). `CHOICES` are the
values of the column of categories: what they mean, or "" where nobody could know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Foreign:
    """A file, which stands as text beside this module, and the answers a person would give."""

    name: str
    columns: Mapping[str, str]
    choices: Mapping[str, str]
    units: Mapping[str, str]

    @property
    def table(self) -> str:
        """The file's rows, cells parted by `|`."""
        path = Path(__file__).parent / "foreign" / f"{Path(self.name).stem}.txt"
        return path.read_text(encoding="utf-8")


# A facilities team's list in the United Kingdom: a title, x marks, hours, a rate card.
FACILITIES = Foreign(
    name="facilities.xlsx",
    columns={
        "Building": "BusinessName",
        "Room name": "Name",
        "Kind of space": "SystemResourceType",
        "Rate card": "ResourceTypeName",
        "Max. occupancy": "Allocation",
        "Sort position": "DisplayOrder",
        "Storey": "GroupName",
        "Blurb": "Description",
        "Bookable online": "Visible",
        "Shortest booking (hours)": "MinBookingLength",
        "Longest booking (hours)": "MaxBookingLength",
        "Turnaround time (mins)": "IntervalLimit",
        "Cancellation notice (h)": "LateCancellationLimit",
        "Hours of access": "TimeSlots",
        "Dry-wipe board": "WhiteBoard",
        "Aircon": "AirConditioning",
        "Wi-Fi": "Internet",
        "TV screen": "DisplayScreen",
        "Video conf kit": "VideoConferencing",
        "Daylight": "NaturalLight",
        "Tea & coffee making": "TeaAndCoffee",
        "Keyholder": "",
        "Carpet renewed": "",
    },
    choices={
        "Board room": "MeetingRoom",
        "Meeting rm": "MeetingRoom",
        "Phone pod": "PhoneBooth",
        "Hot seats": "HotDesk",
        "Snug": "",
        "Nest": "",
        "Orangery": "",
    },
    units={
        "MinBookingLength": "hours",
        "MaxBookingLength": "hours",
        "LateCancellationLimit": "hours",
    },
)

# A database dump of an American operator: snake case, true and false, minutes.
DUMP = Foreign(
    name="dump.csv",
    columns={
        "site_name": "BusinessName",
        "space_title": "Name",
        "space_type": "SystemResourceType",
        "pricing_tier": "ResourceTypeName",
        "seat_count": "Allocation",
        "list_order": "DisplayOrder",
        "zone": "GroupName",
        "long_description": "Description",
        "is_published": "Visible",
        "min_duration_mins": "MinBookingLength",
        "max_duration_mins": "MaxBookingLength",
        "buffer_minutes": "IntervalLimit",
        "max_days_ahead": "BookInAdvanceLimit",
        "min_notice_minutes": "LateBookingLimit",
        "cancel_window_hours": "LateCancellationLimit",
        "needs_approval": "RequiresConfirmation",
        "members_only": "OnlyForMembers",
        "has_hdtv": "LargeDisplay",
        "has_ac": "AirConditioning",
        "gps_lat": "Latitude",
        "gps_lng": "Longitude",
        "photo_url": "NewPictureUrl",
        "has_projector": "Projector",
        "has_conference_phone": "ConferencePhone",
        "door_vendor": "",
        "sq_ft": "",
    },
    choices={
        "conference_room": "MeetingRoom",
        "huddle_room": "MeetingRoom",
        "flex_desk": "HotDesk",
        "dedicated_suite": "PrivateOffice",
        "phone_booth": "PhoneBooth",
        "speakeasy": "",
        "mic_drop": "",
        "zoom_zoom": "",
    },
    units={"LateCancellationLimit": "hours"},
)

# A chain on the continent that writes English headers, ticks, and units in words.
CONTINENT = Foreign(
    name="kontinent.xlsx",
    columns={
        "Centre": "BusinessName",
        "Resource title": "Name",
        "Category": "SystemResourceType",
        "Price group": "ResourceTypeName",
        "Persons (max)": "Allocation",
        "Position": "DisplayOrder",
        "Area of the building": "GroupName",
        "Public text": "Description",
        "Shown to customers": "Visible",
        "Minimum rental period [min]": "MinBookingLength",
        "Maximum rental period [h]": "MaxBookingLength",
        "Cleaning break (min)": "IntervalLimit",
        "Advance booking (weeks)": "BookInAdvanceLimit",
        "Cancel free until (hours before)": "LateCancellationLimit",
        "Opening times": "TimeSlots",
        "Flipchart available": "FlipChart",
        "Beamer": "Projector",
        "Large screen": "LargeDisplay",
        "Sound insulation": "Soundproof",
        "Heated": "Heating",
        "Lockable": "SecurityLock",
        "Coffee": "TeaAndCoffee",
        "Approval by reception": "RequiresConfirmation",
        "Inventory no.": "",
        "m2": "",
    },
    choices={
        "Event hall": "EventSpace",
        "Meeting room": "MeetingRoom",
        "Conference": "MeetingRoom",
        "Flex desks": "HotDesk",
        "Team office": "PrivateOffice",
        "Telephone box": "PhoneBooth",
        "Makerei": "",
        "Kombuese": "",
        "Abstellung": "",
    },
    units={
        "MaxBookingLength": "hours",
        "BookInAdvanceLimit": "weeks",
        "LateCancellationLimit": "hours",
    },
)

SOURCES = (FACILITIES, DUMP, CONTINENT)
