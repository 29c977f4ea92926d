"""The command line itself: help, exit codes, what it loads, and that the README tells the truth."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flows import Shell

from pipeline import __version__, cli
from pipeline.entities import ENTITIES

ROOT = Path(__file__).parents[1]
HEAVY = {"pandas", "pandera", "httpx", "openpyxl", "xlsxwriter", "python_calamine", "lxml", "flask"}


@pytest.fixture
def shell(capsys) -> Shell:
    """The command without an account."""
    return Shell(capsys)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(shell, name):
    """--help exits 0 and ends with an example; the README shows the command."""
    said = shell(name, "--help")

    assert said.code == 0
    assert f"Example: nexudus-bulk {name}" in said.out
    assert f"nexudus-bulk {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--bogus"]])
def test_help_version_and_a_wrong_option_load_nothing_heavy(words):
    """The quick answers import no frame, spreadsheet or HTTP library."""
    script = (
        "import sys; from pipeline import cli; cli.main(sys.argv[1:]); "
        "print('loaded', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
    )

    assert not HEAVY & set(done.stdout.rpartition("loaded")[2].split())


def test_version_and_the_module_are_the_same_command():
    """`python -m pipeline` is nexudus-bulk."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"nexudus-bulk, version {__version__}\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["check", "none.xlsx"], 2, "none.xlsx: there is no such file."),
        (["template", "Desk", "-o", "x.xlsx"], 2, "'Desk' is not known. Known: Resource"),
        (["export", "-o", "x.ods"], 2, "'x.ods' ends in no format that is known."),
        (["export", "-o", "x.xlsx", "--limit", "fast"], 2, "'fast' is not a limit."),
        (["sandbox", "--fault", "fast"], 2, "fault 'fast' is not one."),
        (["sandbox", "--limit", "fast"], 2, "limit 'fast' is not one."),
        (["resume", "9" * 20], 2, "is not in the range"),
        (["runs", "9" * 20], 2, "is not in the range"),
        (["nonsense"], 2, "No such command 'nonsense'."),
        (["plan"], 2, "Missing argument 'FILE'."),
    ],
)
def test_bad_words_get_one_message(shell, words, code, message):
    """A wrong option, file or name: exit 2 and one message that names it."""
    said = shell(*words)

    assert said.code == code
    assert message in said.err
    assert "Traceback" not in said.err


def test_without_credentials_nothing_is_asked(shell, monkeypatch):
    """No login: exit 4, and what to set."""
    for name in ("NEXUDUS_TOKEN", "NEXUDUS_USERNAME", "NEXUDUS_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    said = shell("plan", ROOT / "samples" / "rooms.xlsx")

    assert said.code == 4
    assert said.err == (
        "No credentials are set. Set NEXUDUS_USERNAME and NEXUDUS_PASSWORD, or NEXUDUS_TOKEN, in "
        "the environment. Nothing was sent.\n"
    )


@pytest.mark.parametrize("name", ENTITIES)
def test_the_template_command_writes_what_stands_in_the_repository(name, shell, tmp_path):
    """`template` makes the very file that is committed."""
    said = shell("template", name, "-o", tmp_path / "t.xlsx", "--json")

    assert json.loads(said.out) == {"file": str(tmp_path / "t.xlsx"), "entity": name}
    made = (tmp_path / "t.xlsx").read_bytes()
    assert made == (ROOT / "templates" / f"{name}s.xlsx").read_bytes()


def test_a_template_is_of_resources_when_nothing_else_is_said(shell, tmp_path):
    """`template` alone makes the usual workbook."""
    said = shell("template", "-o", tmp_path / "t.xlsx", "--json")

    assert said.json["entity"] == "Resource"


def test_a_template_replaces_a_file_only_when_told_to(shell, tmp_path):
    """An existing file may be somebody's work: it stays, unless --overwrite is given."""
    mine = tmp_path / "mine.xlsx"
    mine.write_text("my work")

    refused = shell("template", "-o", mine)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"{mine}: exists already. Give another name, or --overwrite.\n"
    assert mine.read_text() == "my work"
    assert shell("template", "-o", mine, "--overwrite").code == 0
    assert mine.read_bytes() == (ROOT / "templates" / "Resources.xlsx").read_bytes()


def test_the_demo_tells_its_story(shell, tmp_path):
    """Creates, updates, unchanged rows, an export and its unedited import, with exit code 0."""
    said = shell("demo", "--folder", tmp_path / "demo")

    assert said.code == 0
    assert re.findall(r"^\d+ rows: (?=\d+ (?:created|updated|unchanged)[,.]).*?\.", said.out, re.M)[
        0
    ].startswith("39 rows: 39 created.")
    assert "39 rows: 4 updated, 35 unchanged." in said.out
    assert "45 resources written to" in said.out
    assert "45 rows: 45 unchanged. Nothing was written." in said.out
    assert (tmp_path / "demo" / "export.xlsx").exists()


def test_the_readme_shows_what_the_sandbox_prints():
    """The tour's first lines are those of the command: address, login and password."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "sandbox"], stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    lines = [run.stdout.readline() for _ in range(4)]
    run.terminate()
    run.communicate(timeout=30)

    port = lines[0].rpartition(":")[2].strip()
    assert "".join(lines).replace(port, "8765") in readme
    assert run.returncode == 0
