"""What a person does with an entry: where it goes, what goes with it, where its words are."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from pipeline.report import entries
from pipeline.report.schedules import Job

UNITS = "~/.config/systemd/user"
EXIT_CODES = (
    "# Exit codes: 0 done, 1 some rows need you, 2 or 4 nothing could be done, 3 stopped early."
)


@dataclass(frozen=True)
class Section:
    """The entries of one system by name, and the lines to print: they stand in them too."""

    entries: dict[str, str]
    lines: tuple[str, ...]


def sections(job: Job, systems: Iterable[str]) -> list[Section]:
    """Return what to print for each of `cron`, `systemd` and `windows`."""
    writers = {"cron": _cron, "systemd": _systemd, "windows": _windows}
    return [writer(job) for system, writer in writers.items() if system in set(systems)]


def _cron(job: Job) -> Section:
    line = entries.cron(job)
    lines = (
        "# cron: run crontab -e and add the line that is no comment.",
        *_credentials(job),
        line,
        f"# What the command says is added to {job.log}.",
        "# Exit codes other than 0 are mailed to you, or to MAILTO=... above the line.",
        "# cron does not make up for a time when the computer was off.",
        EXIT_CODES,
        "",
    )
    return Section({"cron": line}, lines)


def _systemd(job: Job) -> Section:
    service, timer = entries.service(job), entries.timer(job)
    lines = (
        f"# systemd: save this as {UNITS}/{job.name}.service.",
        *_credentials(job),
        service,
        f"# And this as {UNITS}/{job.name}.timer.",
        timer,
        f"# Then: systemctl --user daemon-reload && systemctl --user enable --now {job.name}.timer",
        "# So that it runs while you are not logged in: loginctl enable-linger",
        f"# What the command said, and its exit code: journalctl --user -u {job.name}",
        EXIT_CODES,
        "",
    )
    return Section({"service": service, "timer": timer}, lines)


def _windows(job: Job) -> Section:
    task, file = entries.windows(job), f"{job.name}.xml"
    lines = (
        f"# Windows: save what follows, from <?xml to </Task>, as {file} in the encoding",
        "# UTF-16 LE (Notepad: Save as, Encoding). As the user who is to run it, tell Windows the",
        "# credentials once: setx NEXUDUS_USERNAME ... and setx NEXUDUS_PASSWORD ..., or",
        "# setx NEXUDUS_TOKEN ..., and whatever else you set.",
        task,
        f"# Then, in a command prompt: schtasks /Create /TN {job.name} /XML {file} "
        "/RU %USERNAME% /RP *",
        "# Task Scheduler shows the exit code as Last Run Result; the words are not kept.",
        EXIT_CODES,
        "",
    )
    return Section({"windows": task}, lines)


def _credentials(job: Job) -> tuple[str, ...]:
    file = shlex.quote(job.credentials)
    folder = shlex.quote(str(PurePath(job.credentials).parent))
    return (
        "# Credentials come from a file that only you can read. Make it once:",
        f"#   mkdir -p {folder} && install -m 600 /dev/null {file}",
        "# and write into it NEXUDUS_USERNAME='...' and NEXUDUS_PASSWORD='...', or",
        "# NEXUDUS_TOKEN='...', and whatever else you set: NEXUDUS_BASE_URL, NEXUDUS_PROFILE,",
        "# NEXUDUS_BULK_HOME. NEXUDUS_TOTP is of no use there: such a code is valid once.",
    )
