"""What Excel itself checks and offers while somebody types: drop-downs, bounds and prompts.

Excel only warns where the program accepts more than Excel can be told (`<clear>`, the number of a
choice, x for yes, a date as text), so that every right cell can be typed.
"""

from __future__ import annotations

from typing import Any

from pipeline.rows import ACTION_COLUMN
from pipeline.schema import Field
from pipeline.sheets import guide
from pipeline.sheets.cells import FIRST_SURE_DAY
from pipeline.sheets.markers import CLEAR

NUMBERS = {"whole", "decimal"}  # kinds whose cells hold numbers, and whose columns are not text
LARGEST = 999_999_999_999_999  # a number cell keeps 15 digits
PROMPTED = {"ids", "time slots", "moment"}  # kinds that a person rarely gets right without a hint
# Kind -> what an entry is that Excel does not accept, and what the program accepts besides.
WRONG = {
    "yes/no": ("neither Yes nor No", "TRUE, FALSE, Y, N, 1, 0, x"),
    "whole": ("not a whole number", ""),
    "decimal": ("not a number", ""),
    "moment": ("not a date", "text such as 2026-03-31 14:30"),
    "choice": ("not on the list", "the number of a choice"),
    "id": ("not on the list", "an id"),
    "ids": ("not on the list", "ids, several names with commas between"),
    "text": ("not on the list", "another name"),
}
# Where nothing else is possible, what to do.
STRICT = {
    "choice": "Pick from the list, or leave the cell blank.",
    "whole": "Write digits only, such as 12.",
    "decimal": "Write digits and a point, such as 12.5.",
}


def validation(field: Field, list_name: str | None) -> dict[str, Any] | None:
    """Return what Excel checks in the field's column, as XlsxWriter wants it, or None.

    `list_name` is the defined name of the column's drop-down list, if it has one.
    """
    check = _check(field, list_name)
    prompt = _prompt(field, list_name) if field.kind.name in PROMPTED else {}
    if check is None:
        return {"validate": "any", **prompt} if prompt else None
    strict = field.name == ACTION_COLUMN or (field.required and field.kind.name in NUMBERS)
    return {
        **check,
        **prompt,
        "error_type": "stop" if strict else "warning",
        "error_title": "Not possible here" if strict else "Is this meant?",
        "error_message": _complaint(field, strict=strict),
    }


def _check(field: Field, list_name: str | None) -> dict[str, Any] | None:
    if list_name:
        return {"validate": "list", "source": f"={list_name}"}
    # A text column turns a typed number into text, and a check of numbers would complain of it.
    if field.kind.name in NUMBERS:
        return {
            "validate": "integer" if field.kind.name == "whole" else "decimal",
            "criteria": "between",
            "minimum": -LARGEST if field.least is None else field.least,
            "maximum": LARGEST if field.most is None else field.most,
        }
    if field.kind.name == "moment":
        return {"validate": "date", "criteria": ">=", "value": FIRST_SURE_DAY}
    return None


def _complaint(field: Field, *, strict: bool) -> str:
    wrong, besides = WRONG[field.kind.name]
    within = guide.bounds(field)
    message = f"{field.name}: this is {wrong}{f' ({within})' if within else ''}."
    if strict:
        return f"{message} {STRICT[field.kind.name]}"
    accepted = [besides] if besides else []
    if not field.required:
        accepted.append(CLEAR)
    return f"{message} Also understood: {', '.join(accepted)}."


def _prompt(field: Field, list_name: str | None) -> dict[str, str]:
    unit = f" Unit: {field.unit}." if field.unit else ""
    more = " Pick the first, then write more behind it." if list_name else ""
    return {"input_message": f"{guide.what_to_write(field)}.{unit}{more}"}
