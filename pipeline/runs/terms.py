"""On what terms a run is carried out, and what comes back from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import PipelineError
from pipeline.runs.brake import Brake
from pipeline.runs.failures import FailureLimit
from pipeline.runs.outcome import Outcome
from pipeline.runs.watchers import Log


class Watch(Protocol):
    """Sees the run go on."""

    def row(self, outcome: Outcome) -> None:
        """Hear of a row that ended."""

    def tick(self) -> None:
        """Hear that time passes."""


@dataclass(frozen=True)
class Terms:
    """What may end the run early, who sees it go on, where requests are logged."""

    brake: Brake
    watch: Watch
    log: Log
    failures: FailureLimit


@dataclass(frozen=True)
class Applied:
    """One outcome per row of the file; `stopped` is the error that ended the run early, if any."""

    outcomes: tuple[Outcome, ...]
    stopped: PipelineError | None = None
