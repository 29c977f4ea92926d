"""What `plan` and `import` share: a file looked up in an account, its plan on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import importing
from pipeline.api.client import Client, identified
from pipeline.cli.shared import Screen
from pipeline.clocks import Clocks
from pipeline.config import Settings
from pipeline.errors import ApiError
from pipeline.planning import missing
from pipeline.planning.ledger import Ledger, source_id
from pipeline.planning.missing import Missing, Wanted
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Stored
from pipeline.prepared import Prepared, check
from pipeline.problems import in_sheet_order
from pipeline.report import text
from pipeline.runs.journal import FILE, Journal
from pipeline.sheets.plan_book import write_plan
from pipeline.sheets.stamp import Account
from pipeline.staleness.account import Since

NOTHING = Wanted()


@dataclass(frozen=True)
class Planned:
    """A plan, with the open client that looked it up, and what is created before its rows.

    As long as something is `missing`, the plan is what will be done when it is there.
    """

    prepared: Prepared
    client: Client
    plan: Plan
    screen: Screen
    stored: Stored
    missing: tuple[Missing, ...] = ()
    lacks_names: bool = False

    @property
    def writes(self) -> int:
        """How many requests that write it takes, with those before the rows."""
        return self.plan.writes + len(self.missing)

    @property
    def seconds(self) -> float:
        """The least time in which the limits let the plan be carried out, from now on."""
        return self.client.pacer.remaining_seconds("write", self.writes)

    @property
    def summary(self) -> str:
        """The counts in one line."""
        return text.plan_summary(self.plan, self.seconds, len(self.missing))

    def show(self) -> None:
        """Print problems, changes and counts."""
        self.screen.warn(text.problem_lines(self.plan.told, text.MAX_LINES * 5))
        self.screen.say(missing.lines(self.missing))
        self.screen.warn(f"warning: {each}" for each in missing.remarks(self.missing))
        self.screen.say(text.plan_lines(missing.shown(self.plan, self.missing)))
        self.screen.say(self.summary)

    def save(self, path: Path) -> None:
        """Write the plan as a workbook. Raises UsageError when it cannot be written."""
        account = f"{self.prepared.sheet.path.name} into {self.client.settings.account}"
        before = (*missing.lines(self.missing), *missing.remarks(self.missing))
        plan = missing.shown(self.plan, self.missing)
        write_plan(path, plan, self.summary, account, before)
        self.screen.say(f"Plan written: {path}.")

    def as_json(self) -> list[dict[str, Any]]:
        """Return what is created before the rows, as --json tells it."""
        return [
            {
                "entity": each.link,
                "name": each.name,
                "location": each.place,
                "location_name": each.place_name,
                "rows": list(each.rows),
            }
            for each in self.missing
        ]


def ledger_owner(prepared: Prepared, settings: Settings, clocks: Clocks) -> Settings:
    """Return the settings with the login under which the ledger is kept, if the file needs it."""
    return identified(settings, clocks) if prepared.source else settings


def _known(prepared: Prepared, client: Client, screen: Screen) -> Ledger:
    """Return what earlier runs made of the source's rows; says how many of them are known."""
    settings = client.settings
    if not prepared.source or not (settings.home / FILE).exists():
        return {}
    with Journal(settings.home, settings.account, now=client.clocks.wall) as journal:
        known = journal.known(prepared.entity, prepared.source)
    if known:
        count = sum(source_id(each) in known for each in prepared.rows)
        screen.warn(text.known_line(count, len(prepared.rows), prepared.source))
    return known


def look_up_and_plan(
    prepared: Prepared,
    client: Client,
    screen: Screen,
    *,
    allow_delete: bool,
    wanted: Wanted = NOTHING,
) -> Planned:
    """Look a file up in the account and plan it; only reads are sent.

    `wanted` says what may be created before the rows, where it is missing.
    """
    screen.warn(prepared.sheet.remarks)
    read_at = client.clocks.monotonic()

    def planned(prepared: Prepared, stored: Stored) -> Plan:
        return importing.make_plan(prepared, stored, allow_delete=allow_delete, read_at=read_at)

    try:
        stored = importing.look_up(client, prepared, _known(prepared, client, screen))
        prepared, since = _laid_beside(prepared, stored, client)
        plan = planned(prepared, stored)
        then, lacking = importing.expect(client, prepared, stored, wanted)
        plan = planned(prepared, then) if lacking.created else plan
        found = missing.used(prepared.entity, plan, lacking.created)
        plan = missing.advised(plan, prepared.entity, wanted, replace(lacking, created=found))
        unclear = missing.lacks_names(prepared.entity, plan, found)
        plan = since.explain(plan, prepared.rows) if since else plan
        plan = importing.as_told(plan, prepared)
        return Planned(prepared, client, plan, screen, stored, found, unclear)
    except ApiError:
        # What is wrong with the file can be mended meanwhile.
        screen.warn(text.problem_lines(check(prepared), text.MAX_LINES))
        raise


def _laid_beside(
    prepared: Prepared, stored: Stored, client: Client
) -> tuple[Prepared, Since | None]:
    """Add to the problems of a stamped template what has changed in the account since."""
    if prepared.stamp is None:
        return prepared, None
    settings = client.settings
    account = Account.of(settings.base_url, settings.username)
    since = Since(prepared.sheet.name, prepared.entity, prepared.stamp, stored, account)
    found = [*since.problems(prepared.rows), *prepared.problems]
    problems = tuple(in_sheet_order(found, prepared.header.fields))
    return replace(prepared, problems=problems), since
