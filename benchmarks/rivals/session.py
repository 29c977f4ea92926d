"""A client of the API that is signed in, with the settings our own command takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx


@contextmanager
def signed_in(settings: Mapping[str, str]) -> Iterator[httpx.Client]:
    """Give a client with a token; addresses are relative to the service's own."""
    form = {
        "grant_type": "password",
        "username": settings["NEXUDUS_USERNAME"],
        "password": settings["NEXUDUS_PASSWORD"],
    }
    with httpx.Client(base_url=settings["NEXUDUS_BASE_URL"], timeout=60) as client:
        token = client.post("/api/token", data=form).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
