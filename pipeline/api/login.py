"""The login: a ready token, or one asked for by name and password, renewed when it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.api.replies import Reply
from pipeline.api.tokens import Tokens, TokenStore
from pipeline.config import Settings
from pipeline.errors import CredentialsError, ProtocolError

TOKEN_PATH = "token"
EARLY_SECONDS = 60.0  # a token this near to its end is renewed before it is used
UNTIL_REFUSED = 10 * 365 * 86_400.0  # seconds; of a token that does not say when it ends

REFUSALS = {
    "invalid_grant": (
        "The name or the password is wrong: check NEXUDUS_USERNAME and NEXUDUS_PASSWORD."
    ),
    "two_factor_auth_check": "This login needs a second factor: set NEXUDUS_TOTP to the code.",
    "must_reset_password": "The password has to be changed first: sign in once in the browser.",
}

PostForm = Callable[[str, Mapping[str, str], Mapping[str, str]], Reply]


class Login:
    """Gives the token for the next request; keeps tokens in the state folder, nowhere else."""

    def __init__(
        self, settings: Settings, post: PostForm, now: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._post = post
        self._now = now
        self._store = TokenStore(settings.home)
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()  # a refresh token serves once: one thread asks, all profit

    def token(self) -> str:
        """Return a token that should be accepted. Raises CredentialsError when none can be had."""
        if self._settings.token:
            return self._settings.token
        with self._lock:
            if self._tokens is None:
                self._tokens = self._store.load(self._settings.account)
            if self._tokens is None or self._now() > self._tokens.ends_at:
                self._ask()
            assert self._tokens is not None
            return self._tokens.access

    def renew(self, refused: str) -> None:
        """Replace the token that was refused. Raises CredentialsError when there is no way to."""
        if self._settings.token:
            raise CredentialsError(f"The API refused the token (401). {self.advice()}")
        with self._lock:
            if self._tokens is None or self._tokens.access == refused:
                self._ask()

    def advice(self) -> str:
        """Say what to set."""
        if self._settings.token:
            return "Set NEXUDUS_TOKEN to a valid one, or NEXUDUS_USERNAME and NEXUDUS_PASSWORD."
        return "Set NEXUDUS_USERNAME and NEXUDUS_PASSWORD; the user needs API access."

    def _ask(self) -> None:
        reply = self._refreshed() or self._granted()
        self._tokens = self._read(reply)
        self._store.save(self._settings.account, self._tokens)

    def _headers(self) -> dict[str, str]:
        return {"client_id": self._store.client_id()}

    def _refreshed(self) -> Reply | None:
        """Try the refresh token, which serves once; None leads to name and password."""
        if not self._tokens or not self._tokens.refresh:
            return None
        form = {"grant_type": "refresh_token", "refresh_token": self._tokens.refresh}
        reply = self._post(TOKEN_PATH, form, self._headers())
        return reply if reply.ok and reply.readable else None

    def _granted(self) -> Reply:
        form = {
            "grant_type": "password",
            "username": self._settings.username,
            "password": self._settings.password,
        }
        if self._settings.totp:
            form["totp"] = self._settings.totp
        return self._post(TOKEN_PATH, form, self._headers())

    def _read(self, reply: Reply) -> Tokens:
        body: Mapping[str, Any] = reply.body if isinstance(reply.body, dict) else {}
        if reply.ok and body.get("access_token"):
            life = body.get("expires_in")
            seconds = float(life) if isinstance(life, int | float) and life > 0 else UNTIL_REFUSED
            return Tokens(
                str(body["access_token"]),
                str(body.get("refresh_token") or ""),
                self._now() + seconds - min(EARLY_SECONDS, seconds / 10),
            )
        self._store.save(self._settings.account, None)
        if reply.status in {400, 401, 403}:
            why = REFUSALS.get(str(body.get("error")), self.advice())
            said = body.get("error_description") or body.get("error") or reply.status
            raise CredentialsError(f"The API refused the login ('{said}'). {why} Nothing was sent.")
        raise ProtocolError(  # without its text: a token may be in it
            f"{self._settings.base_url}/api/{TOKEN_PATH}: this does not look like the service "
            f"(status {reply.status}). Check NEXUDUS_BASE_URL."
        )
