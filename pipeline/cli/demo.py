"""The demo's story, told with the same calls that the commands make."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path

import openpyxl

from pipeline.cli.export_choices import ExportChoices
from pipeline.cli.exporter import run_export
from pipeline.cli.importer import ImportChoices, run_import
from pipeline.cli.shared import Screen
from pipeline.config import Settings
from pipeline.entities import RESOURCE
from pipeline.errors import DONE, PipelineError, UsageError
from pipeline.prepared import prepare
from pipeline.sandbox import Sandbox

SAMPLE = "rooms.xlsx"
EDITS: Mapping[str, Mapping[str, str | int]] = {  # what somebody changes in the returned workbook
    "Room Cedar": {"Allocation": 5},
    "Room Maple": {"Description": "Now with a second screen."},
    "Booth 1": {"StandardPhone": "No"},
    "Office 101": {"Tariffs": "Team Room; Full Time"},
}


def tell_story(folder: Path) -> int:
    """Import, edit, import again, export, import the export; returns the exit code."""
    rooms, edited, exported = (
        folder / name for name in (SAMPLE, "rooms-edited.xlsx", "export.xlsx")
    )
    _copy_sample(rooms)
    screen = Screen(as_json=False)
    with Sandbox.start() as sandbox:
        settings = Settings(
            base_url=sandbox.url,
            username=sandbox.username,
            password=sandbox.password,
            home=folder / "state",
        )
        screen.say(
            f"A small copy of the service answers at {sandbox.url}; nothing leaves this machine."
        )
        codes = [_step(screen, f"1. Import {rooms}: all rooms are new.", rooms, settings)]
        returned = rooms.with_name("rooms.results.xlsx")
        _edit(returned, edited)
        codes += [
            _step(
                screen,
                f"2. Change three cells and a list of plans, import {edited}.",
                edited,
                settings,
            ),
        ]
        screen.say(["", f"3. Export everything to {exported}."])
        report = folder / "report.html"
        chosen = ExportChoices.read(output=exported, report=report, overwrite=True)
        run_export(chosen, settings, screen)
        codes += [
            _step(screen, "4. Import the export as it is: nothing to do.", exported, settings)
        ]
    screen.say(["", f"The files are in {folder.resolve()}:"])
    screen.say(
        f"  {path.name}" for path in sorted((*folder.glob("*.xlsx"), *folder.glob("*.html")))
    )
    screen.say("Next: nexudus-bulk template -o mine.xlsx, or the tour in the README.")
    return max(codes, default=DONE)


def _copy_sample(target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with as_file(files("pipeline.samples") / SAMPLE) as sample:
            shutil.copyfile(sample, target)
    except OSError as error:
        raise UsageError(
            f"{error.filename or target}: cannot be written ({error.strerror}). "
            "Choose another place with --folder."
        ) from error


def _step(screen: Screen, title: str, path: Path, settings: Settings) -> int:
    screen.say(["", title])
    return run_import(prepare(path, RESOURCE), settings, screen, ImportChoices(ask=False))


def _edit(source: Path, target: Path) -> None:
    """Change a few cells, as a person would in Excel. Raises PipelineError."""
    book = openpyxl.load_workbook(source)
    sheet = book[RESOURCE.sheet]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    rows = {sheet.cell(row, columns["Name"]).value: row for row in range(2, sheet.max_row + 1)}
    for name, cells in EDITS.items():
        if name not in rows:
            raise PipelineError(
                f"{source}: '{name}' is not there any more. Choose another --folder."
            )
        for column, value in cells.items():
            sheet.cell(rows[name], columns[column], value)
    book.save(target)
