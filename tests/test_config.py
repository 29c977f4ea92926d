"""Settings: option over environment over file over default; nothing secret in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.api.limits import DEFAULT_LIMITS, Limit
from pipeline.config import read_settings
from pipeline.errors import UsageError

TOML = """
[default]
username = "file@site.example"
limits = ["write:10/60"]

[profiles.trial]
base_url = "http://127.0.0.1:8765/api/"
timeout = 5
"""


def settings(tmp_path: Path, environment: dict[str, str] | None = None, **options):
    home = {"NEXUDUS_BULK_HOME": str(tmp_path / "home")}
    return read_settings(environment={**home, **(environment or {})}, folder=tmp_path, **options)


def test_defaults(tmp_path):
    """Without any setting the documented service and limits are used."""
    found = settings(tmp_path)

    assert found.base_url == "https://spaces.nexudus.com"
    assert found.limits == DEFAULT_LIMITS
    assert found.home == tmp_path / "home"


def test_option_over_environment_over_file(tmp_path):
    """Each source overrides the one below it."""
    (tmp_path / "nexudus-bulk.toml").write_text(TOML)
    environment = {"NEXUDUS_USERNAME": "env@site.example", "NEXUDUS_BASE_URL": "https://a.example"}

    assert settings(tmp_path).username == "file@site.example"
    assert settings(tmp_path).limits == (Limit("write", 10, 60),)
    assert settings(tmp_path, environment).username == "env@site.example"
    assert settings(tmp_path, environment).base_url == "https://a.example"
    assert (
        settings(tmp_path, environment, base_url="https://b.example").base_url
        == "https://b.example"
    )
    assert settings(tmp_path, limits=["none"]).limits == ()


def test_a_profile_replaces_the_default_table(tmp_path):
    """A named profile is used as it stands; its address loses a trailing /api."""
    (tmp_path / "nexudus-bulk.toml").write_text(TOML)

    found = settings(tmp_path, profile="trial")

    assert (found.base_url, found.timeout_seconds) == ("http://127.0.0.1:8765", 5.0)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        (
            "[default]\npassword = 'x'",
            "'password' must not be in a file. Set it in the environment",
        ),
        ("[profiles.a]\ntoken = 'x'", "'token' must not be in a file"),
        (
            "[default]\nuser = 'x'",
            "'user' is not a setting. Known: base_url, limits, settle",
        ),
        ("[default]\ntimeout = 'x'", "timeout 'x' is not a number of seconds above 0."),
        ("default = 1", "a profile has to be a table"),
        ("profiles = 1", "profiles have to be tables"),
        ("[default", "cannot be read as TOML"),
    ],
)
def test_a_file_that_cannot_be_meant(tmp_path, toml, message):
    """A wrong file is one clear message; secrets in it are refused by name, never used."""
    (tmp_path / "nexudus-bulk.toml").write_text(toml)

    with pytest.raises(UsageError) as caught:
        settings(tmp_path, profile="a" if "profiles.a" in toml else None)

    assert message in str(caught.value)
    assert "'x' must" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://spaces.example", "would send the password unencrypted"),
        ("spaces.example", "is not the address of a service"),
        ("https://user:pw@spaces.example", "a name or password must not be part of the address"),
        ("http://[::1", "is not the address of a service"),
    ],
)
def test_addresses_that_are_refused(tmp_path, address, message):
    """Plain http is for loopback only; a name without scheme, or with a login, is no address."""
    with pytest.raises(UsageError) as caught:
        settings(tmp_path, base_url=address)

    assert message in str(caught.value)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])
def test_plain_http_to_this_machine(tmp_path, address):
    """Loopback addresses may be plain."""
    assert settings(tmp_path, base_url=address).base_url == address


def test_an_unknown_profile_is_told_with_those_that_exist(tmp_path):
    """A misspelt profile never falls back to another account."""
    (tmp_path / "nexudus-bulk.toml").write_text(TOML)

    with pytest.raises(UsageError, match="Profiles there: trial"):
        settings(tmp_path, profile="trail")


@pytest.mark.parametrize("token", ["a b", "a\nb", "ünsafe", "a\x00b"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(tmp_path, token):
    """A line break from copying is trimmed; inside, it is an error without the token in it."""
    with pytest.raises(UsageError) as caught:
        read_settings(environment={"NEXUDUS_TOKEN": token}, folder=tmp_path)

    assert token not in str(caught.value)
    assert "NEXUDUS_TOKEN: it holds a character that no token has" in str(caught.value)
    assert read_settings(environment={"NEXUDUS_TOKEN": "abc\r\n"}, folder=tmp_path).token == "abc"
