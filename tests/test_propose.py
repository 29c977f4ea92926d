"""Proposals: which column holds which field, what its values mean, and where nobody can know."""

from __future__ import annotations

import pytest
from foreign_sources import SOURCES, Foreign

from pipeline.entities import ENTITIES, RESOURCE
from pipeline.kinds import FLAG, plain
from pipeline.mapping.observed import Observed, observe
from pipeline.mapping.phrases import phrases
from pipeline.mapping.profile import Rule
from pipeline.mapping.proposal import Proposal, propose
from pipeline.mapping.propose import SURE
from pipeline.mapping.words import key, likeness, read, words
from pipeline.schema import Entity


class Nothing:
    """No answers of earlier files."""

    def column(self, header: str) -> str | None:
        return None

    def value(self, field: str, text: str) -> str | None:
        return None


def proposal(**columns: list[object]) -> Proposal:
    """Propose for columns given by their headers (`_` for a blank) and cells."""
    seen = [observe(name.replace("_", " "), "A", cells) for name, cells in columns.items()]
    return propose(seen, RESOURCE, Nothing())


def of_table(table: str) -> Proposal:
    """Propose for a table as text, cells parted by `|`."""
    header, *rows = [line.split("|") for line in table.strip().split("\n") if "|" in line]
    seen = [
        observe(text, "A", [row[place] or None for row in rows])
        for place, text in enumerate(header)
    ]
    return propose(seen, RESOURCE, Nothing())


def taken(found: Proposal) -> dict[str, str]:
    """Return the fields that were taken, by header; "" for columns without one."""
    return {
        each.column.text: each.choice.field.name if each.choice and each.role == "field" else ""
        for each in found.columns
    }


# ---- three operators' files, written before any alias


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_a_foreign_file_is_understood_without_help(source: Foreign):
    """Of 20 renamed columns at least 18 are right, and none above the threshold is wrong."""
    found = taken(of_table(source.table))

    renamed = {text: name for text, name in source.columns.items() if name}
    right = [text for text, name in renamed.items() if found[text] == name]
    wrong = {text: name for text, name in found.items() if name not in {"", source.columns[text]}}
    assert wrong == {}
    assert len(renamed) >= 20
    assert len(right) >= len(renamed) - 2, set(renamed) - set(right)


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_strange_choices_are_left_open_and_known_ones_are_right(source: Foreign):
    """What nobody could know is not guessed; the rest means what a person would say."""
    values = [each for each in of_table(source.table).values if each.field.kind.choices]

    assert {each.text: each.choice.text if each.choice else "" for each in values} == source.choices
    assert list(source.choices.values()).count("") == 3


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)
def test_units_in_headers_become_units_in_rules(source: Foreign):
    """Hours and weeks are said where the field counts in other units, and only there."""
    rules = of_table(source.table).rules

    assert {name: rule.unit for name, rule in rules.items() if rule.unit} == source.units


# ---- the entity's table


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_no_alias_is_claimed_by_two_fields(entity: Entity):
    """An alias, or the opposite of one, belongs to one field and is no field's name."""
    owners: dict[str, list[str]] = {}
    for each in phrases(entity):
        if each.way == "alias":
            owners.setdefault(each.key, []).append(each.field.name)
    names = {plain(field.name) for field in entity.fields}

    assert {text: found for text, found in owners.items() if len(found) > 1} == {}
    assert names & set(owners) == set()


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_no_alias_is_claimed_by_two_choices(entity: Entity):
    """Within a field an alias means one choice, and never what another one is called."""
    for field in entity.fields:
        own = [key(text) for each in field.kind.choices for text in (each.name, *each.aliases)]
        assert sorted(set(own)) == sorted(own)


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
def test_what_new_records_take_is_something_their_fields_can_hold(entity: Entity):
    """A usual value can be read; opposites are told of yes/no fields only."""
    for field in entity.fields:
        if field.usual:
            field.kind.read(field.usual)
        assert not field.opposites or field.kind is FLAG


# ---- names


@pytest.mark.parametrize(
    ("text", "name", "unit"),
    [
        ("Min booking (hours)", "Min booking", "hours"),
        ("Cancellation notice (h)", "Cancellation notice", "hours"),
        ("Max booking [mins]", "Max booking", "minutes"),
        ("min_duration_hrs", "min_duration", "hours"),
        ("maxLeadTimeDays", "max Lead Time", "days"),
        ("Buffer in minutes", "Buffer", "minutes"),
        ("Size (people)", "Size", None),
        ("Name *", "Name", None),
        ("Hours", "Hours", None),
    ],
)
def test_a_header_is_taken_apart(text, name, unit):
    """Name and unit are told apart, wherever the unit stands."""
    found = read(text)

    assert (found.name, found.unit) == (name, unit)


def test_words_count_in_one_form():
    """Case, plurals, filling words, short forms and kin do not part two names."""
    assert set(words("Min. duration of the bookings")) == {"min", "length", "booking"}
    assert set(words("shortestReservationPeriod")) == {"min", "length", "booking"}
    assert words("Whiteboards") == words("white board") == ("whiteboard",)
    assert words("Inventory no.") == ("inventory", "number")
    assert words("No smoking") == ("no", "smoking")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Min booking", "Max booking"),
        ("Heating", "Seating"),
        ("Latitude", "Altitude"),
        ("Members only", "Non-members only"),
        ("Whiteboard", "No whiteboard"),
        ("Location", "Allocation"),
    ],
)
def test_names_that_look_alike_are_not_taken_for_each_other(text, other):
    """One word or letter that matters keeps two names below the threshold."""
    assert likeness(text, other) < SURE


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("Capcity", [4, 6], "Allocation"),
        ("Descripton", ["Bright", "Dark"], "Description"),
        ("Marketing blurb", ["Bright", "Dark"], "Description"),
        ("Show on portal?", ["Y", "N"], "Visible"),
        ("Standort / Site", ["Mitte", "Mitte"], "BusinessName"),
        ("maxLeadTimeDays", [30, 90], "BookInAdvanceLimit"),
        ("Late cancel cutoff (hours)", [24, 48], "LateCancellationLimit"),
    ],
)
def test_slips_and_other_words_are_understood(header, cells, field):
    """Misspelt, composed and doubled names are taken."""
    assert taken(propose([observe(header, "A", cells)], RESOURCE, Nothing())) == {header: field}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Size (sqm)", [40, 20]),
        ("Price", ["$10", "$20"]),
        ("Hourly rate", [25, 30]),
        ("Rate", [25.5, 30.5]),
        ("Deposit", [100, 200]),
        ("Min age", [18, 18]),
        ("Desk size", [160, 140]),
        ("Max weight", [200, 300]),
        ("Phone number", ["0123 456", "0123 457"]),
        ("Booking link", ["https://a.example", "https://b.example"]),
        ("Internal notes", ["leaky", "loud"]),
        ("Notes", ["leaky", "loud"]),
        ("No smoking", ["Yes", "No"]),
        ("Period", ["01/02/2026 - 01/03/2026", "01/02/2026 - 01/04/2026"]),
        ("Available From", ["2026-01-01", "2026-01-01"]),
        ("Status", ["Active", "Let"]),
        ("Contact email", ["a@b.example", "c@b.example"]),
    ],
)
def test_what_has_no_home_is_given_none(header, cells):
    """Headers near to ours that mean something else stay below the threshold."""
    found = propose([observe(header, "A", cells)], RESOURCE, Nothing())

    assert taken(found) == {header: ""}


# ---- cells


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Internet speed", [100, 200, 100, 50]),
        ("Phone number", ["0201", "0202", "0203", "0204"]),
        ("Members", [12, 3, 4, 8]),
        ("Room service", ["Yes", "No", "Yes", "No"]),
        ("Floor area", [100, 50, 40, 30]),
        ("Tag", ["Alpha", "Beta", "Gamma", "Delta"]),
        ("Address", ["1 Quay", "2 Quay", "1 Quay", "5 Mill"]),
        ("Opens onto", ["Terrace", "Hall", "Lab", "Kitchen"]),
        ("Preis pro Stunde", [10, 20, 30, 40]),
    ],
)
def test_what_only_sounds_like_a_field_is_not_taken(header, cells):
    """Numbers that measure, a word for another thing, a name too short to be sure of: no rule."""
    assert taken(proposal(**{header: cells, "Zzz": ["A", "B", "C", "D"]}))[header] == ""


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        ("for_members", [0, 1], "OnlyForMembers"),
        ("notes_for_guests", ["Ring the bell.", "Keys at reception."], "Description"),
        ("Blurb for tenants", ["Bright room.", "Quiet room."], "Description"),
        ("Whiteboard vorh.", ["ja", "nein"], "WhiteBoard"),
        ("Max. Dauer (Stunden)", [8, 10], "MaxBookingLength"),
        ("Raumart", ["Besprechungsraum", "Telefonzelle"], "SystemResourceType"),
        ("\u00d6ffnungszeiten", ["Mo-Fr 08:00-18:00", None], "TimeSlots"),
        ("CCTV covered", ["Yes", "No"], "CCTV"),
        ("Maximum let (mins)", [60, 480], "MaxBookingLength"),
        ("Charge group", ["Small Room", "Desk"], "ResourceTypeName"),
    ],
)
def test_names_of_other_houses_are_understood(header, cells, field):
    """A facilities list, a dump of a database, half German: what a person would have said."""
    assert taken(proposal(**{header: cells}))[header.replace("_", " ")] == field


def test_strange_categories_are_a_question_and_not_silence():
    """Where no value is known, or the header says nothing, the field is offered, not taken."""
    strange = proposal(**{"Resource category": ["Snuggery", "Orangery"]}).columns[0]
    silent = proposal(**{"Bay": ["Boardroom", "Hot desk", "Phone booth"]}).columns[0]

    assert (strange.choice, silent.choice) == (None, None)
    assert strange.candidates[0].field.name == "SystemResourceType"
    assert [(each.field.name, each.way) for each in silent.candidates] == [
        ("SystemResourceType", "its values")
    ]


def test_cells_tell_a_category_from_a_type_of_the_account():
    """Known categories make 'Room type' the category, other words the account's own type."""
    known = proposal(Room_type=["Boardroom", "Hot desk"])
    other = proposal(Room_type=["Gold room", "Silver nook"])
    numbers = proposal(Room_type=[7, 8.5])

    assert taken(known) == {"Room type": "SystemResourceType"}
    assert taken(other) == {"Room type": "ResourceTypeName"}
    assert taken(numbers) == {"Room type": ""}


def test_two_columns_of_types_are_told_apart():
    """The built-in category is the column whose words are known."""
    found = proposal(Type=["Premium", "Basic"], Category=["Meeting room", "Hot desk"])

    assert taken(found) == {"Type": "ResourceTypeName", "Category": "SystemResourceType"}


def test_a_location_given_by_the_services_numbers_is_its_id():
    """Names go to BusinessName, long numbers to BusinessId."""
    assert taken(proposal(Site=["Quay", "Dock"])) == {"Site": "BusinessName"}
    assert taken(proposal(Site=[1415920010, 1415920011])) == {"Site": "BusinessId"}


def test_cells_of_another_kind_take_the_confidence():
    """'Seats' full of words and 'Cancellation fee' full of Yes are not taken as numbers."""
    found = proposal(Seats=["leather", "wood"], Cancellation_fee=["Yes", "No"])

    assert taken(found)["Seats"] == ""
    assert taken(found)["Cancellation fee"] in {"", "ChargeCancellationFee"}


def test_marks_become_yes_and_blanks_no():
    """A column of x marks says No where it is blank; one that says No itself does not."""
    found = proposal(Projector=["x", None, "x"], Heating=["yes", "no", None], Wifi=["✓", None, "✓"])

    assert found.rules == {
        "Projector": Rule(("Projector",), blank="No"),
        "Heating": Rule(("Heating",)),
        "Internet": Rule(("Wifi",), values={"✓": "Yes"}, blank="No"),
    }


def test_opposites_change_places():
    """'Hidden' is Visible the other way round, marks and blanks included."""
    said = proposal(Hidden=["Yes", "No"]).rules
    marked = proposal(Hidden=["x", None]).rules

    assert said == {"Visible": Rule(("Hidden",), values={"Yes": "No", "No": "Yes"})}
    assert marked == {"Visible": Rule(("Hidden",), values={"x": "No"}, blank="Yes")}


def test_amounts_with_words_are_understood():
    """`up to 12 people` is 12, `90 min` a length, 24 under hours a unit, 1,5 a decimal comma."""
    found = proposal(
        Capacity=["up to 12 people", 4],
        Min_booking=["30 min", "1 hour"],
        Latitude=["51,5", "52,25"],
    )

    assert found.rules == {
        "Allocation": Rule(("Capacity",), values={"up to 12 people": "12"}),
        "MinBookingLength": Rule(("Min booking",), unit="minutes"),
        "Latitude": Rule(("Latitude",)),
    }
    assert found.profile("x").decimal_comma


def test_dates_get_the_only_format_that_fits():
    """13.02.2026 can be read in one way; 01/02/2026 in two, and is left to a person."""
    sure = proposal(Last_cleaned=["13.02.2026", "14.02.2026"])
    unsure = proposal(Last_cleaned=["01/02/2026", "03/02/2026"])

    assert sure.rules == {"LastCleanedAt": Rule(("Last cleaned",), dates="%d.%m.%Y")}
    assert unsure.rules == {}


def test_a_column_that_lists_equipment_gives_a_field_for_each_thing():
    """Known things become fields, once; the unknown ones are told of."""
    found = proposal(Equipment=["Whiteboard; TV", "Projector, Whiteboards", None, "TV; Lava lamp"])

    assert found.rules == {
        "WhiteBoard": Rule(("Equipment",), contains="Whiteboard"),
        "DisplayScreen": Rule(("Equipment",), contains="TV"),
        "Projector": Rule(("Equipment",), contains="Projector"),
    }
    assert [e.text for e in found.columns[0].parts if e.choice is None] == ["Lava lamp"]


# ---- columns that contest a field


def test_two_columns_with_equal_claims_are_a_question():
    """Neither 'Seats' nor 'Pax' is taken for the capacity: somebody has to say which."""
    found = proposal(Seats=[4, 6], Pax=[5, 7], Room=["A", "B"])

    assert taken(found) == {"Seats": "", "Pax": "", "Room": "Name"}
    assert [each.best.confidence < SURE for each in found.unsure if each.best] == [True, True]


def test_an_exact_name_wins_over_an_alias():
    """A column that bears the field's own name has it."""
    found = proposal(Description=["Bright"], Details=["Two sockets"])

    assert taken(found) == {"Description": "Description", "Details": ""}


def test_a_header_that_stands_twice_is_read_once():
    """The second column of the same name is not read."""
    cells = [observe("Seats", "A", [1, 2]), observe("Seats", "B", [3, 4])]
    found = propose(cells, RESOURCE, Nothing())

    assert [each.role for each in found.columns] == ["field", "twice"]


def test_the_numbers_of_another_program_are_never_our_ids():
    """'ID' in a foreign file is the source's own number; among our own names it is ours."""
    foreign = proposal(ID=[1, 2], Room=["A", "B"], Seats=[4, 6])
    doubtful = proposal(Reference=[1, 1], Room=["A", "B"], Seats=[4, 6])
    ours = proposal(Id=[1, 2], Name=["A", "B"], Seats=[4, 6])

    assert foreign.profile("x").source_id == "ID"
    assert foreign.profile("x").source == "x"
    assert "Id" not in foreign.rules
    assert doubtful.profile("x").source_id == ""
    assert ours.rules["Id"] == Rule(("Id",))


# ---- values


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Boardroom", "MeetingRoom"),
        ("Large meeting room", "MeetingRoom"),
        ("Meeting Room (L)", "MeetingRoom"),
        ("4-person meeting room", "MeetingRoom"),
        ("meeting_rooms", "MeetingRoom"),
        ("Hot desks", "HotDesk"),
        ("Phone box", "PhoneBooth"),
        ("Parking bay", "Other"),
        ("3", ""),
        ("Event suite", ""),
        ("Kitchen meeting room", ""),
        ("Snug", ""),
    ],
)
def test_choices_are_recognised(text, choice):
    """Names, aliases and sizes beside them; two choices in one, and numbers, are a question."""
    found = proposal(Category=["Pod", "Hot desk", "Office", "Lab", text]).values[-1]

    assert (found.choice.text if found.choice else "") == choice


def test_unknown_values_are_listed_with_their_counts():
    """A yes/no column with a word of its own: the word waits, with the rows it stands in."""
    found = proposal(Whiteboard=["yes", "no", "maybe", "maybe", *["yes"] * 20])

    assert [(each.text, each.count) for each in found.unknown_values] == [("maybe", 2)]


# ---- who may book


@pytest.mark.parametrize(
    ("header", "cells", "is_taken"),
    [
        ("Plan", ["Gold", "Gold", "Silver", "Gold"], True),
        ("Plan", ["Gold; Silver", "Silver", "Bronze", "Gold"], True),
        ("Plan", ["A-1", "A-2", "B-1", "B-2"], False),
        ("Plan", ["east.pdf", "east.pdf", "west.pdf", "west.pdf"], False),
        ("Plan name", ["Gold", "Gold", "Silver", "Gold"], False),
        ("Plan names", ["Gold, Silver", "Gold", "Silver", "Gold"], True),
        ("Team name", ["Acme", "Birch", "Acme", "Birch"], False),
    ],
)
def test_a_plan_or_a_team_restricts_only_where_the_cells_may_say_so(header, cells, is_taken):
    """A drawing or who sits in a room is asked about; lists and shared names are taken."""
    (placed,) = proposal(**{header: cells}).columns

    assert placed.best is not None
    assert placed.best.field.name in {"Tariffs", "Teams"}
    assert (placed.choice is not None) is is_taken


# ---- what new records need


def test_what_new_records_need_is_counted_given_or_asked_for():
    """Order counts up, no fee, rooms are seen; location, category and type wait for a person."""
    found = proposal(Room=["A", "B"])

    assert found.complements == {
        "DisplayOrder": Rule(count_by=10),
        "CancellationFeeType": Rule(default="None"),
        "Visible": Rule(default="Yes"),
    }
    assert [each.name for each in found.missing] == [
        "BusinessName",
        "SystemResourceType",
        "ResourceTypeName",
    ]


def test_observing_counts_texts_as_people_see_them():
    """120.0 is 120, TRUE is TRUE, blanks around do not count."""
    assert observe("A", "A", [120.0, "120", True, " x ", None]) == Observed(
        "A", "A", {"120": 120.0, "TRUE": True, "x": " x "}, {"120": 2, "TRUE": 1, "x": 1}, 1
    )
