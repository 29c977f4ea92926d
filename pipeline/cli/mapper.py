"""The flow of `map`: read, propose, ask, write, learn, show."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from pipeline.cli import map_text
from pipeline.cli.asking import ask
from pipeline.cli.shared import Screen
from pipeline.config import state_folder
from pipeline.entities import RESOURCE
from pipeline.errors import DONE, StoppedError
from pipeline.header import known_names
from pipeline.kinds import plain
from pipeline.mapping.entity_names import entity_named, short_name
from pipeline.mapping.learned import Answers, Learned, learn, recall
from pipeline.mapping.observed import Observed, observe
from pipeline.mapping.phrases import known_phrases
from pipeline.mapping.profile import Profile
from pipeline.mapping.proposal import Proposal, named_headers, propose
from pipeline.mapping.reading import built_in, recognise
from pipeline.mapping.writing import write
from pipeline.rows import ACTION_COLUMN
from pipeline.schema import Entity
from pipeline.sheets.read import Sheet, open_book
from pipeline.sheets.whole import new_file, refuse_own_input, refuse_to_overwrite

ENDING = ".mapping.toml"


@dataclass(frozen=True)
class MapChoices:
    """What the user chose; `ask` needs a terminal."""

    output: Path | None
    sheet: str | None
    entity: str
    ask: bool
    overwrite: bool


def list_mappings(screen: Screen) -> int:
    """Say which mappings are built in."""
    found = built_in()
    width = max((len(each.name) for each in found), default=0)
    if not screen.as_json:
        screen.say(f"{each.name:<{width}}  {each.title}" for each in found)
        screen.say("To use one: nexudus-bulk check FILE --mapping NAME")
    listed = [
        {"name": each.name, "title": each.title, "source": each.source, "entity": each.entity}
        for each in found
    ]
    screen.give({"mappings": listed})
    return DONE


def run_map(file: Path, choices: MapChoices, screen: Screen) -> int:
    """Write a mapping for a file. Ctrl-C writes nothing."""
    entity = entity_named("--entity", choices.entity)
    target = choices.output or file.with_name(file.stem + ENDING)
    sheet = _read(file, choices, entity)
    screen.warn(sheet.remarks)
    if _is_ours(sheet, entity):
        return _nothing_to_map(file, sheet, entity, choices, screen)
    refuse_own_input("-o", target, file)
    refuse_to_overwrite(target, overwrite=choices.overwrite)
    home = state_folder(os.environ)
    memory = recall(home, entity)
    screen.warn(filter(None, [memory.remark]))
    base = _recognised(sheet, entity)
    proposal, answers = propose(_columns(sheet), entity, memory, base), Answers()
    next_command = _check_command(file, "--mapping", str(target), choices=choices)
    with new_file(target) as unfinished:  # tried first: answers for a file in no folder are lost
        if choices.ask:
            screen.say(map_text.opening(file, sheet, proposal))
            proposal = _asked(proposal, memory, answers)
        profile = proposal.profile(_name(target))
        text = write(proposal, profile, source=file.name, next_command=next_command)
        unfinished.write_text(text, encoding="utf-8", newline="\n")
    learn(home, entity, answers)
    if not screen.as_json:
        if not choices.ask:
            screen.say(map_text.opening(file, sheet, proposal))
        screen.say(map_text.table(proposal))
        screen.say(f"Mapping written: {target}. Look through it, then: {next_command}")
    screen.give(map_text.as_json(file, sheet, proposal, target))
    return DONE


def _read(file: Path, choices: MapChoices, entity: Entity) -> Sheet:
    foreign = {name for each in built_in() for name in named_headers(each)}
    known = {*known_names(entity), *known_phrases(entity), *foreign}
    book = open_book(file)
    if choices.sheet is None:
        for each in built_in():
            if each.sheet and book.source.find(each.sheet):
                sheet = book.guess(wanted=each.sheet, default=entity.sheet, known=known)
                if _recognised(sheet, entity) is each:
                    return sheet
    return book.guess(wanted=choices.sheet, default=entity.sheet, known=known)


def _is_ours(sheet: Sheet, entity: Entity) -> bool:
    """Whether every header is one that an import reads as it is."""
    known = {plain(each) for each in known_names(entity)}
    return all(plain(each.text) in known for each in sheet.columns)


def _nothing_to_map(
    file: Path, sheet: Sheet, entity: Entity, choices: MapChoices, screen: Screen
) -> int:
    more = ["--entity", short_name(entity)] if entity is not RESOURCE else []
    command = _check_command(file, *more, choices=choices)
    screen.say(
        f"{file.name}: all {len(sheet.columns)} columns have names that are known already. "
        f"No mapping is needed: {command}"
    )
    names = {plain(each): each for each in known_names(entity)}
    found = [
        {"column": each.text, "field": names[plain(each.text)], "confidence": 1.0, "way": "exact"}
        for each in sheet.columns
    ]
    screen.give(
        {
            "file": str(file),
            "header_row": sheet.header_row,
            "columns": found,
            "values": [],
            "unknown": [],
            "mapping": None,
        }
    )
    return DONE


def _recognised(sheet: Sheet, entity: Entity) -> Profile | None:
    found = recognise(each.text for each in sheet.columns)
    return found if found is not None and found.entity == entity.name else None


def _columns(sheet: Sheet) -> Sequence[Observed]:
    """Look at the columns; that of actions means the same in every file."""
    return [
        observe(each.text, each.letter, sheet.cells[each.number])
        for each in sheet.columns
        if plain(each.text) != plain(ACTION_COLUMN)
    ]


def _asked(proposal: Proposal, memory: Learned, answers: Answers) -> Proposal:
    try:
        return ask(proposal, memory, answers)
    except (click.Abort, KeyboardInterrupt) as error:
        raise StoppedError("Stopped. Nothing was written, and no answer was kept.") from error


def _name(target: Path) -> str:
    """Make one word of the file's name: what a mapping may be called."""
    stem = target.name.removesuffix(".toml").removesuffix(".mapping")
    return re.sub(r"[^\w.-]+", "-", stem).strip("-.") or "mapping"


def _check_command(file: Path, *more: str, choices: MapChoices) -> str:
    words = ["nexudus-bulk", "check", str(file), *more]
    words += ["--sheet", choices.sheet] if choices.sheet else []
    return shlex.join(words)
