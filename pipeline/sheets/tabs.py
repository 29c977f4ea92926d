"""A workbook as a list of sheets, whatever kind of file it is; each is read when asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import WorkbookError
from pipeline.sheets.grid import Grid


@dataclass(frozen=True)
class Tab:
    """One sheet as the workbook lists it; `key` is where its reader finds it."""

    name: str
    key: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """A workbook's list of sheets; `read` reads one of them."""

    path: Path
    tabs: tuple[Tab, ...]
    read: Callable[[Tab], Grid]

    def choose(self, wanted: str | None, default: str) -> str:
        """Name the sheet to read: the wanted one, else the default, else the only visible one."""
        if wanted is not None:
            if (found := self.find(wanted)) is not None:
                return found
            raise WorkbookError(
                f"{self.path.name}: there is no sheet '{wanted}'. {self._listed()} "
                "Name one of them with --sheet."
            )
        if (found := self.find(default)) is not None:
            return found
        visible = [tab.name for tab in self.tabs if not tab.hidden]
        if len(visible) == 1:
            return visible[0]
        raise WorkbookError(
            f"{self.path.name}: there is no sheet '{default}'. {self._listed()} "
            "Name the one to read with --sheet."
        )

    def find(self, name: str) -> str | None:
        """Return the name of the sheet, exact before without case, or None."""
        names = [tab.name for tab in self.tabs]
        if name in names:
            return name
        return next((each for each in names if each.casefold() == name.casefold()), None)

    def grid(self, name: str, known: Collection[str]) -> Grid:
        """Read one sheet; `known` are needed for texts only."""
        tab = next(tab for tab in self.tabs if tab.name == name)
        grid = self.read(tab)
        if tab.hidden:
            return replace(grid, oddities=(f"sheet {tab.name} is hidden", *grid.oddities))
        return grid

    def _listed(self) -> str:
        names = [tab.name + (" (hidden)" if tab.hidden else "") for tab in self.tabs]
        return f"Sheets of this workbook: {', '.join(names) or 'none'}."
