"""Logins: users with their roles, access tokens, and refresh tokens that serve once."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN_SECONDS = 604_799  # what the vendor's pages show


@dataclass(frozen=True)
class User:
    """Somebody who may log in; without roles a full administrator."""

    name: str
    password: str = field(repr=False)
    roles: frozenset[str] | None = None
    totp: str = field(default="", repr=False)

    def may(self, role: str) -> bool:
        """Whether the user holds the role."""
        return self.roles is None or role in self.roles


class Tokens:
    """Grants and checks tokens. `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.users: dict[str, User] = {}
        self.seconds = TOKEN_SECONDS
        self._now = now
        self._access: dict[str, tuple[User, float]] = {}
        self._refresh: dict[str, tuple[User, str]] = {}

    def user_of(self, authorization: str) -> User | None:
        """Return who a request's Authorization header speaks for."""
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() == "basic":
            return self._basic(value)
        user, ends = self._access.get(value, (None, 0.0))
        return user if self._now() < ends else None

    def revoke(self, authorization: str) -> None:
        """Forget a token."""
        self._access.pop(authorization.partition(" ")[2], None)

    def grant(self, form: Mapping[str, str], client_id: str | None) -> tuple[int, dict[str, Any]]:
        """Answer a token request: status and body."""
        kind = form.get("grant_type")
        if kind == "password":
            return self._by_password(form, client_id)
        if kind == "refresh_token":
            return self._by_refresh(form, client_id)
        return 400, {"error": "unsupported_grant_type"}

    def _basic(self, value: str) -> User | None:
        try:
            name, _, password = base64.b64decode(value).decode().partition(":")
        except ValueError:
            return None
        user = self.users.get(name)
        return user if user and user.password == password else None

    def _by_password(
        self, form: Mapping[str, str], client_id: str | None
    ) -> tuple[int, dict[str, Any]]:
        user = self.users.get(form.get("username", ""))
        if user is None or user.password != form.get("password"):
            return 400, {
                "error": "invalid_grant",
                "error_description": "The user name or password is incorrect.",
            }
        if user.totp and user.totp != form.get("totp"):
            return 400, {"error": "two_factor_auth_check"}
        client = client_id or user.name
        # One refresh token per client_id: the newest ends the older ones.
        self._refresh = {k: v for k, v in self._refresh.items() if v != (user, client)}
        return self._give(user, client)

    def _by_refresh(
        self, form: Mapping[str, str], client_id: str | None
    ) -> tuple[int, dict[str, Any]]:
        user, client = self._refresh.get(form.get("refresh_token", ""), (None, ""))
        if user is None or client != (client_id or user.name):
            return 400, {"error": "invalid_grant"}
        del self._refresh[form["refresh_token"]]
        return self._give(user, client)

    def _give(self, user: User, client: str) -> tuple[int, dict[str, Any]]:
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._access[access] = (user, self._now() + self.seconds)
        self._refresh[refresh] = (user, client)
        return 200, {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": self.seconds,
            "refresh_token": refresh,
        }
