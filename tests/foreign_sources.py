"""Three operators' files, written before any alias was: 20 renamed columns, 3 strange choices each.

`COLUMNS` says what a person would answer for each header ("" = it has no home). `CHOICES` are the
values of the column of categories: what they mean, or "" where nobody could know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Foreign:
    """A file as text (cells parted by `|`), and the answers a person would give."""

    name: str
    table: str
    columns: Mapping[str, str]
    choices: Mapping[str, str]
    units: Mapping[str, str]


# A facilities team's list in the United Kingdom: a title, x marks, hours, a rate card.
FACILITIES = Foreign(
    name="facilities.xlsx",
    table="""
Harbour Quarter Group - room schedule 2026
Prepared by facilities, please do not sort
Building|Room name|Kind of space|Rate card|Max. occupancy|Sort position|Storey|Blurb|Bookable online|Shortest booking (hours)|Longest booking (hours)|Turnaround time (mins)|Cancellation notice (h)|Hours of access|Dry-wipe board|Aircon|Wi-Fi|TV screen|Video conf kit|Daylight|Tea & coffee making|Keyholder|Carpet renewed
Harbour House|Cedar|Board room|Gold|12|10|2nd floor|Oak table, river view|Yes|1|8|15|24|Mon-Fri 08:00-18:00|x|x|x|x|x|x|x|Dee|2019
Harbour House|Maple|Meeting rm|Silver|6|20|2nd floor|Bright corner room|Yes|0.5|8|15|24|Mon-Fri 08:00-18:00|x||x|x||x||Dee|2021
Harbour House|Pod 1|Phone pod|Bronze|1|30|Ground|For calls|Yes|0.25|2|0|1|Mon-Sun 00:00-23:59|||x|||||Sam|2021
Quay Works|Bench A|Hot seats|Day rate|18|40|1st floor|Open plan bench|Yes|4|10|0|24|Mon-Fri 08:00-18:00||x|x|||x|x|Sam|2018
Quay Works|Snug|Snug|Silver|3|50|1st floor|Two sofas|No|1|4|15|24|Mon-Fri 08:00-18:00|||x|x||||Sam|2018
Quay Works|Nest|Nest|Silver|2|60|1st floor|One sofa|No|1|4|15|24|Mon-Fri 08:00-18:00|||x|||||Sam|2018
Quay Works|Glasshouse|Orangery|Gold|60|70|Roof|Receptions|Yes|4|12|60|72|Mon-Sat 10:00-22:00||x|x|||x|x|Dee|2022
""",
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
    table="""
site_name|space_title|space_type|pricing_tier|seat_count|list_order|zone|long_description|is_published|min_duration_mins|max_duration_mins|buffer_minutes|max_days_ahead|min_notice_minutes|cancel_window_hours|needs_approval|members_only|has_projector|has_hdtv|has_conference_phone|has_ac|gps_lat|gps_lng|photo_url|door_vendor|sq_ft
Pearl Street|Aspen|conference_room|CR-10|10|1|North|Ten seats|true|30|480|10|90|15|24|false|false|true|true|true|true|39.74|-104.98|https://img.example/aspen.jpg|Brivo|210
Pearl Street|Birch|huddle_room|CR-4|4|2|North|Four seats|true|30|240|10|90|15|24|false|false|false|true|false|true|39.74|-104.98|https://img.example/birch.jpg|Brivo|95
Pearl Street|Flex area|flex_desk|HD|24|3|South|Any seat|true|60|600|0|30|0|2|false|true|false|false|false|true|39.74|-104.98|https://img.example/flex.jpg|Brivo|900
Wynkoop|Suite 201|dedicated_suite|PO-6|6|4|East|Six people|true|1440|44640|0|180|1440|48|true|false|false|false|false|true|39.75|-105|https://img.example/201.jpg|Kisi|310
Wynkoop|Booth 1|phone_booth|PB|1|5|East|Calls|true|15|60|0|7|0|1|false|false|false|false|false|false|39.75|-105|https://img.example/b1.jpg|Kisi|16
Wynkoop|The Vault|speakeasy|EV|45|6|East|Parties|true|120|720|60|180|1440|72|true|false|true|true|false|true|39.75|-105|https://img.example/vault.jpg|Kisi|1100
Wynkoop|Mic Room|mic_drop|PD|2|7|East|Podcasts|true|60|240|15|60|60|24|false|false|false|false|false|true|39.75|-105|https://img.example/mic.jpg|Kisi|80
Wynkoop|Rover|zoom_zoom|CAR|4|8|Garage|Our car|false|60|1440|30|14|120|24|true|true|false|false|false|true|39.75|-105|https://img.example/rover.jpg|None|0
""",
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
    table="""
Centre|Resource title|Category|Price group|Persons (max)|Position|Area of the building|Public text|Shown to customers|Minimum rental period [min]|Maximum rental period [h]|Cleaning break (min)|Advance booking (weeks)|Cancel free until (hours before)|Opening times|Flipchart available|Beamer|Large screen|Sound insulation|Heated|Lockable|Coffee|Approval by reception|Inventory no.|m2
Mitte|Saal Linden|Event hall|Saal|80|1|Vorderhaus|Grosser Saal|yes|240|12|60|26|72|Mon-Sun 08:00-23:00|yes|yes|yes|no|yes|yes|yes|yes|A-100|140
Mitte|Raum Spree|Meeting room|Raum M|8|2|Vorderhaus|Acht Plaetze|yes|60|10|15|12|24|Mon-Fri 08:00-20:00|yes|no|yes|yes|yes|no|yes|no|A-101|28
Mitte|Raum Havel|Conference|Raum M|10|3|Vorderhaus|Zehn Plaetze|yes|60|10|15|12|24|Mon-Fri 08:00-20:00|yes|yes|no|yes|yes|no|yes|no|A-102|31
Kreuzberg|Flexplatz|Flex desks|Flex|30|4|Hof|Freie Platzwahl|yes|60|14|0|4|1|Mon-Fri 08:00-20:00|no|no|no|no|yes|no|yes|no|K-200|150
Kreuzberg|Team 4|Team office|Team|4|5|Hof|Vier Plaetze|no|1440|744|0|26|72|Mon-Sun 00:00-23:59|no|no|no|yes|yes|yes|no|yes|K-201|22
Kreuzberg|Box 1|Telephone box|Box|1|6|Hof|Telefonieren|yes|15|2|0|1|1|Mon-Sun 00:00-23:59|no|no|no|yes|no|no|no|no|K-202|2
Kreuzberg|Werkstatt|Makerei|Werk|12|7|Hof|Holz und Metall|yes|120|8|30|8|48|Mon-Fri 10:00-22:00|no|no|no|no|yes|yes|no|yes|K-203|90
Kreuzberg|Kombuese|Kombuese|Koch|6|8|Hof|Kochen|yes|120|6|30|8|48|Mon-Fri 10:00-22:00|no|no|no|no|yes|no|yes|yes|K-204|25
Kreuzberg|Stellplatz|Abstellung|Auto|1|9|Hof|Parken|yes|60|24|0|4|1|Mon-Sun 00:00-23:59|no|no|no|no|no|yes|no|no|K-205|12
""",
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
