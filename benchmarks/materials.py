"""The files that cases are run with: each made by a process of its own, two at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.case import Material
from benchmarks.measure import Failed


def workbook(kind: str, rows: int) -> Material:
    """A workbook of rooms; the kinds are those of `benchmarks/data.py`."""
    return Material(f"{kind}-{rows}.xlsx", ("benchmarks.data", kind, str(rows)))


def make(materials: Iterable[Material], folder: Path, say: Callable[[str], None]) -> None:
    """Make what the folder does not hold yet. Raises Failed."""
    missing = [each for each in dict.fromkeys(materials) if not (folder / each.name).exists()]
    with ThreadPoolExecutor(2) as makers:
        list(makers.map(lambda each: _make(each, folder, say), missing))


def _make(material: Material, folder: Path, say: Callable[[str], None]) -> None:
    say(f"making {material.name}")
    # Half a file of an earlier run that was stopped must not be taken for a whole one.
    unfinished = folder / f"unfinished-{material.name}"
    unfinished.unlink(missing_ok=True)
    words = [sys.executable, "-m", *material.words, str(unfinished)]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Failed(f"{material.name}: {made.stderr[-2000:]}")
    unfinished.rename(folder / material.name)
