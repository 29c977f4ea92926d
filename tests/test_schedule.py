"""`schedule`: entries that really work in a scheduler's bare environment, and hold no secret."""

from __future__ import annotations

import configparser
import json
import os
import shlex
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from flows import Said, Shell

from pipeline.errors import UsageError
from pipeline.report import entries
from pipeline.report.schedules import Job, When, read_when
from pipeline.sandbox import Sandbox

posix = pytest.mark.skipif(os.name == "nt", reason="cron and systemd are not there")
AWKWARD = r"""it's 100% "é" \% $HOME"""
SCHEMA = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
NIGHT = When(2, 30)
ONCE = datetime(2026, 3, 1, 2, 30)  # noqa: DTZ001 - a scheduler's local time


def job(tmp_path: Path, *words: str, when: When = NIGHT, title: str = "Nightly") -> Job:
    """Make a job in a folder whose name is as awkward as a name can be."""
    folder = tmp_path / AWKWARD
    folder.mkdir(exist_ok=True)
    credentials = tmp_path / "who's there" / "environment"
    return Job(title, words, str(folder), str(credentials), when, ONCE)


def as_cron(line: str) -> tuple[str, str]:
    """Read a line as cron does: the five fields, and the command up to an unescaped per cent."""
    *fields, rest = line.split(" ", 5)
    command, escaped = "", False
    for letter in rest:
        if letter == "%" and not escaped:
            break
        command = command[:-1] + letter if letter == "%" else command + letter
        escaped = letter == "\\" and not escaped
    return " ".join(fields), command


def run_bare(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a crontab's line in the environment that cron gives."""
    return subprocess.run(
        ["/bin/sh", "-c", as_cron(line)[1]],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "ops"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def unit(text: str) -> dict[str, dict[str, str]]:
    """Read a unit's sections."""
    parser = configparser.RawConfigParser(delimiters=("=",), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def task(text: str) -> ElementTree.Element:
    """Read a task as Windows does: from a file in UTF-16."""
    return ElementTree.fromstring(text.encode("utf-16"))


def found(root: ElementTree.Element, path: str) -> str | None:
    return root.findtext("/".join(SCHEMA + step for step in path.split("/")))


def steps(root: ElementTree.Element, path: str) -> list[str]:
    """Return the names of what stands below a place of a task, with their texts."""
    (place,) = root.findall("/".join(SCHEMA + step for step in path.split("/")))
    return [each.tag.removeprefix(SCHEMA) + (each.text or "").strip() for each in place]


# ---- when


@pytest.mark.parametrize(
    ("given", "fields", "calendar"),
    [
        (("02:30", "day", None), "30 2 * * *", "*-*-* 02:30:00"),
        (("6:05", "weekday", None), "5 6 * * 1,2,3,4,5", "Mon,Tue,Wed,Thu,Fri *-*-* 06:05:00"),
        (("23:59", "thu, Sunday", None), "59 23 * * 0,4", "Sun,Thu *-*-* 23:59:00"),
        (("00:00", "month", None), "0 0 1 * *", "*-*-01 00:00:00"),
        (("12:00", "Month", 28), "0 12 28 * *", "*-*-28 12:00:00"),
    ],
)
def test_all_entries_mean_the_same_time(tmp_path, given, fields, calendar):
    """cron and systemd are told of the same time in their own words."""
    made = job(tmp_path, "/bin/true", when=read_when(*given))

    assert as_cron(entries.cron(made))[0] == fields
    assert unit(entries.timer(made))["Timer"] == {"OnCalendar": calendar, "Persistent": "true"}


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("day", ["ScheduleByDay", ["DaysInterval1"]]),
        ("mon,thu", ["ScheduleByWeek", ["WeeksInterval1", "DaysOfWeek"]]),
        ("month", ["ScheduleByMonth", ["DaysOfMonth", "Months"]]),
    ],
)
def test_windows_is_told_of_the_time_in_its_own_words(tmp_path, every, expected):
    """Each kind of repetition has its own element; the time of day is that of the first start."""
    root = task(entries.windows(job(tmp_path, "x", when=read_when("02:30", every, None))))
    trigger = "Triggers/CalendarTrigger"

    assert steps(root, trigger) == ["StartBoundary2026-03-01T02:30:00", "Enabledtrue", expected[0]]
    assert steps(root, f"{trigger}/{expected[0]}") == expected[1]
    assert found(root, "Settings/StartWhenAvailable") == "true"
    if every == "mon,thu":
        assert steps(root, f"{trigger}/ScheduleByWeek/DaysOfWeek") == ["Monday", "Thursday"]
    if every == "month":
        assert steps(root, f"{trigger}/ScheduleByMonth/DaysOfMonth") == ["Day1"]
        assert len(steps(root, f"{trigger}/ScheduleByMonth/Months")) == 12


@pytest.mark.parametrize(
    ("at", "every", "day", "message"),
    [
        ("25:00", "day", None, "--at: '25:00' is not a time of day. Write 00:00 to 23:59."),
        ("2.30", "day", None, "--at: '2.30' is not a time of day. Write 00:00 to 23:59."),
        (
            "2:30",
            "mnoday",
            None,
            "--every: 'mnoday' is not known. Write day, weekday, month, or days such as mon or "
            "mon,thu.",
        ),
        ("2:30", "month", 31, "--day: '31' is not in every month. Write 1 to 28."),
        (
            "2:30",
            "mon",
            1,
            "--day: it counts only with --every month. Leave it out, or write that.",
        ),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused(at, every, day, message):
    """A time that some months lack, or no clock has, would silently never come."""
    with pytest.raises(UsageError) as caught:
        read_when(at, every, day)

    assert str(caught.value) == message


# ---- the entries


@posix
def test_a_crontab_line_runs_with_any_name(tmp_path):
    """Spaces, quotes, per cents, backslashes and accents reach the command as they were given."""
    made = job(tmp_path, "/usr/bin/printenv", "-0", "NEXUDUS_TOKEN")
    shown = job(tmp_path, "/bin/echo", AWKWARD, "two words")
    Path(made.credentials).parent.mkdir()
    Path(made.credentials).write_text("NEXUDUS_TOKEN='let $me in'\n", encoding="utf-8")

    for each in (made, shown):
        ran = run_bare(entries.cron(each), tmp_path)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")

    written = Path(made.folder, "nexudus-bulk-nightly.log").read_text(encoding="utf-8")
    assert written == f"let $me in\0{AWKWARD} two words\n"


@posix
def test_cron_has_something_to_mail_when_a_command_fails(tmp_path):
    """Only an exit code other than 0 is printed, which cron mails; the words are in the log."""
    made = job(tmp_path, "/bin/sh", "-c", "echo oops; exit 3")
    Path(made.credentials).parent.mkdir()
    Path(made.credentials).touch()

    ran = run_bare(entries.cron(made), tmp_path)

    assert ran.stdout == f"nexudus-bulk-nightly: exit code 3, see {made.log}\n"
    assert Path(made.log).read_text(encoding="utf-8") == "oops\n"


@posix
def test_without_credentials_cron_says_so_and_runs_nothing(tmp_path):
    """A missing file is an error that is mailed, not a run with half an environment."""
    made = job(tmp_path, "/usr/bin/touch", "ran")

    ran = run_bare(entries.cron(made), tmp_path)

    assert ran.returncode != 0
    assert "environment" in ran.stderr
    assert not Path(made.folder, "ran").exists()


def test_a_service_is_escaped_as_systemd_reads_it(tmp_path):
    """Per cents are doubled everywhere, dollars in the command, quotes and backslashes escaped."""
    words = ("/opt/rooms and desks/nexudus-bulk", "import", AWKWARD, ";", "{date}-ok.xlsx")
    made = job(tmp_path, *words, title="100% é")

    assert unit(entries.service(made)) == {
        "Unit": {"Description": "100%% é"},
        "Service": {
            "Type": "oneshot",
            "WorkingDirectory": made.folder.replace("%", "%%"),
            "EnvironmentFile": made.credentials,
            "ExecStart": '"/opt/rooms and desks/nexudus-bulk" import '
            '"it\'s 100%% \\"é\\" \\\\%% $$HOME" ";" "{date}-ok.xlsx"',
        },
    }
    read_back = shlex.split(unit(entries.service(made))["Service"]["ExecStart"])
    assert tuple(word.replace("%%", "%").replace("$$", "$") for word in read_back) == words
    assert unit(entries.timer(made)) == {
        "Unit": {"Description": "100%% é"},
        "Timer": {"OnCalendar": "*-*-* 02:30:00", "Persistent": "true"},
        "Install": {"WantedBy": "timers.target"},
    }


def test_a_task_says_what_to_run_where(tmp_path):
    """Program, arguments and folder stand apart; arguments are quoted as Windows splits them."""
    made = job(tmp_path, r"C:\Program Files\nexudus-bulk.exe", "export", "-o", 'a & "b" <é>.xlsx')
    root = task(entries.windows(made))

    assert found(root, "Actions/Exec/Command") == r"C:\Program Files\nexudus-bulk.exe"
    assert found(root, "Actions/Exec/Arguments") == r'export -o "a & \"b\" <é>.xlsx"'
    assert found(root, "Actions/Exec/WorkingDirectory") == made.folder
    assert entries.windows(made).startswith('<?xml version="1.0" encoding="UTF-16"?>\n')


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Nightly", "nexudus-bulk-nightly"),
        ("  Über/Nacht: 100%! ", "nexudus-bulk-uber-nacht-100"),
        ("夜間", "nexudus-bulk"),
    ],
)
def test_a_title_becomes_a_name_that_every_system_takes(tmp_path, title, name):
    """Units, tasks and log files are named by letters, digits and dashes."""
    assert job(tmp_path, "x", title=title).name == name


# ---- the command


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to schedule from, with a home of its own."""
    folder = tmp_path / "rooms 100%"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder


def schedule(shell: Shell, *words: str) -> Said:
    return shell("schedule", "--at", "02:30", *words)


@posix
def test_a_scheduled_export_works_from_a_bare_environment(shell, sandbox, here, tmp_path):
    """The printed line, run as cron would, writes the workbook and logs what it said."""
    said = schedule(shell, "--json", "--", "export", "-o", "all 100%.xlsx", "--limit", "none")
    keep_credentials(tmp_path / "home" / ".config" / "nexudus-bulk" / "environment", sandbox)

    ran = run_bare(said.json["cron"], tmp_path)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert openpyxl.load_workbook(here / "all 100%.xlsx")["Resources"].max_row == 7
    assert "6 resources written" in (here / "nexudus-bulk-export.log").read_text(encoding="utf-8")


def keep_credentials(path: Path, sandbox: Sandbox) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(
        f"NEXUDUS_BASE_URL='{sandbox.url}'\nNEXUDUS_USERNAME='{sandbox.username}'\n"
        f"NEXUDUS_PASSWORD='{sandbox.password}'\nNEXUDUS_BULK_HOME='{path.parent}/state'\n",
        encoding="utf-8",
    )


def test_nothing_secret_is_printed_and_nothing_is_sent(shell, sandbox, here):
    """Credentials that are set now are told of by name only; nothing is asked or written."""
    said = schedule(shell, "--", "export", "-o", "rooms-{date}.xlsx")

    assert said.code == 0
    assert sandbox.password not in said.out + said.err
    assert sandbox.username not in said.out + said.err
    assert "NEXUDUS_PASSWORD" in said.out
    assert sandbox.requests == []
    assert list(here.iterdir()) == []


def test_each_entry_stands_under_where_to_put_it(shell, here):
    """All three systems by default, or those that are asked for; a repeated name counts once."""
    every = schedule(shell, "--", "export", "-o", "rooms-{date}.xlsx")
    two = schedule(
        shell, "--for=windows", "--for=cron", "--for=cron", "export", "-o", "{time}.xlsx"
    )

    def heads(said: Said) -> list[str]:
        return [
            line.split(":")[0]
            for line in said.out.splitlines()
            if line.startswith(("# cron:", "# systemd:", "# Windows:"))
        ]

    assert heads(every) == ["# cron", "# systemd", "# Windows"]
    assert heads(two) == ["# cron", "# Windows"]
    assert "crontab -e" in every.out
    assert "~/.config/systemd/user/nexudus-bulk-export.timer" in every.out
    assert "schtasks /Create /TN nexudus-bulk-export /XML nexudus-bulk-export.xml" in every.out


def test_the_entries_are_one_json_object(shell, here):
    """--json gives the bare entries; the program and the folder are absolute."""
    said = schedule(shell, "--json", "--title", "Rooms", "--", "export", "-o", "a-{date}.xlsx")

    assert list(said.json) == ["cron", "service", "timer", "windows"]
    assert json.loads(said.out) == said.json
    service = unit(said.json["service"])["Service"]
    assert service["WorkingDirectory"] == str(here).replace("%", "%%")
    assert shlex.split(service["ExecStart"]) == [
        sys.executable,
        *("-m", "pipeline", "export", "-o", "a-{date}.xlsx"),
    ]
    only = schedule(shell, "--json", "--for", "systemd", "--", "export", "-o", "{date}.xlsx")
    assert list(only.json) == ["service", "timer"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["plan", "rooms.xlsx"],
            "schedule: 'plan' cannot be scheduled. Write export or import behind --.\n",
        ),
        (["export", "-o", "a.xlsx", "--nme=x"], "schedule: export: No such option '--nme'."),
        (["export"], "schedule: export: Missing option '-o' / '--output'.\n"),
        (
            ["import", "rooms.xlsx"],
            "schedule: import: nobody will be at the terminal to say yes, and without it nothing "
            "is sent. Add --yes to write, or --dry-run to look.\n",
        ),
        (
            ["export", "-o", "a\nb.xlsx"],
            "schedule: 'a⏎b.xlsx' has a character that cannot stand in an entry, such as a line "
            "break. Use another name.\n",
        ),
    ],
)
def test_a_command_that_would_fail_at_night_is_refused_now(shell, here, words, message):
    """What is scheduled is read by the command itself before anything is printed."""
    said = schedule(shell, "--", *words)

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(message)


def test_what_may_fail_later_is_noted(shell, here):
    """An export to a fixed name meets its own file; an import needs its file by then."""
    fixed = schedule(shell, "--", "export", "-o", "rooms.xlsx")
    absent = schedule(shell, "--", "import", "rooms.xlsx", "--yes")
    (here / "rooms.xlsx").touch()
    present = schedule(shell, "--", "import", "rooms.xlsx", "--dry-run")

    assert fixed.err == (
        "Note: 'rooms.xlsx' is the same file each time, and an export refuses a file that is "
        "there. Write {date} or {time} into its name, or add --overwrite.\n"
    )
    assert absent.err == (
        "Note: 'rooms.xlsx' is not there yet. It has to be when the import runs.\n"
    )
    assert (fixed.code, absent.code, present.code, present.err) == (0, 0, 0, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "a-{date}.csv", "--where", "Nam=x"], "'Nam' is not a field of resources."),
        (["-o", "a-{date}.csv", "--since-last", "a/b"], "Name of the export: 'a/b' cannot be one."),
        (["-o", "none/a-{date}.csv"], "-o: there is no folder 'none'. Make it first."),
        (["-o", "{date}/a.csv"], "'{date}' is not filled in."),
        (["-o", "a-{date}.csv", "--limit", "fast"], "'fast' is not a limit."),
        (["-o", "a-{date}.csv", "--where", "ZoomAccessToken=abc"], "must not stand on a command"),
    ],
)
def test_what_an_export_would_refuse_at_night_is_told_now(shell, words, sentence):
    """The entry is not printed: it would fail where nobody looks."""
    said = shell("schedule", "--at", "02:30", "--", "export", *words)

    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


def test_a_page_of_the_same_name_each_night_is_pointed_out(shell):
    """The second night would refuse it; a secret's variable need not be set now."""
    said = shell(
        "schedule", "--at", "02:30", "--for", "cron", "--", "export", "-o", "a-{date}.csv",
        "--report", "r.html", "--where", "ZoomAccessToken=env:ZOOM",
    )  # fmt: skip

    assert said.code == 0
    assert said.err.startswith("Note: 'r.html' is the same file each time")
    assert len(said.err.splitlines()) == 1
