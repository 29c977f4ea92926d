"""The Resource table: meeting rooms, desks, offices, booths and whatever else can be booked.

Data only. Names, required marks and choices follow the vendor's pages for create, update, get and
search; units are those of the API's pages, which differ from the vendor's own screens in places.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from pipeline.entities.called import LOCATION_NAMES, LOCATION_NUMBERS, called
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
    (0, "None", *called("Uncategorised; Uncategorized; Unspecified; No category")),
    (
        1,
        "MeetingRoom",
        *called(
            "Meeting; Meeting space; Conference; Conference room; Boardroom; Huddle; "
            "Huddle room; Huddle space; Training room; Classroom; Seminar room; "
            "Interview room; Workshop room; Breakout room; Syndicate room; Project "
            "room; War room; Collaboration room; Video conference room; VC room"
        ),
    ),
    (
        2,
        "HotDesk",
        *called(
            "Desk; Flex desk; Flexi desk; Flexible desk; Flex; Flex space; Shared "
            "desk; Open desk; Hot seat; Hot desking; Hot desk area; Desk area; "
            "Coworking; Coworking desk; Coworking seat; Coworking space; Coworking "
            "area; Drop-in desk; Touchdown; Touchdown desk; Workstation; Open plan; "
            "Open plan desk; Bench desk"
        ),
    ),
    (
        3,
        "PrivateOffice",
        *called(
            "Office; Office suite; Office space; Suite; Private suite; Private room; "
            "Team office; Team room; Team suite; Dedicated office; Dedicated suite; "
            "Day office; Serviced office; Managed office; Executive office; Closed "
            "office; Single office; Enclosed office"
        ),
    ),
    (
        4,
        "EventSpace",
        *called(
            "Event; Event hall; Event room; Event venue; Events; Hall; Function room; "
            "Function space; Auditorium; Ballroom; Banquet hall; Conference hall; "
            "Lecture hall; Lecture theatre; Theatre; Theater; Roof terrace; Terrace; "
            "Rooftop; Gallery; Exhibition space"
        ),
    ),
    (5, "Lab", *called("Laboratory; Lab space; Lab bench; Wet lab; Dry lab; Research lab")),
    (
        6,
        "Kitchen",
        *called(
            "Kitchenette; Commercial kitchen; Test kitchen; Teaching kitchen; Demo "
            "kitchen; Prep kitchen; Dark kitchen; Ghost kitchen; Kitchen unit"
        ),
    ),
    (
        7,
        "TreatmentRoom",
        *called(
            "Treatment; Therapy; Therapy room; Massage room; Consulting room; "
            "Consultation room; Clinic room; Medical room; Wellness room; Counselling "
            "room; Counseling room; Beauty room; Exam room"
        ),
    ),
    (
        9,
        "StorageUnit",
        *called(
            "Storage; Storage room; Storage space; Storage locker; Store room; Self "
            "storage; Locker; Storage cage; Warehouse"
        ),
    ),
    (
        10,
        "Machine",
        *called(
            "Equipment; Machinery; Tool; Printer; 3D printer; Laser cutter; CNC; CNC "
            "machine; Sewing machine"
        ),
    ),
    (
        11,
        "DayPass",
        *called(
            "Day ticket; Daily pass; Pass; Visitor pass; Guest pass; Drop-in; Drop-in "
            "pass; Day membership"
        ),
    ),
    (
        12,
        "PhoneBooth",
        *called(
            "Phone box; Phone pod; Phone room; Phone cabin; Telephone booth; "
            "Telephone box; Call booth; Call box; Call pod; Call room; Pod; Booth; "
            "Quiet pod; Focus pod; Focus booth; Acoustic pod; Privacy booth; Privacy "
            "pod; Silent booth; Video booth; Zoom booth; Solo booth"
        ),
    ),
    (
        99,
        "Other",
        *called(
            "Miscellaneous; Misc; Various; Parking; Parking space; Parking bay; "
            "Parking spot; Car park; Vehicle; Car; Bike; Bicycle"
        ),
    ),
)
NO_FEE, ABSOLUTE, PERCENTAGE = 0, 1, 2
FEE_TYPE = choice(
    (NO_FEE, "None", *called("No fee; No charge; Free; No")),
    (ABSOLUTE, "Absolute", *called("Fixed; Fixed amount; Fixed fee; Flat; Flat fee; Amount")),
    (PERCENTAGE, "Percentage", *called("Percent; Pct; Share; Share of price")),
)

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
        aliases=called(
            "Resource ID; Room ID; Space ID; Desk ID; Record ID; Asset ID; External "
            "ID; Reference; Ref; Reference number; Code; Room code; Resource code; "
            "Inventory number; Asset number; Asset tag; UUID; GUID"
        ),
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
        aliases=LOCATION_NUMBERS,
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
        aliases=LOCATION_NAMES,
    ),
    Field(
        "Name",
        TEXT,
        BASICS,
        "What people see when they book, such as Room Cedar.",
        required=True,
        aliases=called(
            "Asset label; Asset title; Space label; Resource label; Resource title; Room; Room "
            "name; Resource; Resource name; Space; Space name; Title; Label; Display name; Desk; "
            "Desk name; Unit; Unit name; Workspace; Meeting room; Room number; Office number; Desk "
            "number; Asset; Asset name; Item; Listing; Bookable space; Called; Room label; Meeting "
            "room name; Office name; Room title; Space title; Name of room"
        ),
    ),
    Field(
        "SystemResourceType",
        RESOURCE_TYPE,
        BASICS,
        "The built-in category. There is none for parking: use Other.",
        required=True,
        title="Category",
        aliases=called(
            "Type; Room type; Space type; Resource type; Room category; Kind; Kind of "
            "space; Type of space; Workspace type; Asset type; Class; Use; Usage; "
            "Function; Purpose"
        ),
    ),
    Field(
        "ResourceTypeId",
        ID,
        BASICS,
        "The account's own type, by number or name. Booking rates depend on it: without, no price.",
        required=True,
        link="ResourceType",
        least=1,
        aliases=called("Type ID; Rate card ID; Price group ID"),
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
        aliases=called(
            "Charge group; Charge category; Billing group; Billing band; Price plan; Pricing "
            "category; Pricing group; Tariff category; Tariff class; Rate class; Rate tier; Type "
            "name; Rate card; Rate card name; Rate plan; Rate; Rate name; Rate type; Rate code; "
            "Rate band; Rate group; Price group; Price band; Price class; Price category; Price "
            "list; Price tier; Price type; Pricing; Pricing tier; Tier; Product; Product type; "
            "Product name; Billing category; Billing type; Subtype; Charge band; Tariff group; "
            "Tariff band; Tariff name; Tariff type; Type of rate; Rates; Rate category; Price "
            "level; Rate level; Price name"
        ),
    ),
    Field(
        "DisplayOrder",
        WHOLE,
        BASICS,
        "The place in lists, lowest first. Steps of 10 leave room for later.",
        required=True,
        range_filter=True,
        aliases=called(
            "Running order; Order; Sort order; Sort; Sorting; Sort position; Sort index; Position; "
            "Sequence; Sequence number; Rank; Ranking; List order; List position; "
            "Display position; Display sequence; Order in list; Index; Priority; "
            "Listing order; Order number; Sort number; Sort key"
        ),
        counts_by=10,
    ),
    Field(
        "GroupName",
        TEXT,
        BASICS,
        "A heading under which resources are listed, such as Floor 2.",
        aliases=called(
            "Group; Floor; Floor name; Floor number; Level; Storey; Story; Zone; "
            "Area; Section; Wing; Room group; Neighbourhood; Neighborhood; Cluster; "
            "Building area; Part of building; Block"
        ),
    ),
    Field(
        "Description",
        TEXT,
        BASICS,
        "What visitors read about the resource. HTML is allowed.",
        aliases=called(
            "Notes for guests; Notes for customers; Notes for tenants; Brand description; Blurb; "
            "Details; About; Long description; Full description; Public description; Public text; "
            "Text; Summary; Copy; Marketing text; Marketing copy; Web text; Website text; Web "
            "copy; Overview; Information; Listing text; Short description; Brief description"
        ),
    ),
    # ---- capacity and visibility
    Field(
        "Visible",
        FLAG,
        CAPACITY,
        "Whether customers see and can book it. Blank on a new resource means hidden.",
        aliases=called(
            "Bookable online; Bookable; Can be booked; Published; Public; Online; "
            "Show; Shown; Shown to customers; Visible to customers; Visible to "
            "members; Visible online; Show online; Show on website; On website; "
            "Available online; Listed; Live; Active; Enabled; Privacy; Book online; "
            "Displayed; Customer facing"
        ),
        opposites=called("Hidden; Unlisted; Disabled; Inactive; Hidden from customers; Hide"),
        usual="Yes",  # rooms that nobody sees after a migration are found by customers
    ),
    Field(
        "Allocation",
        WHOLE,
        CAPACITY,
        "Seats, or bookings at once.",
        least=0,
        range_filter=True,
        title="Capacity",
        aliases=called(
            "Seats; Seating; Seating capacity; Pax; Max pax; Occupancy; Max "
            "occupancy; Max capacity; Places; Persons; Max persons; People; Max "
            "people; Number of people; Number of seats; Seat count; Number of places; "
            "Size (people); Headcount; Heads; Guests; Max guests; Attendees; Max "
            "attendees; Participants; Max participants; Delegates; Max delegates; "
            "Group size; Max group size; Workstations; Number of desks; Number of "
            "workstations; Desk count; Covers; Holds; Fits; Max seats; Capacity "
            "(people); Max number of people; Number of guests; Max number of guests; "
            "Seats available; Max attendance; Accommodates; How many people"
        ),
    ),
    Field(
        "AllowMultipleBookings",
        FLAG,
        CAPACITY,
        "Whether bookings may overlap, up to Allocation.",
        aliases=called(
            "Multiple bookings; Allow overlapping bookings; Overlapping bookings; "
            "Bookings may overlap; Allow overlap; Simultaneous bookings; Parallel "
            "bookings; Concurrent bookings; Double booking; Allow double booking; "
            "Shared; Shared use; Shared booking; Multi-booking; Overlap allowed"
        ),
    ),
    Field(
        "LimitVisitorsToAllocation",
        FLAG,
        CAPACITY,
        "Whether a booking may have no more visitors than Allocation.",
        aliases=called(
            "Limit visitors; Limit guests; Limit visitors to capacity; Limit guests "
            "to capacity; Enforce capacity; Cap visitors"
        ),
    ),
    Field(
        "RequiresConfirmation",
        FLAG,
        CAPACITY,
        "Whether an administrator confirms each booking.",
        aliases=called(
            "Manager approval; Centre approval; Host approval; Approval; Approval required; "
            "Approval needed; Needs approval; Requires approval; Approval by reception; Admin "
            "approval; Manual approval; Must be approved; Confirmation; Confirmation required; "
            "Needs confirmation; Manual confirmation; Confirm bookings; Request only; On request; "
            "Booking on request; Enquiry only; Requires permission; Moderated; Sign-off; Needs "
            "sign-off; Approver needed"
        ),
        opposites=called(
            "Instant booking; Book instantly; Instant confirmation; Auto approve; "
            "Automatic approval; Auto confirm; Auto accept; Automatic confirmation; "
            "Approved automatically"
        ),
    ),
    Field(
        "HideInCalendar",
        FLAG,
        CAPACITY,
        "Whether it is left out of the calendar view.",
        aliases=called(
            "Hide from calendar; Hidden in calendar; Hidden from calendar; Not in "
            "calendar; Exclude from calendar"
        ),
        opposites=called(
            "Show in calendar; Shown in calendar; In calendar; On calendar; Visible in calendar"
        ),
    ),
    Field(
        "Archived",
        FLAG,
        CAPACITY,
        "Whether it is put away: shown nowhere, not bookable.",
        archives=True,
        aliases=called(
            "Retired; Decommissioned; Discontinued; Obsolete; Out of service; "
            "Withdrawn; Closed down"
        ),
        opposites=called("In use; In service"),
    ),
    # ---- booking limits
    minutes(
        "MinBookingLength",
        group=LIMITS,
        help="The shortest booking.",
        aliases=called(
            "Min booking; Min booking time; Minimum duration; Min booking duration; "
            "Minimum stay; Minimum time; Minimum length; Minimum hire; Minimum hours; "
            "Minimum minutes; Minimum slot; Shortest booking; Minimum; Minimum "
            "meeting length; Minimum session; Minimum appointment"
        ),
    ),
    minutes(
        "MaxBookingLength",
        group=LIMITS,
        help="The longest booking.",
        aliases=called(
            "Max booking; Max booking time; Maximum duration; Max booking duration; "
            "Maximum stay; Maximum time; Maximum length; Maximum hire; Maximum hours; "
            "Maximum minutes; Maximum slot; Longest booking; Maximum; Maximum meeting "
            "length; Maximum session; Maximum appointment"
        ),
    ),
    Field(
        "BookInAdvanceLimit",
        DECIMAL,
        LIMITS,
        "How far ahead a booking may be made. Blank means no limit.",
        unit="days (says the API)",
        least=0,
        range_filter=True,
        aliases=called(
            "Book in advance; Advance booking; Advance booking limit; Max advance "
            "booking; Max advance; Booking window; Booking horizon; Days in advance; "
            "Days ahead; Max days ahead; Max days in advance; Advance days; Book "
            "ahead; Book ahead limit; Bookable in advance; How far ahead; Max lead "
            "time; Booking opens; Latest date ahead; Advance window; Advance limit; "
            "Can be booked ahead; Can be booked in advance; Furthest ahead; Max "
            "booking window; Advance booking period; Advance period"
        ),
    ),
    Field(
        "LateBookingLimit",
        DECIMAL,
        LIMITS,
        "How long before its start a booking must be made.",
        unit="minutes (says the API)",
        least=0,
        range_filter=True,
        aliases=called(
            "Minimum notice; Booking notice; Notice; Notice period; Notice required; "
            "Minimum booking notice; Short notice; Short notice limit; Last minute "
            "limit; Lead time; Booking lead time; Minimum lead time; Cut-off; Booking "
            "cut-off; Cut-off time; Booking deadline; Book by; Advance notice; "
            "Minimum advance notice; Late booking; Latest booking; Minimum advance "
            "booking; Notice needed; Latest notice; Notice before booking; Book "
            "before; Reserve before"
        ),
    ),
    minutes(
        "IntervalLimit",
        group=LIMITS,
        help="Time kept free between two bookings.",
        aliases=called(
            "Interval; Buffer; Buffer time; Buffer between bookings; Booking buffer; "
            "Turnaround; Turnaround time; Turnover time; Cleaning time; Cleaning "
            "break; Cleaning buffer; Gap; Gap between bookings; Time between "
            "bookings; Break between bookings; Interval between bookings; Minutes "
            "between bookings; Changeover; Changeover time; Reset time; Preparation "
            "time; Prep time; Padding; Gap after booking; Buffer after; Break; "
            "Cleaning gap; Setup buffer; Rest period; Rest time; Cleaning interval; "
            "Interval time"
        ),
    ),
    minutes(
        "NoReturnPolicy",
        group=LIMITS,
        help="Wait before the same person may book it again.",
        aliases=called(
            "No return; Cool-down; Cooling-off; Rebooking wait; Rebook after; Wait "
            "before rebooking; Time before rebooking; Cool-down per person; Cool-down "
            "per user; Rebooking interval; Rebooking limit"
        ),
    ),
    minutes(
        "NoReturnPolicyAllResources",
        group=LIMITS,
        help="Wait before the same person may book any resource.",
        aliases=called(
            "No return all resources; Cool-down all resources; Wait before booking any resource"
        ),
    ),
    minutes(
        "NoReturnPolicyAllUsers",
        group=LIMITS,
        help="Wait before anybody may book it again.",
        aliases=called("No return all users; Cool-down all users; Wait before anybody rebooks"),
    ),
    Field(
        "RepeatBookingQuantityLimit",
        WHOLE,
        LIMITS,
        "How many bookings a series may have.",
        least=0,
        range_filter=True,
        aliases=called(
            "Max repeats; Repeat limit; Repeats; Max repeat bookings; Max recurring "
            "bookings; Max recurrences; Recurrence limit; Max occurrences; Series "
            "limit; Max bookings in series; Number of repeats; Recurring bookings "
            "limit; Recurring limit"
        ),
    ),
    Field(
        "RepeatBookingPeriodLimitInMonths",
        WHOLE,
        LIMITS,
        "How long a series may run.",
        unit="months",
        least=0,
        range_filter=True,
        aliases=called(
            "Repeat period; Max repeat period; Repeat months; Max repeat months; "
            "Recurring months; Max recurring months; Recurrence period; Series "
            "length; Max series length; Max months in series; Repeat for months; "
            "Recurring period"
        ),
    ),
    # ---- cancellation
    Field(
        "CancellationFeeType",
        FEE_TYPE,
        CANCELLATION,
        "How a late cancellation is charged: a fixed amount, a share of the price, or not at all.",
        required=True,
        aliases=called(
            "Fee type; Fee kind; Kind of cancellation fee; Cancellation charge type; "
            "Penalty type; Cancellation penalty type; Late fee type; Fee basis"
        ),
        usual="None",
    ),
    Field(
        "ChargeCancellationFee",
        FLAG,
        CANCELLATION,
        "Whether late cancellations cost a fee.",
        aliases=called(
            "Charge for cancellation; Charge late cancellation; Charge for late "
            "cancellation; Cancellation charged; Late cancellation charged; "
            "Cancellation fee applies; Charge late fee; Cancellation chargeable"
        ),
    ),
    Field(
        "CancellationFeeAmount",
        DECIMAL,
        CANCELLATION,
        "The fee, where the type is Absolute.",
        unit="the location's currency",
        least=0,
        range_filter=True,
        aliases=called(
            "Cancellation fee; Late cancellation fee; Late fee; Cancellation charge; "
            "Late cancellation charge; Cancellation penalty; Penalty; Penalty amount; "
            "Fee amount; Late fee amount; Cancellation cost"
        ),
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
        aliases=called(
            "Cancellation percentage; Cancellation %; Fee percentage; Late "
            "cancellation %; Late fee %; Penalty percentage; Percentage charged; "
            "Cancellation charge %; Cancellation fee %; Late cancellation fee %; "
            "Cancellation penalty %"
        ),
    ),
    minutes(
        "LateCancellationLimit",
        group=CANCELLATION,
        help="How long before the start a cancellation counts as late.",
        aliases=called(
            "Cancellation notice; Cancellation notice period; Cancellation period; "
            "Cancellation window; Cancellation deadline; Cancellation limit; "
            "Cancellation cut-off; Cancellation lead time; Cancellation time; "
            "Cancellation hours; Late cancellation; Late cancellation window; Late "
            "cancellation period; Free cancellation; Free cancellation until; Free "
            "cancellation period; Cancel until; Cancel by; Cancel before; "
            "Cancellation terms"
        ),
    ),
    Field(
        "CancellationFeeProductId",
        ID,
        CANCELLATION,
        "The product that the fee is billed as, by number or name.",
        link="Product",
        least=1,
        aliases=called("Cancellation product ID; Fee product ID"),
    ),
    Field(
        "CancellationFeeProductName",
        TEXT,
        CANCELLATION,
        "The fee product's name. May be given instead of CancellationFeeProductId.",
        on_create=False,
        on_update=False,
        names="CancellationFeeProductId",
        aliases=called(
            "Cancellation product; Fee product; Penalty product; Late fee product; "
            "Cancellation billed as; Fee billed as"
        ),
    ),
    # ---- who may book
    Field(
        "OnlyForMembers",
        FLAG,
        ACCESS,
        "Only customers with a plan may book.",
        aliases=called(
            "For members; For members only; Members only; Only members; Member exclusive; "
            "Restricted to members; Membership required; Requires membership; Plan holders only; "
            "Limited to members"
        ),
        opposites=called(
            "Open to non-members; Open to public; Non-members may book; Open to "
            "externals; External bookings; Public bookings"
        ),
    ),
    Field(
        "OnlyForContacts",
        FLAG,
        ACCESS,
        "Only customers without a plan may book.",
        aliases=called(
            "Non-members only; Only non-members; Contacts only; Only contacts; "
            "Externals only; Guests only; Public only"
        ),
    ),
    Field(
        "OnlyForInvoicingBusiness",
        FLAG,
        ACCESS,
        "Only customers who are invoiced by this location may book.",
        aliases=called(
            "This location only; Own location only; Home location only; Local "
            "customers only; Local members only; Local only; Home site only; Billed "
            "here only"
        ),
    ),
    linked(
        "Tariffs",
        link="Tariff",
        help="Plan restriction: only customers on these plans may book.",
        aliases=called(
            "Plans; Plan; Plan restriction; Plan restrictions; Allowed plans; "
            "Eligible plans; Restricted to plans; Plans allowed; Plans that may book; "
            "Membership plans; Memberships; Membership; Membership level; Membership "
            "restriction; Membership types"
        ),
    ),
    linked(
        "Teams",
        link="Team",
        help="Only members of these teams may book.",
        aliases=called(
            "Team; Team restriction; Team restrictions; Allowed teams; Eligible "
            "teams; Restricted to teams; Teams allowed; Teams that may book; "
            "Companies allowed; Allowed companies"
        ),
    ),
    linked(
        "LinkedResources",
        link="Resource",
        help="Resources that are blocked while this one is booked.",
        aliases=called(
            "Linked rooms; Linked spaces; Linked to; Linked with; Also blocks; "
            "Blocks; Blocked rooms; Connected rooms; Combined rooms; Combination "
            "rooms; Combines with; Combined with; Made up of; Consists of; Child "
            "rooms; Child resources; Sub-rooms"
        ),
    ),
    # ---- opening times
    Field(
        "TimeSlots",
        SLOTS,
        TIMES,
        "When it can be booked, such as Mon-Fri 09:00-18:00; Sat 10:00-14:00. Blank means always.",
        on_read=False,
        exact_filter=False,
        aliases=called(
            "Trading hours; Opening hours; Opening times; Open hours; Hours; Open; Hours of "
            "operation; Operating hours; Business hours; Availability; Available "
            "hours; Available times; Access hours; Hours of access; Bookable hours; "
            "Bookable times; Booking hours; Booking times; Weekly hours; Schedule; "
            "Timetable; Times; Slots; When available; Days and hours"
        ),
    ),
    linked(
        "BookingAvailabilityExceptions",
        group=TIMES,
        link="BookingAvailabilityException",
        help="Closed days and other exceptions.",
        aliases=called(
            "Closures; Closed days; Closed dates; Closing days; Holidays; Bank "
            "holidays; Public holidays; Exceptions; Blackout dates; Availability "
            "exceptions"
        ),
    ),
    Field(
        "Shifts",
        TEXT,
        TIMES,
        "Shifts, as the JSON text that the service uses.",
        aliases=called("Shift plan; Shift pattern; Shift schedule; Rota"),
    ),
    # ---- amenities
    amenity(
        "AirConditioning",
        help="Has air conditioning.",
        aliases=called(
            "Aircon; AC; Air-conditioned; Air conditioner; Air cooling; Climate "
            "control; Cooling; HVAC"
        ),
    ),
    amenity(
        "Catering",
        help="Catering can be ordered.",
        aliases=called(
            "Catering on request; Food; Food service; Food and drink; Food and beverage; F&B; "
            "Lunch; Meals; Buffet; Catered"
        ),
    ),
    amenity(
        "CCTV",
        help="Is covered by cameras.",
        aliases=called(
            "Cameras; Security cameras; Surveillance; Surveillance cameras; Video "
            "surveillance; Camera surveillance"
        ),
    ),
    amenity(
        "ConferencePhone",
        help="Has a conference phone.",
        aliases=called(
            "Conf phone; Conference call phone; Conference telephone; Conference "
            "calling; Speakerphone; Spider phone; Audio conferencing; Polycom"
        ),
    ),
    amenity(
        "DesktopMonitor",
        help="Has a desktop monitor.",
        aliases=called(
            "Monitor; Desk monitor; External monitor; External screen; Desktop "
            "screen; Desk screen; Computer monitor; PC monitor; Extra monitor"
        ),
    ),
    amenity(
        "DisplayScreen",
        help="Has a display screen.",
        aliases=called(
            "Telly; Screen; Display; TV; TV screen; Television; Presentation screen; Flat "
            "screen; LCD; LCD screen; LED screen; Smart TV; Wall screen; HDMI screen; "
            "Presentation display"
        ),
    ),
    amenity(
        "Drinks",
        help="Drinks are at hand.",
        aliases=called(
            "Beverages; Soft drinks; Cold drinks; Free drinks; Water; Drinking water; Bar; Minibar"
        ),
    ),
    amenity(
        "DualDisplayScreen",
        help="Has two display screens.",
        aliases=called(
            "Dual screen; Dual display; Dual monitor; Dual TV; Two screens; Twin "
            "screens; Double screen; Two displays; Two monitors"
        ),
    ),
    amenity(
        "FlipChart",
        help="Has a flip chart.",
        aliases=called("Flip pad; Flipover; Paper easel; Easel"),
    ),
    amenity(
        "Heating",
        help="Has heating.",
        aliases=called("Heater; Heated; Radiator; Central heating; Underfloor heating"),
    ),
    amenity(
        "Internet",
        help="Has internet access.",
        aliases=called(
            "Wi-Fi; WLAN; LAN; Ethernet; Network; Broadband; Internet access; "
            "Internet connection; Wireless internet; Wired internet; Wi-Fi access; "
            "Free Wi-Fi; High-speed internet; Fast internet; Fibre; Wireless; "
            "Wireless LAN"
        ),
    ),
    amenity(
        "LargeDisplay",
        help="Has a large display.",
        aliases=called(
            "Large screen; Large TV; Large monitor; Large format display; Big screen; "
            "Big TV; Big display; HDTV; Video wall; LED wall; Wide screen; Cinema "
            "screen; Giant screen"
        ),
    ),
    amenity(
        "NaturalLight",
        help="Has daylight.",
        aliases=called(
            "Daylight; Natural daylight; Natural lighting; Window; Outside window; "
            "External window; Sunlight"
        ),
    ),
    amenity(
        "PaSystem",
        title="PA system",
        help="Has loudspeakers for addressing a room.",
        aliases=called(
            "PA; Public address; Public address system; Sound system; Audio system; "
            "Loudspeaker; Speakers; Microphone; Mic; Audio; Sound; PA and microphone; "
            "Amplification"
        ),
    ),
    amenity(
        "PrivacyScreen",
        help="Has a privacy screen.",
        aliases=called(
            "Privacy panel; Privacy film; Privacy glass; Frosted glass; Desk divider; "
            "Desk partition; Partition; Divider; Screen divider"
        ),
    ),
    amenity(
        "Projector",
        help="Has a projector.",
        aliases=called(
            "Beamer; Data projector; LCD projector; Video projector; Overhead projector; Projection"
        ),
    ),
    amenity(
        "QuietZone",
        help="Lies in a quiet zone.",
        aliases=called("Quiet; Quiet area; Quiet space; Silent; Silent area; Silent zone; Silence"),
    ),
    amenity(
        "SecureStorage",
        help="Has storage that can be locked.",
        aliases=called(
            "Storage; Locker; Secure locker; Lockable storage; Lockable cabinet; "
            "Lockable cupboard; Lockable drawer; Storage cabinet; Pedestal; Safe"
        ),
    ),
    amenity(
        "SecurityLock",
        help="Has a security lock.",
        aliases=called(
            "Lock; Lockable; Lockable door; Locking door; Door lock; Smart lock; "
            "Electronic lock; Secure lock; Keypad; Key card; Keyless entry; Secured "
            "door"
        ),
    ),
    amenity(
        "Soundproof",
        help="Is soundproof.",
        aliases=called(
            "Soundproofed; Soundproofing; Sound insulation; Sound insulated; Sound "
            "isolation; Noise insulation; Acoustic; Acoustics; Acoustic treatment; "
            "Acoustic panels; Acoustically treated; Noise-proof"
        ),
    ),
    amenity(
        "StandardPhone",
        help="Has an ordinary phone.",
        aliases=called(
            "Phone; Telephone; Desk phone; Landline; Phone line; Fixed phone; Fixed "
            "line; Handset; VoIP phone"
        ),
    ),
    amenity(
        "StandingDesk",
        help="Has a standing desk.",
        aliases=called(
            "Sit-stand; Sit-stand desk; Stand-up desk; Height adjustable; Height "
            "adjustable desk; Adjustable desk; Electric desk; Rising desk"
        ),
    ),
    amenity(
        "TeaAndCoffee",
        help="Tea and coffee are at hand.",
        aliases=called(
            "Coffee; Coffee service; Tea; Hot drinks; Coffee machine; Coffee maker; Coffee point; "
            "Tea point; Tea and coffee making; Kettle; Espresso machine"
        ),
    ),
    amenity(
        "VideoConferencing",
        help="Has video conferencing equipment.",
        aliases=called(
            "Video conf; Video conference; VC; VC kit; VC equipment; Video "
            "conferencing equipment; Video conferencing system; Video call; Video "
            "calling; Video meeting; Conferencing; Conference system; Conference "
            "camera; Webcam; Zoom room"
        ),
    ),
    amenity(
        "VoiceRecorder",
        help="Has a voice recorder.",
        aliases=called(
            "Voice recording; Recorder; Recording; Audio recorder; Audio recording; "
            "Sound recorder; Recording equipment; Dictaphone"
        ),
    ),
    amenity(
        "WhiteBoard",
        title="Whiteboard",
        help="Has a whiteboard.",
        aliases=called(
            "Dry-wipe board; Dry wipe; Dry erase; Dry erase board; Dry erase wall; "
            "Marker board; Writing wall; Writing board; Writable wall; Whiteboard "
            "wall; Interactive whiteboard"
        ),
    ),
    amenity(
        "WirelessCharger",
        help="Has a wireless charger.",
        aliases=called(
            "Wireless charging; Wireless charging pad; Qi charger; Qi charging; "
            "Induction charger; Inductive charging; Phone charger; Charging pad"
        ),
    ),
    amenity(
        "WirelessPresentation",
        help="Can show a laptop's screen without a cable.",
        aliases=called(
            "Wireless presenting; Wireless screen sharing; Wireless casting; Wireless "
            "display; Wireless HDMI; Screen sharing; Screen mirroring; Screen "
            "casting; Casting; Screencast; AirPlay; Chromecast; Miracast; ClickShare; "
            "Barco; Apple TV; Wireless screen share; Wireless sharing; Wireless "
            "presentation system"
        ),
    ),
    # ---- picture and e-mail
    Field(
        "NewPictureUrl",
        ADDRESS,
        PICTURE,
        "A public address from which the service takes a new picture (at most 10 MB).",
        aliases=called(
            "Picture; Picture URL; Picture link; Picture address; Image; Image URL; "
            "Image link; Image address; Main image; Cover image; Hero image; Photo; "
            "Photo URL; Photo link; Photo address; Main photo; Cover photo; "
            "Thumbnail; Thumbnail URL"
        ),
    ),
    Field("ClearPictureFile", FLAG, PICTURE, "Yes removes the present picture."),
    read_only("PictureFileName", TEXT, group=PICTURE, help="The present picture's file name."),
    Field(
        "EmailConfirmationContent",
        TEXT,
        PICTURE,
        "Text or HTML added to the e-mail that confirms a booking.",
        aliases=called(
            "Confirmation email; Confirmation email text; Email confirmation; "
            "Confirmation text; Confirmation message; Confirmation note; Booking "
            "confirmation text; Booking confirmation email; Booking confirmation "
            "message; Email text; Booking instructions"
        ),
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
        aliases=called("Lat; GPS latitude; GPS lat; Geo lat; Map latitude"),
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
        aliases=called(
            "Long; Lng; Lon; GPS longitude; GPS lng; GPS lon; Geo lng; Geo lon; Map longitude"
        ),
    ),
    # ---- calendars and access systems
    Field(
        "GoogleCalendarId",
        TEXT,
        LINKS,
        "The Google calendar that is kept in step.",
        aliases=called(
            "Google calendar; GCal; Google cal; GCal ID; Google calendar address; "
            "Google calendar email"
        ),
    ),
    Field(
        "Office365CalendarId",
        TEXT,
        LINKS,
        "The Office 365 calendar that is kept in step.",
        aliases=called(
            "Office 365 calendar; O365 calendar; M365 calendar; Microsoft 365 "
            "calendar; Microsoft calendar; Outlook calendar; Outlook calendar ID; "
            "Outlook mailbox; Exchange calendar; Exchange mailbox; Room mailbox; "
            "Calendar mailbox"
        ),
    ),
    Field(
        "KisiGroupId",
        TEXT,
        LINKS,
        "The Kisi group that opens its door.",
        aliases=called("Kisi; Kisi group; Kisi ID; Kisi door"),
    ),
    Field(
        "AccessControlGroupId",
        TEXT,
        LINKS,
        "The access control group that opens its door.",
        aliases=called(
            "Access control; Access control group; Access group; Access group ID; "
            "Door group; Door access; Door access group; Lock group"
        ),
    ),
    read_only(
        "AccessControlGroupIds", TEXT, group=LINKS, help="All access control groups, as text."
    ),
    Field(
        "UseSharedZoomAccount",
        FLAG,
        LINKS,
        "Whether meetings use the location's Zoom account.",
        aliases=called("Shared Zoom account; Shared Zoom; Use shared Zoom; Common Zoom account"),
    ),
    Field(
        "ZoomUserId",
        TEXT,
        LINKS,
        "The Zoom user who hosts meetings otherwise.",
        aliases=called("Zoom user; Zoom host; Zoom account; Zoom ID; Zoom email; Zoom host ID"),
    ),
    Field("ZoomAccessToken", TEXT, LINKS, "Kept as it is, never shown.", secret=True),
    Field("ZoomRefreshToken", TEXT, LINKS, "Kept as it is, never shown.", secret=True),
    Field(
        "LastCleanedAt",
        MOMENT,
        LINKS,
        "When it was last cleaned.",
        range_filter=True,
        aliases=called(
            "Last cleaned; Last cleaning; Last clean; Last deep clean; Cleaned; "
            "Cleaned on; Cleaned at; Date cleaned; Cleaning date; Date of last clean; "
            "Last sanitised; Sanitised; Last sanitized; Date of last cleaning"
        ),
    ),
    Field(
        "LinkedResourceIds",
        TEXT,
        LINKS,
        "LinkedResources once more, as text. Change LinkedResources instead.",
        view_of="LinkedResources",
    ),
    # ---- changes to lists
    list_change(
        "AddedTariffs",
        adds_to="Tariffs",
        link="Tariff",
        help="Plans to add.",
        aliases=called("Add plans; Plans to add"),
    ),
    list_change(
        "RemovedTariffs",
        takes_from="Tariffs",
        link="Tariff",
        help="Plans to take away.",
        aliases=called("Remove plans; Plans to remove"),
    ),
    list_change(
        "AddedTeams",
        adds_to="Teams",
        link="Team",
        help="Teams to add.",
        aliases=called("Add teams; Teams to add"),
    ),
    list_change(
        "RemovedTeams",
        takes_from="Teams",
        link="Team",
        help="Teams to take away.",
        aliases=called("Remove teams; Teams to remove"),
    ),
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
