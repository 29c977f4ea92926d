"""The state folder's tokens: what a login is remembered by. Never shown, never logged."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

FILE = "tokens.json"


@dataclass(frozen=True)
class Tokens:
    """An access token, what renews it, and until when it is used (epoch seconds)."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    ends_at: float = 0.0


class TokenStore:
    """Keeps tokens per account, and the id under which this installation asks for them."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def client_id(self) -> str:
        """Return this installation's own id: tools that share one end each other's logins."""
        content = self._read()
        if "client_id" not in content:
            content["client_id"] = str(uuid.uuid4())
            self._write(content)
        return str(content["client_id"])

    def load(self, account: str) -> Tokens | None:
        """Return what is kept for the account, if anything."""
        kept = self._read().get("accounts", {}).get(account)
        try:
            return Tokens(**kept) if kept else None
        except TypeError:
            return None  # written by another version: asking for a new token mends it

    def save(self, account: str, tokens: Tokens | None) -> None:
        """Keep the tokens at once: a refresh token serves only one time. None forgets them."""
        content = self._read()
        accounts = content.setdefault("accounts", {})
        if tokens is None:
            accounts.pop(account, None)
        else:
            accounts[account] = asdict(tokens)
        self._write(content)

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be read ({error.strerror}).") from error
        return content if isinstance(content, dict) else {}

    def _write(self, content: dict[str, Any]) -> None:
        try:
            make_home(self._path.parent)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".tokens-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:  # mkstemp made it 0600
                json.dump(content, file)
            Path(name).replace(self._path)
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be written ({error.strerror}).") from error


def make_home(home: Path) -> None:
    """Make the state folder, readable by its owner only. Raises OSError."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if os.name == "posix" and home.stat().st_mode & 0o077:
        home.chmod(0o700)
