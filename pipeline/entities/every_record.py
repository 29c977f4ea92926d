"""The fields that the service keeps of every record, whatever it is. Data only."""

from __future__ import annotations

from functools import partial

from pipeline.kinds import FLAG, MOMENT, TEXT
from pipeline.schema import Field, Group

RECORD = Group("Record", "44546A")
FACTS = Group("Set by the service", "7F7F7F", rare=True)

read_only = partial(Field, on_create=False, on_update=False, group=FACTS)

STAMPS = (
    read_only(
        "UniqueId", TEXT, exact_filter=False, help="A number that no other record anywhere has."
    ),
    read_only(
        "CreatedOn",
        MOMENT,
        exact_filter=False,
        range_filter=True,
        unit="UTC",
        birth=True,
        help="When the record was made.",
    ),
    read_only(
        "UpdatedOn",
        MOMENT,
        live=True,
        exact_filter=False,
        range_filter=True,
        unit="UTC",
        stamp=True,
        help="When the record was last changed.",
    ),
    read_only(
        "UpdatedBy", TEXT, live=True, exact_filter=False, help="Who changed the record last."
    ),
    read_only(
        "IsNew", FLAG, live=True, exact_filter=False, help="Whether the record is a recent one."
    ),
    read_only(
        "SystemId",
        TEXT,
        exact_filter=False,
        help="The number that another program gave the record.",
    ),
)
