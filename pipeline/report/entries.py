"""Entries for the schedulers of the systems, as texts.

No entry holds a credential: each system takes them from where its user keeps them.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from xml.sax.saxutils import escape

from pipeline.kinds import DAYS
from pipeline.report.schedules import Job, When

SAFE_WORD = re.compile(r"[\w@+=:,./-]+", re.ASCII)  # needs no quotes in a unit


# ---- cron


def cron(job: Job) -> str:
    """Return the line of a crontab. Errors are mailed by cron, the rest goes to the job's log."""
    folder, credentials, log = map(shlex.quote, (job.folder, job.credentials, job.log))
    command = (
        f"cd {folder} && set -a && . {credentials} && set +a && {shlex.join(job.words)} "
        f'>> {log} 2>&1 || echo {job.name}: exit code "$?," see {log}'
    )
    when = job.when
    days = ",".join(map(str, when.days)) or "*"
    return f"{when.minute} {when.hour} {when.day_of_month or '*'} * {days} {_for_cron(command)}"


def _for_cron(command: str) -> str:
    """Escape per cent signs, which cron takes for line breaks.

    Cron knows no way to write a backslash before one. Backslashes stand in single quotes here,
    which may be closed and opened again between the two.
    """
    return command.replace("\\%", "\\''%").replace("%", "\\%")


# ---- systemd

SERVICE = """\
[Unit]
Description={title}

[Service]
Type=oneshot
WorkingDirectory={folder}
EnvironmentFile={credentials}
ExecStart={command}
"""
TIMER = """\
[Unit]
Description={title}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""


def service(job: Job) -> str:
    """Return the unit that runs the command, for the user's own systemd."""
    program, *rest = map(_unit_word, job.words)
    # The program is taken as it is; only what follows may name variables.
    command = " ".join([program, *(word.replace("$", "$$") for word in rest)])
    texts = {"title": job.title, "folder": job.folder, "credentials": job.credentials}
    escaped = {name: _no_specifier(text) for name, text in texts.items()}
    return SERVICE.format(command=command, **escaped)


def timer(job: Job) -> str:
    """Return the unit that starts the service, also when its time passed while it was off."""
    when = job.when
    days = ",".join(DAYS[day][:3] for day in when.days)
    date = f"*-*-{when.day_of_month:02}" if when.day_of_month else "*-*-*"
    return TIMER.format(title=_no_specifier(job.title), calendar=f"{days} {date} {when}:00".strip())


def _unit_word(word: str) -> str:
    if SAFE_WORD.fullmatch(word):
        return word
    return '"' + _no_specifier(word.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _no_specifier(text: str) -> str:
    return text.replace("%", "%%")


# ---- Windows

TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{title}</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>{starts}</StartBoundary>
      <Enabled>true</Enabled>
      {calendar}
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal>
      <LogonType>Password</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
  </Settings>
  <Actions>
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
BY_DAY = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
BY_WEEK = """<ScheduleByWeek>
        <WeeksInterval>1</WeeksInterval>
        <DaysOfWeek>{days}</DaysOfWeek>
      </ScheduleByWeek>"""
BY_MONTH = """<ScheduleByMonth>
        <DaysOfMonth><Day>{day}</Day></DaysOfMonth>
        <Months>
          <January/><February/><March/><April/><May/><June/>
          <July/><August/><September/><October/><November/><December/>
        </Months>
      </ScheduleByMonth>"""


def windows(job: Job) -> str:
    """Return the task as Windows Task Scheduler exports one; the file has to be UTF-16."""
    program, *rest = job.words
    texts = {
        "title": job.title,
        "program": program,
        "arguments": subprocess.list2cmdline(rest),
        "folder": job.folder,
        "starts": job.starts.isoformat(timespec="seconds"),
    }
    escaped = {name: escape(text) for name, text in texts.items()}
    return TASK.format(calendar=_calendar(job.when), **escaped)


def _calendar(when: When) -> str:
    if when.day_of_month:
        return BY_MONTH.format(day=when.day_of_month)
    if when.days:
        return BY_WEEK.format(days="".join(f"<{DAYS[day]}/>" for day in when.days))
    return BY_DAY
