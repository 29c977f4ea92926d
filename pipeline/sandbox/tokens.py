"""Users and tokens: grants, refresh tokens that serve once, and who may do what."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.sandbox.tables import Record

Grant = tuple[int, Record]  # status and body


@dataclass(frozen=True)
class User:
    """A login. Without `roles` it is a full administrator; with `totp` it needs that code too."""

    username: str
    password: str = field(repr=False)
    roles: frozenset[str] | None = None
    totp: str = field(default="", repr=False)

    def may(self, role: str) -> bool:
        """Whether the user holds the role."""
        return self.roles is None or role in self.roles


class Logins:
    """Knows the users and the tokens given out; tokens live as long as the process."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._users: dict[str, User] = {}
        self._access: dict[str, tuple[str, float]] = {}  # token: username, when it ends
        self._refresh: dict[str, tuple[str, str]] = {}  # token: username, client_id

    def add(self, user: User) -> None:
        """Add a user, or put it in the place of the one with the same name."""
        self._users[user.username] = user

    def by_token(self, token: str) -> User | None:
        """Return whose valid access token this is."""
        username, ends_at = self._access.get(token, ("", 0.0))
        return self._users.get(username) if self._now() < ends_at else None

    def by_password(self, username: str, password: str) -> User | None:
        """Return the user of a basic login; a second factor cannot be given that way."""
        user = self._users.get(username)
        return user if user and user.password == password and not user.totp else None

    def revoke(self, token: str) -> None:
        """End an access token."""
        self._access.pop(token, None)

    def grant(self, form: Mapping[str, str], client_id: str | None, seconds: int) -> Grant:
        """Answer a token request that came as a form. `client_id` is the header of that name."""
        with self._lock:
            match form.get("grant_type"):
                case "password":
                    return self._by_login(form, client_id, seconds)
                case "refresh_token":
                    return self._by_refresh(form.get("refresh_token", ""), client_id, seconds)
        return 400, {"error": "unsupported_grant_type"}

    def _by_login(self, form: Mapping[str, str], client_id: str | None, seconds: int) -> Grant:
        user = self._users.get(form.get("username", ""))
        if user is None or user.password != form.get("password"):
            return _refused("The user name or password is incorrect.")
        if user.totp and form.get("totp") != user.totp:
            return 400, {
                "error": "two_factor_auth_check",
                "error_description": "A valid two-factor code is required.",
            }
        client = client_id or user.username
        # One refresh token per client_id: a new grant ends the older ones. Vendor docs.
        self._refresh = {key: kept for key, kept in self._refresh.items() if kept[1] != client}
        return self._issue(user.username, client, seconds)

    def _by_refresh(self, token: str, client_id: str | None, seconds: int) -> Grant:
        username, client = self._refresh.get(token, ("", ""))
        if not username or (client_id or username) != client:
            return _refused("The refresh token is invalid.")
        del self._refresh[token]
        return self._issue(username, client, seconds)

    def _issue(self, username: str, client: str, seconds: int) -> Grant:
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access[access] = username, self._now() + seconds
        self._refresh[refresh] = username, client
        return 200, {
            "access_token": access,
            "token_type": "bearer",
            "expires_in": seconds,
            "refresh_token": refresh,
        }


def _refused(words: str) -> Grant:
    return 400, {"error": "invalid_grant", "error_description": words}
