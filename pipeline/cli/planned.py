"""What `plan` and `import` share: a file looked up in an account, its plan on the screen."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline import importing
from pipeline.api.client import Client, identified
from pipeline.cli.shared import Screen
from pipeline.clocks import Clocks
from pipeline.config import Settings
from pipeline.errors import ApiError
from pipeline.planning import expected, missing_told
from pipeline.planning.ledger import Ledger, source_id
from pipeline.planning.missing import Missing, Wanted, none_renamed
from pipeline.planning.plan import Plan
from pipeline.planning.stored import Stored
from pipeline.prepared import Prepared, check
from pipeline.problems import in_sheet_order
from pipeline.report import text
from pipeline.runs.journal import FILE, Journal
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
    known: tuple[str, ...] = ()  # what the ledger knows, in a line

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
        """Print what is known, problems, changes and counts."""
        self.screen.warn(self.known)
        self.screen.warn(text.problem_lines(self.plan.problems, text.MAX_LINES * 5))
        self.screen.say(missing_told.lines(self.missing))
        self.screen.warn(f"warning: {each}" for each in missing_told.remarks(self.missing))
        self.screen.say(text.plan_lines(expected.shown(self.plan, self.missing)))
        self.screen.say(self.summary)

    def save(self, path: Path) -> None:
        """Write the plan as a workbook. Raises UsageError when it cannot be written."""
        from pipeline.sheets.plan_book import write_plan  # noqa: PLC0415 - an import needs it not

        account = f"{self.prepared.sheet.path.name} into {self.client.settings.account}"
        before = (*missing_told.lines(self.missing), *missing_told.remarks(self.missing))
        plan = expected.shown(self.plan, self.missing)
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


def _known(prepared: Prepared, client: Client) -> Ledger:
    """Return what earlier runs made of the source's rows."""
    settings = client.settings
    if not prepared.source or not (settings.home / FILE).exists():
        return {}
    with Journal(settings.home, settings.account, now=client.clocks.wall) as journal:
        return journal.known(prepared.entity, prepared.source)


def _known_lines(prepared: Prepared, known: Ledger) -> tuple[str, ...]:
    if not known:
        return ()
    count = sum(source_id(each) in known for each in prepared.rows)
    return (text.known_line(count, len(prepared.rows), prepared.source),)


def look_up_and_plan(
    prepared: Prepared,
    client: Client,
    screen: Screen,
    *,
    allow_delete: bool,
    wanted: Wanted = NOTHING,
    made: Container[int] = (),
) -> Planned:
    """Look a file up in the account and plan it; only reads are sent.

    `wanted` says what may be created before the rows, where it is missing; `made` are the ids of
    what was created for them already: a template's stamp is laid beside the account without these.
    """
    screen.warn(prepared.sheet.remarks)
    read_at = client.clocks.monotonic()

    def planned(prepared: Prepared, stored: Stored) -> Plan:
        return importing.make_plan(prepared, stored, allow_delete=allow_delete, read_at=read_at)

    try:
        known = _known(prepared, client)
        stored = importing.look_up(client, prepared, known)
        before = expected.without(prepared.entity, stored, made)
        prepared, since = _laid_beside(prepared, before, client)
        plan = planned(prepared, stored)
        then, lacking = importing.expect(
            client, prepared, stored, wanted, since.renamed if since else none_renamed
        )
        plan = planned(prepared, then) if lacking.created else plan
        found = expected.used(prepared.entity, plan, lacking.created)
        plan = missing_told.advised(plan, prepared.entity, wanted, replace(lacking, created=found))
        unclear = missing_told.lacks_names(prepared.entity, plan, found)
        plan = since.explain(plan, prepared.rows) if since else plan
        plan = importing.as_told(plan, prepared)
        told = _known_lines(prepared, known)
        return Planned(prepared, client, plan, screen, stored, found, unclear, told)
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
