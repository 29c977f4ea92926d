"""A process that checks files under limits: each in a fork of its own, so that excess ends it.

Started by `test_hostile.py`; takes a path on each line and answers with a line of JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

CPU_SECONDS = 4  # beside the second that a process takes to start
MEMORY_MB = 4096  # of addresses: so that a failure ends the test, and not the machine


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 2**20, MEMORY_MB * 2**20))


def _peak_mb() -> int:
    """Return the most memory this process ever had, the interpreter and libraries included."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


class _Opened:
    """What was opened or connected to, told by the interpreter; libraries of the system aside."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.active = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.active:
            return
        if event == "open" and not str(arguments[0]).endswith((".py", ".pyc", "/status")):
            self.names.append(str(arguments[0]))
        elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec")):
            self.names.append(event)


def _check(path: str) -> tuple[int, str]:
    from pipeline import cli  # noqa: PLC0415 - in the fork all of it is loaded

    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        code = cli.main(["check", path])
    return code, said.getvalue()


def _in_fork(path: str, opened: _Opened) -> dict[str, object]:
    with tempfile.TemporaryFile("w+") as answer:
        child = os.fork()
        if child == 0:
            try:
                _limit()
                opened.active = True
                code, said = _check(path)
                opened.active = False
                found = {"code": code, "said": said, "peak_mb": _peak_mb()}
                json.dump({**found, "opened": sorted(set(opened.names))}, answer)
                answer.flush()
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        answer.seek(0)
        text = answer.read()
    return json.loads(text) if text else {"ended_by": status, "said": "", "code": None}


def main() -> None:
    """Load everything once, what a sound and a broken file need, then serve."""
    for path in sys.argv[1:]:
        _check(path)
    opened = _Opened()
    for line in sys.stdin:
        print(json.dumps(_in_fork(line.rstrip("\n"), opened)), flush=True)


if __name__ == "__main__":
    main()
