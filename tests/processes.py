"""Real processes for tests that kill them: the sandbox with its file, the command as installed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.sandbox import Sandbox

PIPELINE = [sys.executable, "-m", "pipeline"]
KILLED = -signal.SIGKILL if os.name == "posix" else 1
SIGNALS = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if os.name == "posix" else [])]
QUICK = """
[default]
timeout = 2
settle = 1
limits = "none"
"""  # seconds that suit a service on the same machine


class Service:
    """The sandbox as a process that keeps its records in a file and can be killed."""

    def __init__(self, folder: Path, *faults: str, limits: Sequence[str] = ()) -> None:
        self.data = folder / "sandbox.sqlite"
        self.log = folder / "requests.jsonl"
        self._files = ["--data", str(self.data), "--log", str(self.log)]
        self._words = [word for each in limits for word in ("--limit", each)]
        self._port = "0"
        self._process: subprocess.Popen[str] | None = None
        self.environment: dict[str, str] = {}
        self.start(*faults)

    def start(self, *faults: str) -> None:
        """Start it, on the port it had before."""
        words = [*self._words, *(word for each in faults for word in ("--fault", each))]
        self._process = subprocess.Popen(
            [*PIPELINE, "sandbox", "--port", self._port, *self._files, *words],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        lines = [self._process.stdout.readline().strip() for _ in range(4)]
        self._port = lines[0].rpartition(":")[2]
        self.environment = dict(each.removeprefix("export ").split("=", 1) for each in lines[1:])

    @property
    def is_running(self) -> bool:
        """Whether it has not died."""
        if self._process is None or self._process.poll() is None:
            return self._process is not None
        if self._process.stdout is not None:
            self._process.stdout.close()
        return False

    def kill(self) -> None:
        """End it at once, whatever it does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def records(self) -> list[dict[str, Any]]:
        """Return what is stored; the process must have ended."""
        with Sandbox.start(path=self.data) as sandbox:
            return sandbox.records()

    def requests(self, *methods: str) -> list[dict[str, Any]]:
        """Return the log's lines of these methods, those for a token left out."""
        text = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        return [
            each
            for each in lines
            if each["method"] in methods and not each["path"].startswith("/api/token")
        ]


class Command:
    """Runs the command in its own process, in a folder with settings of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str], settings: str = QUICK) -> None:
        self.folder = folder
        (folder / "nexudus-bulk.toml").write_text(settings, encoding="utf-8")
        self._environment = {
            **os.environ,
            **environment,
            "NEXUDUS_BULK_HOME": str(folder / "home"),
        }

    def start(self, *words: object) -> subprocess.Popen[str]:
        """Start it and return at once."""
        with heeded_signals():
            return subprocess.Popen(
                [*PIPELINE, *map(str, words)],
                cwd=self.folder,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    def run(self, *words: object) -> tuple[int, str, str]:
        """Run it to its end; returns exit code, output and messages."""
        process = self.start(*words)
        out, errors = process.communicate(timeout=120)
        return process.returncode, out, errors


@contextmanager
def heeded_signals() -> Iterator[None]:
    """Start processes as a terminal does: what runs the tests may ignore signals (nohup, a job)."""
    ignored = [each for each in SIGNALS if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    try:
        yield
    finally:
        for each in ignored:
            signal.signal(each, signal.SIG_IGN)
