"""The bodies of answers to writes, as the vendor's pages show them."""

from __future__ import annotations

from typing import Any

from pipeline.sandbox.tables import Record

Answer = tuple[int, Any]  # status, and what the body holds

NOT_FOUND: Answer = (404, "Not found")
ERROR: Answer = (500, {"Message": "An error has occurred."})
SCREEN_KEYS: Record = {  # left over from the service's own screens
    "OpenInDialog": False,
    "OpenInWindow": False,
    "RedirectURL": None,
    "JavaScript": None,
}


def done(words: str, value: Record, stored: Record) -> Answer:
    """Answer a write that was carried out."""
    return 200, {
        "Status": 200,
        "Message": words,
        "Value": value,
        **SCREEN_KEYS,
        "UpdatedOn": stored["UpdatedOn"],
        "UpdatedBy": stored["UpdatedBy"],
        "Errors": None,
        "WasSuccessful": True,
    }


def not_done(status: int, words: str) -> Answer:
    """Answer a write that was not carried out, for a reason that concerns no single field."""
    return status, {
        "Status": status,
        "Message": words,
        "Value": None,
        **SCREEN_KEYS,
        "UpdatedOn": None,
        "UpdatedBy": None,
        "Errors": None,
        "WasSuccessful": False,
    }


def refused(failures: list[Record]) -> Answer:
    """Answer a body with failures; the message repeats the first."""
    first = failures[0]
    return 400, {
        "Message": f"{first['PropertyName']}: {first['Message']}",
        "Value": None,
        "Errors": failures,
        "WasSuccessful": False,
    }
