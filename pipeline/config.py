"""The only reader of options, environment and `nexudus-bulk.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.api.limits import DEFAULT_LIMITS, Limit, parse_limits
from pipeline.errors import UsageError

DEFAULT_BASE_URL = "https://spaces.nexudus.com"
CONFIG_FILE = "nexudus-bulk.toml"
SECRETS = {"token", "password", "totp"}
SETTINGS = {"base_url", "username", "limits", "timeout", "settle"}
TIMEOUT_SECONDS = 30.0  # the longest answer seen live took 28.8 s
SETTLE_SECONDS = 30.0  # a generous guess: how far reading lags behind writing is not documented


@dataclass(frozen=True)
class Settings:
    """Where the account is, who asks, and within which limits. Secrets never show in a repr."""

    base_url: str = DEFAULT_BASE_URL
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    totp: str = field(default="", repr=False)
    limits: tuple[Limit, ...] = DEFAULT_LIMITS
    home: Path = Path()
    timeout_seconds: float = TIMEOUT_SECONDS
    settle_seconds: float = SETTLE_SECONDS

    @property
    def account(self) -> str:
        """The name under which this account's state is kept: address and login, no secret."""
        return f"{self.base_url} {self.username.casefold() or 'token'}"


def read_settings(
    *,
    base_url: str | None = None,
    profile: str | None = None,
    limits: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Put the settings together: option over environment over file over default.

    Raises UsageError for a setting that cannot be meant; missing credentials are the client's
    to tell, since not every command needs them.
    """
    env = os.environ if environment is None else environment
    filed = _profile(folder or Path.cwd(), profile or env.get("NEXUDUS_PROFILE"))
    address = base_url or env.get("NEXUDUS_BASE_URL") or filed.get("base_url") or DEFAULT_BASE_URL
    return Settings(
        base_url=check_address(str(address)),
        username=env.get("NEXUDUS_USERNAME") or str(filed.get("username") or ""),
        password=env.get("NEXUDUS_PASSWORD", ""),
        token=_token(env.get("NEXUDUS_TOKEN", "")),
        totp=env.get("NEXUDUS_TOTP", ""),
        limits=_limits(limits, filed),
        home=state_folder(env),
        timeout_seconds=_seconds(filed, "timeout", TIMEOUT_SECONDS),
        settle_seconds=_seconds(filed, "settle", SETTLE_SECONDS),
    )


def _token(given: str) -> str:
    """Return the token. Raises UsageError for one that no header can carry; never shows it."""
    token = given.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("NEXUDUS_TOKEN: it holds a character that no token has. Copy it again.")
    return token


def check_address(address: str) -> str:
    """Return the address without its tail. Raises UsageError: plain http is for loopback only."""
    trimmed = address.strip().rstrip("/").removesuffix("/api")
    try:
        parts = urlsplit(trimmed)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if "@" in trimmed:
        raise UsageError(
            "NEXUDUS_BASE_URL: a name or password must not be part of the address. "
            "Set NEXUDUS_USERNAME and NEXUDUS_PASSWORD."
        )
    if parts.scheme not in {"http", "https"} or not host or parts.query:
        raise UsageError(
            f"NEXUDUS_BASE_URL: '{address}' is not the address of a service. "
            f"Write such as {DEFAULT_BASE_URL}."
        )
    if parts.scheme == "http" and not _is_loopback(host):
        raise UsageError(
            f"NEXUDUS_BASE_URL: '{address}' would send the password unencrypted. Write https://."
        )
    return trimmed


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def state_folder(env: Mapping[str, str]) -> Path:
    """Return the folder for journal and tokens; it is made when something is written to it."""
    if given := env.get("NEXUDUS_BULK_HOME"):
        return Path(given).expanduser()
    import platformdirs  # noqa: PLC0415 - 10 ms that --help need not wait for

    return Path(platformdirs.user_state_dir("nexudus-bulk", appauthor=False))


def _limits(given: Sequence[str], filed: Mapping[str, Any]) -> tuple[Limit, ...]:
    if given:
        return parse_limits(given)
    if "limits" in filed:
        listed = filed["limits"]
        return parse_limits([listed] if isinstance(listed, str) else map(str, listed))
    return DEFAULT_LIMITS


def _seconds(filed: Mapping[str, Any], name: str, default: float) -> float:
    value = filed.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        raise UsageError(f"{CONFIG_FILE}: {name} '{value}' is not a number of seconds above 0.")
    return float(value)


def _profile(folder: Path, name: str | None) -> Mapping[str, Any]:
    path = folder / CONFIG_FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as TOML ({error}). Mend it.") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    profiles = content.get("profiles", {})
    if not isinstance(profiles, dict):
        raise UsageError(f"{path}: profiles have to be tables, such as [profiles.live].")
    if name is not None and name not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        raise UsageError(f"--profile: '{name}' is not in {path}. Profiles there: {known}.")
    chosen = content.get("default", {}) if name is None else profiles[name]
    _refuse_strangers(path, chosen)
    return dict(chosen)


def _refuse_strangers(path: Path, chosen: Any) -> None:
    if not isinstance(chosen, dict):
        raise UsageError(f"{path}: a profile has to be a table, such as [default].")
    if found := SECRETS & set(chosen):
        raise UsageError(
            f"{path}: '{sorted(found)[0]}' must not be in a file. Set it in the environment, as "
            f"NEXUDUS_{sorted(found)[0].upper()}."
        )
    if strange := set(chosen) - SETTINGS:
        known = ", ".join(sorted(SETTINGS))
        raise UsageError(f"{path}: '{sorted(strange)[0]}' is not a setting. Known: {known}.")
