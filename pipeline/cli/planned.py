"""What `plan` and `import` share: a file looked up in an account, its plan on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import importing
from pipeline.api.client import Client, identified
from pipeline.cli.shared import Screen
from pipeline.clocks import Clocks
from pipeline.config import Settings
from pipeline.errors import ApiError
from pipeline.planning.ledger import Ledger, source_id
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Stored
from pipeline.prepared import Prepared, check
from pipeline.problems import in_sheet_order
from pipeline.report import text
from pipeline.runs.journal import FILE, Journal
from pipeline.sheets.plan_book import write_plan
from pipeline.sheets.stamp import Account
from pipeline.staleness.account import Since


@dataclass(frozen=True)
class Planned:
    """A plan, with the open client that looked it up."""

    prepared: Prepared
    client: Client
    plan: Plan
    screen: Screen

    @property
    def seconds(self) -> float:
        """The least time in which the limits let the plan be carried out, from now on."""
        return self.client.pacer.remaining_seconds("write", self.plan.writes)

    def show(self) -> None:
        """Print problems, changes and counts."""
        self.screen.warn(text.problem_lines(self.plan.told, text.MAX_LINES * 5))
        self.screen.say(text.plan_lines(self.plan))
        self.screen.say(text.plan_summary(self.plan, self.seconds))

    def save(self, path: Path) -> None:
        """Write the plan as a workbook. Raises UsageError when it cannot be written."""
        summary = text.plan_summary(self.plan, self.seconds)
        account = f"{self.prepared.sheet.path.name} into {self.client.settings.account}"
        write_plan(path, self.plan, summary, account)
        self.screen.say(f"Plan written: {path}.")


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
    prepared: Prepared, client: Client, screen: Screen, *, allow_delete: bool
) -> Planned:
    """Look a file up in the account and plan it; only reads are sent."""
    screen.warn(prepared.sheet.remarks)
    read_at = client.clocks.monotonic()
    try:
        stored = importing.look_up(client, prepared, _known(prepared, client, screen))
        prepared, since = _laid_beside(prepared, stored, client)
        plan = importing.make_plan(prepared, stored, allow_delete=allow_delete, read_at=read_at)
        if since:
            plan = since.explain(plan, prepared.rows)
        return Planned(prepared, client, importing.as_told(plan, prepared), screen)
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
