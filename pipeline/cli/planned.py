"""What `plan` and `import` share: a file looked up in an account, its plan on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import importing
from pipeline.api.client import Client
from pipeline.cli.shared import Screen
from pipeline.errors import ApiError
from pipeline.planning.plan import Plan
from pipeline.prepared import Prepared, check
from pipeline.report import text
from pipeline.sheets.plan_book import write_plan


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
        self.screen.warn(text.problem_lines(self.plan.problems, text.MAX_LINES * 5))
        self.screen.say(text.plan_lines(self.plan))
        self.screen.say(text.plan_summary(self.plan, self.seconds))

    def save(self, path: Path) -> None:
        """Write the plan as a workbook. Raises UsageError when it cannot be written."""
        summary = text.plan_summary(self.plan, self.seconds)
        account = f"{self.prepared.sheet.path.name} into {self.client.settings.account}"
        write_plan(path, self.plan, summary, account)
        self.screen.say(f"Plan written: {path}.")


def look_up_and_plan(
    prepared: Prepared, client: Client, screen: Screen, *, allow_delete: bool
) -> Planned:
    """Look a file up in the account and plan it; only reads are sent."""
    screen.warn(prepared.sheet.remarks)
    read_at = client.clocks.monotonic()
    try:
        stored = importing.look_up(client, prepared)
        plan = importing.make_plan(prepared, stored, allow_delete=allow_delete, read_at=read_at)
        return Planned(prepared, client, importing.as_told(plan, prepared), screen)
    except ApiError:
        # What is wrong with the file can be mended meanwhile.
        screen.warn(text.problem_lines(check(prepared), text.MAX_LINES))
        raise
