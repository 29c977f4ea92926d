"""The Resource table: meeting rooms, desks, offices, booths and whatever else can be booked.

Data only. Names, required marks and choices follow the vendor's pages for create, update, get and
search; units are those of the API's pages, which differ from the vendor's own screens in places.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from pipeline.entities.every_record import RECORD, STAMPS, read_only
from pipeline.kinds import (
    ADDRESS,
    DAYS,
    DECIMAL,
    FLAG,
    ID,
    IDS,
    MOMENT,
    SLOTS,
    TEXT,
    WHOLE,
    choice,
    is_json,
    slot_key,
)
from pipeline.schema import Child, Entity, Field, Group, Overview, Remark, Rule

BASICS = Group("Basics", "1F4E79")
CAPACITY = Group("Capacity and visibility", "2E75B6")
LIMITS = Group("Booking limits", "548235")
CANCELLATION = Group("Cancellation", "9C5700")
ACCESS = Group("Who may book", "7030A0")
TIMES = Group("Opening times", "00736B")
AMENITIES = Group("Amenities", "806000")
PICTURE = Group("Picture and e-mail", "A6433F", rare=True)
MAP = Group("Place on the map", "3A6B8A", rare=True)
LINKS = Group("Calendars and access systems", "5B5B5B", rare=True)
LIST_CHANGES = Group("Changes to lists", "6A4C93", rare=True)

RESOURCE_TYPE = choice(
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
)
NO_FEE, ABSOLUTE, PERCENTAGE = 0, 1, 2
FEE_TYPE = choice((NO_FEE, "None"), (ABSOLUTE, "Absolute"), (PERCENTAGE, "Percentage"))

amenity = partial(Field, kind=FLAG, group=AMENITIES)
minutes = partial(Field, kind=WHOLE, unit="minutes", least=0, range_filter=True)
linked = partial(Field, kind=IDS, group=ACCESS, exact_filter=False)
list_change = partial(
    Field,
    kind=IDS,
    group=LIST_CHANGES,
    on_create=False,
    on_read=False,
    exact_filter=False,
)

FIELDS = (
    Field(
        "Id",
        ID,
        RECORD,
        "The record's own number. Leave it blank for a new resource; an export fills it in.",
        on_create=False,
        exact_filter=False,
        key=True,
        least=1,
    ),
    # ---- basics
    Field(
        "BusinessId",
        ID,
        BASICS,
        "The location the resource belongs to: its number or its name.",
        required=True,
        link="Business",
        least=1,
    ),
    Field(
        "BusinessName",
        TEXT,
        BASICS,
        "The location's name. May be given instead of BusinessId.",
        on_create=False,
        on_update=False,
        names="BusinessId",
        title="Location",
    ),
    Field(
        "Name", TEXT, BASICS, "What people see when they book, such as Room Cedar.", required=True
    ),
    Field(
        "SystemResourceType",
        RESOURCE_TYPE,
        BASICS,
        "The built-in category. There is none for parking: use Other.",
        required=True,
        title="Category",
    ),
    Field(
        "ResourceTypeId",
        ID,
        BASICS,
        "The account's own type, by number or name. Booking rates depend on it: without, no price.",
        required=True,
        link="ResourceType",
        least=1,
    ),
    Field(
        "ResourceTypeName",
        TEXT,
        BASICS,
        "The type's name. May be given instead of ResourceTypeId.",
        on_create=False,
        on_update=False,
        names="ResourceTypeId",
        title="Type",
    ),
    Field(
        "DisplayOrder",
        WHOLE,
        BASICS,
        "The place in lists, lowest first. Steps of 10 leave room for later.",
        required=True,
        range_filter=True,
    ),
    Field(
        "GroupName", TEXT, BASICS, "A heading under which resources are listed, such as Floor 2."
    ),
    Field("Description", TEXT, BASICS, "What visitors read about the resource. HTML is allowed."),
    # ---- capacity and visibility
    Field(
        "Visible",
        FLAG,
        CAPACITY,
        "Whether customers see and can book it. Blank on a new resource means hidden.",
    ),
    Field(
        "Allocation",
        WHOLE,
        CAPACITY,
        "Seats, or bookings at once.",
        least=0,
        range_filter=True,
        title="Capacity",
    ),
    Field(
        "AllowMultipleBookings",
        FLAG,
        CAPACITY,
        "Whether bookings may overlap, up to Allocation.",
    ),
    Field(
        "LimitVisitorsToAllocation",
        FLAG,
        CAPACITY,
        "Whether a booking may have no more visitors than Allocation.",
    ),
    Field(
        "RequiresConfirmation", FLAG, CAPACITY, "Whether an administrator confirms each booking."
    ),
    Field("HideInCalendar", FLAG, CAPACITY, "Whether it is left out of the calendar view."),
    Field(
        "Archived",
        FLAG,
        CAPACITY,
        "Whether it is put away: shown nowhere, not bookable.",
        archives=True,
    ),
    # ---- booking limits
    minutes("MinBookingLength", group=LIMITS, help="The shortest booking."),
    minutes("MaxBookingLength", group=LIMITS, help="The longest booking."),
    Field(
        "BookInAdvanceLimit",
        DECIMAL,
        LIMITS,
        "How far ahead a booking may be made. Blank means no limit.",
        unit="days (says the API)",
        least=0,
        range_filter=True,
    ),
    Field(
        "LateBookingLimit",
        DECIMAL,
        LIMITS,
        "How long before its start a booking must be made.",
        unit="minutes (says the API)",
        least=0,
        range_filter=True,
    ),
    minutes("IntervalLimit", group=LIMITS, help="Time kept free between two bookings."),
    minutes("NoReturnPolicy", group=LIMITS, help="Wait before the same person may book it again."),
    minutes(
        "NoReturnPolicyAllResources",
        group=LIMITS,
        help="Wait before the same person may book any resource.",
    ),
    minutes("NoReturnPolicyAllUsers", group=LIMITS, help="Wait before anybody may book it again."),
    Field(
        "RepeatBookingQuantityLimit",
        WHOLE,
        LIMITS,
        "How many bookings a series may have.",
        least=0,
        range_filter=True,
    ),
    Field(
        "RepeatBookingPeriodLimitInMonths",
        WHOLE,
        LIMITS,
        "How long a series may run.",
        unit="months",
        least=0,
        range_filter=True,
    ),
    # ---- cancellation
    Field(
        "CancellationFeeType",
        FEE_TYPE,
        CANCELLATION,
        "How a late cancellation is charged: a fixed amount, a share of the price, or not at all.",
        required=True,
    ),
    Field("ChargeCancellationFee", FLAG, CANCELLATION, "Whether late cancellations cost a fee."),
    Field(
        "CancellationFeeAmount",
        DECIMAL,
        CANCELLATION,
        "The fee, where the type is Absolute.",
        unit="the location's currency",
        least=0,
        range_filter=True,
    ),
    Field(
        "CancellationFeePercentage",
        DECIMAL,
        CANCELLATION,
        "The fee, where the type is Percentage.",
        unit="percent of the booking's price",
        least=0,
        most=100,
        range_filter=True,
    ),
    minutes(
        "LateCancellationLimit",
        group=CANCELLATION,
        help="How long before the start a cancellation counts as late.",
    ),
    Field(
        "CancellationFeeProductId",
        ID,
        CANCELLATION,
        "The product that the fee is billed as, by number or name.",
        link="Product",
        least=1,
    ),
    Field(
        "CancellationFeeProductName",
        TEXT,
        CANCELLATION,
        "The fee product's name. May be given instead of CancellationFeeProductId.",
        on_create=False,
        on_update=False,
        names="CancellationFeeProductId",
    ),
    # ---- who may book
    Field("OnlyForMembers", FLAG, ACCESS, "Only customers with a plan may book."),
    Field("OnlyForContacts", FLAG, ACCESS, "Only customers without a plan may book."),
    Field(
        "OnlyForInvoicingBusiness",
        FLAG,
        ACCESS,
        "Only customers who are invoiced by this location may book.",
    ),
    linked(
        "Tariffs", link="Tariff", help="Plan restriction: only customers on these plans may book."
    ),
    linked("Teams", link="Team", help="Only members of these teams may book."),
    linked(
        "LinkedResources",
        link="Resource",
        help="Resources that are blocked while this one is booked.",
    ),
    # ---- opening times
    Field(
        "TimeSlots",
        SLOTS,
        TIMES,
        "When it can be booked, such as Mon-Fri 09:00-18:00; Sat 10:00-14:00. Blank means always.",
        on_read=False,
        exact_filter=False,
    ),
    linked(
        "BookingAvailabilityExceptions",
        group=TIMES,
        link="BookingAvailabilityException",
        help="Closed days and other exceptions.",
    ),
    Field("Shifts", TEXT, TIMES, "Shifts, as the JSON text that the service uses."),
    # ---- amenities
    amenity("AirConditioning", help="Has air conditioning."),
    amenity("Catering", help="Catering can be ordered."),
    amenity("CCTV", help="Is covered by cameras."),
    amenity("ConferencePhone", help="Has a conference phone."),
    amenity("DesktopMonitor", help="Has a desktop monitor."),
    amenity("DisplayScreen", help="Has a display screen."),
    amenity("Drinks", help="Drinks are at hand."),
    amenity("DualDisplayScreen", help="Has two display screens."),
    amenity("FlipChart", help="Has a flip chart."),
    amenity("Heating", help="Has heating."),
    amenity("Internet", help="Has internet access."),
    amenity("LargeDisplay", help="Has a large display."),
    amenity("NaturalLight", help="Has daylight."),
    amenity("PaSystem", title="PA system", help="Has loudspeakers for addressing a room."),
    amenity("PrivacyScreen", help="Has a privacy screen."),
    amenity("Projector", help="Has a projector."),
    amenity("QuietZone", help="Lies in a quiet zone."),
    amenity("SecureStorage", help="Has storage that can be locked."),
    amenity("SecurityLock", help="Has a security lock."),
    amenity("Soundproof", help="Is soundproof."),
    amenity("StandardPhone", help="Has an ordinary phone."),
    amenity("StandingDesk", help="Has a standing desk."),
    amenity("TeaAndCoffee", help="Tea and coffee are at hand."),
    amenity("VideoConferencing", help="Has video conferencing equipment."),
    amenity("VoiceRecorder", help="Has a voice recorder."),
    amenity("WhiteBoard", title="Whiteboard", help="Has a whiteboard."),
    amenity("WirelessCharger", help="Has a wireless charger."),
    amenity("WirelessPresentation", help="Can show a laptop's screen without a cable."),
    # ---- picture and e-mail
    Field(
        "NewPictureUrl",
        ADDRESS,
        PICTURE,
        "A public address from which the service takes a new picture (at most 10 MB).",
    ),
    Field("ClearPictureFile", FLAG, PICTURE, "Yes removes the present picture."),
    read_only("PictureFileName", TEXT, group=PICTURE, help="The present picture's file name."),
    Field(
        "EmailConfirmationContent",
        TEXT,
        PICTURE,
        "Text or HTML added to the e-mail that confirms a booking.",
    ),
    # ---- place on the map
    Field(
        "Latitude",
        DECIMAL,
        MAP,
        "Degrees north of the equator.",
        unit="degrees",
        least=-90,
        most=90,
        unset=0.0,
        range_filter=True,
    ),
    Field(
        "Longitude",
        DECIMAL,
        MAP,
        "Degrees east of Greenwich.",
        unit="degrees",
        least=-180,
        most=180,
        unset=0.0,
        range_filter=True,
    ),
    # ---- calendars and access systems
    Field("GoogleCalendarId", TEXT, LINKS, "The Google calendar that is kept in step."),
    Field("Office365CalendarId", TEXT, LINKS, "The Office 365 calendar that is kept in step."),
    Field("KisiGroupId", TEXT, LINKS, "The Kisi group that opens its door."),
    Field("AccessControlGroupId", TEXT, LINKS, "The access control group that opens its door."),
    read_only(
        "AccessControlGroupIds", TEXT, group=LINKS, help="All access control groups, as text."
    ),
    Field("UseSharedZoomAccount", FLAG, LINKS, "Whether meetings use the location's Zoom account."),
    Field("ZoomUserId", TEXT, LINKS, "The Zoom user who hosts meetings otherwise."),
    Field("ZoomAccessToken", TEXT, LINKS, "Kept as it is, never shown.", secret=True),
    Field("ZoomRefreshToken", TEXT, LINKS, "Kept as it is, never shown.", secret=True),
    Field(
        "LastCleanedAt",
        MOMENT,
        LINKS,
        "When it was last cleaned.",
        range_filter=True,
    ),
    Field(
        "LinkedResourceIds",
        TEXT,
        LINKS,
        "LinkedResources once more, as text. Change LinkedResources instead.",
        view_of="LinkedResources",
    ),
    # ---- changes to lists
    list_change("AddedTariffs", adds_to="Tariffs", link="Tariff", help="Plans to add."),
    list_change("RemovedTariffs", takes_from="Tariffs", link="Tariff", help="Plans to take away."),
    list_change("AddedTeams", adds_to="Teams", link="Team", help="Teams to add."),
    list_change("RemovedTeams", takes_from="Teams", link="Team", help="Teams to take away."),
    list_change(
        "AddedLinkedResources", adds_to="LinkedResources", link="Resource", help="Resources to add."
    ),
    list_change(
        "RemovedLinkedResources",
        takes_from="LinkedResources",
        link="Resource",
        help="Resources to take away.",
    ),
    list_change(
        "AddedBookingAvailabilityExceptions",
        adds_to="BookingAvailabilityExceptions",
        link="BookingAvailabilityException",
        help="Exceptions to add.",
    ),
    list_change(
        "RemovedBookingAvailabilityExceptions",
        takes_from="BookingAvailabilityExceptions",
        link="BookingAvailabilityException",
        help="Exceptions to take away.",
    ),
    # ---- set by the service
    read_only("SensorLastValue", TEXT, live=True, help="What an occupancy sensor said last."),
    read_only(
        "IsSensorOccupied", FLAG, live=True, help="Whether that sensor reports somebody there."
    ),
    *STAMPS,
)


def _fee_without_type(charged: bool | None, fee_type: int | None) -> str | None:
    return "a fee is charged, but its type is None." if charged and not fee_type else None


def _fee_without_size(
    fee_type: int, words: str
) -> Any:  # returns the rule's check for one type of fee
    def finds(charged: bool | None, actual: int | None, size: float | None) -> str | None:
        return (
            f"a fee is charged, but {words} is blank."
            if charged and actual == fee_type and size is None
            else None
        )

    return finds


def _fee_ignored(fee_type: int, name: str) -> Any:
    def finds(size: float | None, actual: int | None) -> str | None:
        if not size or actual is None or actual == fee_type:
            return None
        return f"the value is ignored: it counts only where CancellationFeeType is {name}."

    return finds


def _min_above_max(least: int | None, most: int | None) -> str | None:
    if least is None or most is None or least <= most:
        return None
    return f"'{least}' is more than MaxBookingLength, '{most}'."


def _half_a_place(latitude: float | None, longitude: float | None) -> str | None:
    if (latitude is None) == (longitude is None):
        return None
    blank = "Latitude" if latitude is None else "Longitude"
    return f"{blank} is blank, but the other coordinate is not."


def _needs_allocation(wanted: bool | None, allocation: int | None) -> str | None:
    return "is Yes, but Allocation is blank." if wanted and not allocation else None


def _nobody_left(members: bool | None, contacts: bool | None) -> str | None:
    return "with OnlyForContacts nobody is left who may book." if members and contacts else None


def _not_json(shifts: str | None) -> str | None:
    return "the text is not JSON." if shifts and not is_json(shifts) else None


def _picture_both_ways(address: str | None, clear: bool | None) -> str | None:
    return "a new picture is given, and ClearPictureFile is Yes." if address and clear else None


def _bad_slots(slots: list[dict[str, Any]] | None) -> str | None:
    keys = sorted(map(slot_key, slots or ()))
    for day, start, end in keys:
        if end <= start:
            return f"'{DAYS[day][:3]} {start}-{end}' ends before it begins."
    for (day, start, end), (next_day, next_start, next_end) in pairwise(keys):
        if day == next_day and next_start < end:
            return f"'{DAYS[day][:3]} {start}-{end}' and '{next_start}-{next_end}' overlap."
    return None


def _hidden(visible: bool | None) -> str | None:
    return "is blank: the new resource will be hidden." if visible is None else None


def _list_rules(name: str) -> tuple[Rule, ...]:
    added, removed = f"Added{name}", f"Removed{name}"

    def replaced_and_changed(
        whole: list[int] | None, more: list[int] | None, less: list[int] | None
    ) -> str | None:
        if whole is None or (more is None and less is None):
            return None
        return f"{added if more is not None else removed} is filled in too."

    def both_ways(more: list[int] | None, less: list[int] | None) -> str | None:
        both = [each for each in more or () if each in (less or ())]
        return f"'{both[0]}' is both added and removed." if both else None

    return (
        Rule(
            "list_replaced_and_changed",
            name,
            (name, added, removed),
            replaced_and_changed,
            f"{name} replaces the whole list, {added} and {removed} change it: use one way.",
            on_sheet=True,
        ),
        Rule(
            "added_and_removed",
            added,
            (added, removed),
            both_ways,
            "Keep it in one of the two.",
            on_sheet=True,
        ),
    )


RULES = (
    Rule(
        "fee_without_type",
        "CancellationFeeType",
        ("ChargeCancellationFee", "CancellationFeeType"),
        _fee_without_type,
        "Choose Absolute or Percentage, or write No under ChargeCancellationFee.",
    ),
    Rule(
        "fee_without_amount",
        "CancellationFeeAmount",
        ("ChargeCancellationFee", "CancellationFeeType", "CancellationFeeAmount"),
        _fee_without_size(ABSOLUTE, "the amount"),
        "Fill it in, or write No under ChargeCancellationFee.",
    ),
    Rule(
        "fee_without_percentage",
        "CancellationFeePercentage",
        ("ChargeCancellationFee", "CancellationFeeType", "CancellationFeePercentage"),
        _fee_without_size(PERCENTAGE, "the percentage"),
        "Fill it in, or write No under ChargeCancellationFee.",
    ),
    Rule(
        "fee_amount_ignored",
        "CancellationFeeAmount",
        ("CancellationFeeAmount", "CancellationFeeType"),
        _fee_ignored(ABSOLUTE, "Absolute"),
        "Change the type, or clear the amount.",
        severity="warning",
    ),
    Rule(
        "fee_percentage_ignored",
        "CancellationFeePercentage",
        ("CancellationFeePercentage", "CancellationFeeType"),
        _fee_ignored(PERCENTAGE, "Percentage"),
        "Change the type, or clear the percentage.",
        severity="warning",
    ),
    Rule(
        "min_above_max",
        "MinBookingLength",
        ("MinBookingLength", "MaxBookingLength"),
        _min_above_max,
        "Make it smaller, or MaxBookingLength larger.",
    ),
    Rule(
        "half_a_place",
        "Latitude",
        ("Latitude", "Longitude"),
        _half_a_place,
        "Give both coordinates, or none.",
    ),
    Rule(
        "visitors_without_allocation",
        "LimitVisitorsToAllocation",
        ("LimitVisitorsToAllocation", "Allocation"),
        _needs_allocation,
        "Fill in Allocation, or write No.",
    ),
    Rule(
        "overlaps_without_allocation",
        "AllowMultipleBookings",
        ("AllowMultipleBookings", "Allocation"),
        _needs_allocation,
        "Fill in Allocation, or write No.",
    ),
    Rule(
        "nobody_left",
        "OnlyForMembers",
        ("OnlyForMembers", "OnlyForContacts"),
        _nobody_left,
        "Write No under one of the two.",
    ),
    Rule(
        "shifts_not_json",
        "Shifts",
        ("Shifts",),
        _not_json,
        "Copy it from a resource that has shifts, or leave it blank.",
    ),
    Rule(
        "picture_both_ways",
        "NewPictureUrl",
        ("NewPictureUrl", "ClearPictureFile"),
        _picture_both_ways,
        "Use one of the two: a new picture replaces the present one anyway.",
        on_sheet=True,
    ),
    Rule(
        "bad_slots",
        "TimeSlots",
        ("TimeSlots",),
        _bad_slots,
        "On each day, times run from early to late and do not overlap; a day ends at 23:59.",
    ),
    *_list_rules("Tariffs"),
    *_list_rules("Teams"),
    *_list_rules("LinkedResources"),
    *_list_rules("BookingAvailabilityExceptions"),
    Rule(
        "will_be_hidden",
        "Visible",
        ("Visible",),
        _hidden,
        "Write Yes to show it, or No to be rid of this warning.",
        severity="warning",
        only_new=True,
    ),
)

OVERVIEW = Overview(
    totals=("BusinessName", "ResourceTypeName", "SystemResourceType"),
    capacity="Allocation",
    coverage=AMENITIES,
    remarks=(
        Remark("Archived: shown nowhere, cannot be booked", ("Archived",), bool),
        Remark(
            "Hidden: customers do not see it",
            ("Visible", "Archived"),
            lambda visible, archived: not visible and not archived,
        ),
        Remark(
            "Left out of the calendar",
            ("HideInCalendar", "Archived"),
            lambda hidden, archived: bool(hidden) and not archived,
        ),
        Remark(
            "Cannot be booked: the shortest booking is longer than the longest",
            ("MinBookingLength", "MaxBookingLength"),
            lambda least, most: bool(least and most and least > most),
        ),
        Remark(
            "Cannot be booked: nobody is left who may",
            ("OnlyForMembers", "OnlyForContacts"),
            lambda members, contacts: bool(members and contacts),
        ),
    ),
)

TIME_SLOTS = Child(
    field="TimeSlots",
    read_name="Timeslots",
    path="spaces/resourcetimeslots",
    filter_name="ResourceTimeSlot_Resource",
    parent="ResourceId",
    columns=(("DayOfWeek", "DayOfWeek"), ("FromTime", "FromTime"), ("ToTime", "ToTime")),
)

RESOURCE = Entity(
    name="Resource",
    noun="resource",
    nouns="resources",
    sheet="Resources",
    path="spaces/resources",
    key=("BusinessId", "Name"),
    role="Resource",
    fields=FIELDS,
    overview=OVERVIEW,
    children=(TIME_SLOTS,),
    rules=RULES,
    screen_keys=frozenset(
        ("ToStringText", "LocalizationDetails", "CustomFields", "ShiftList", "LowBits", "HighBits")
    ),
)
