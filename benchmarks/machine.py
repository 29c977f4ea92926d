"""What the figures were measured with: versions, processors and memory. No name, no path."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from importlib import metadata
from pathlib import Path

LIBRARIES = (
    "nexudus-bulk",
    "pandas",
    "numpy",
    "pandera",
    "openpyxl",
    "python-calamine",
    "xlsxwriter",
    "lxml",
    "pyarrow",
    "httpx",
    "click",
    "flask",
)

STEAL = 8  # its place in the first line of /proc/stat


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that matter, as far as installed."""
    found = {"Python": platform.python_version()}
    for each in LIBRARIES:
        try:
            found[each] = metadata.version(each)
        except metadata.PackageNotFoundError:
            found[each] = "not installed"
    return found


def machine() -> str:
    """Describe the machine in a line."""
    cores = os.cpu_count()
    return f"{platform.system()}, {cores} cores of {_model()}, {_memory()}"


def stolen_seconds() -> float:
    """Return the processor time that the machine's host gave to others since the start."""
    with suppress(OSError):  # only Linux tells it so
        words = Path("/proc/stat").read_text(encoding="utf-8").split(maxsplit=STEAL + 1)
        return int(words[STEAL]) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _model() -> str:
    return _entry("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    told = _entry("/proc/meminfo", "MemTotal").removesuffix("kB").strip()
    return f"{int(told) / 1024**2:.0f} GB of memory" if told else "memory unknown"


def _entry(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""  # only Linux tells it so
    return next((each.partition(":")[2].strip() for each in lines if each.startswith(name)), "")
