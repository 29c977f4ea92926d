"""What other programs and people call the columns that entities share. Data only."""

from __future__ import annotations


def called(names: str) -> tuple[str, ...]:
    """Return names that other programs and people use, parted by semicolons."""
    return tuple(each.strip() for each in names.split(";"))


LOCATION_NUMBERS = called(
    "Location ID; Site ID; Building ID; Centre ID; Center ID; Venue ID; Branch ID"
)
LOCATION_NAMES = called(
    "Location name; Site; Site name; Building; Building name; Centre; Centre "
    "name; Center; Center name; Venue; Venue name; Branch; Branch name; "
    "Campus; Property; Property name; Premises; Hub; Club; Clubhouse; Office "
    "location; Coworking space; Coworking location; Where; Address name; "
    "Estate; Tower; Workspace location; Facility; Facility name"
)
