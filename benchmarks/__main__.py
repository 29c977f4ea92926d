"""`python -m benchmarks`: run the cases, print the table and write it into a file."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import __doc__ as about
from benchmarks.case import SIZES, Case, Result, Setting
from benchmarks.cases import CASES
from benchmarks.materials import make
from benchmarks.measure import AGAIN_SECONDS, Calm, Failed, stop_all
from benchmarks.report import Report, line, markdown, terminal

RESULTS = Path(__file__).with_name("RESULTS.md")
AT_ONCE = 4  # cases that go on beside others
DONE, NOT_REACHED, NOT_RUN, STOPPED = 0, 1, 2, 130
Found = tuple[list[Result], str, int]  # what was found, what failed, runs made again


def main() -> int:
    """Run what the command line asks for; returns the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what runs is ended too
    asked = _asked()
    size = SIZES[asked.size]
    cases = [each for each in CASES if not asked.only or each.name in asked.only]
    began = time.monotonic()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmarks-")))
        folder = asked.keep or scratch / "materials"
        folder.mkdir(parents=True, exist_ok=True)
        say = _progress(began)
        make((needed for each in cases for needed in each.needs(size)), folder, say)
        found = _run_all(cases, Setting(size, folder, scratch, asked.rounds, say))
    report = Report(
        size=size,
        date=datetime.now(UTC).date().isoformat(),
        minutes=(time.monotonic() - began) / 60,
        results=[result for results, *_ in found for result in results],
        failures=[failure for _, failure, _ in found if failure],
        again=sum(again for *_, again in found),
    )
    print(terminal(report))
    out = asked.out or (RESULTS if size.judged and not asked.only else None)
    if out:
        out.write_text(markdown(report), encoding="utf-8")
    return NOT_RUN if report.failures else NOT_REACHED if report.missed and size.judged else DONE


def _asked() -> argparse.Namespace:
    listed = "\n".join(f"  {each.name:<18}{each.about}" for each in CASES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{about}\n\ncases:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--size", choices=SIZES, default="full", help="small proves that the cases work [full]"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="CASE",
        choices=[each.name for each in CASES],
        help="run these cases only",
    )
    parser.add_argument("--rounds", type=int, help="run everything so often")
    parser.add_argument(
        "--out",
        type=Path,
        help="where to write the report [all cases in full: benchmarks/RESULTS.md]",
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the files made, for next time"
    )
    return parser.parse_args()


def _run_all(cases: Iterable[Case], setting: Setting) -> list[Found]:
    """Run the cases one by one; those that bear company go on beside the next ones."""
    with ThreadPoolExecutor(AT_ONCE) as runners:
        try:
            found = [
                runners.submit(_run, each, setting) if each.beside else _run(each, setting)
                for each in cases
            ]
            return [each.result() if isinstance(each, Future) else each for each in found]
        except KeyboardInterrupt:
            stop_all()
            raise


def _run(case: Case, setting: Setting) -> Found:
    """Run one case; returns its results, or in words why there are none."""

    def say(words: str) -> None:
        setting.say(f"{case.name}: {words}")

    calm = Calm(AGAIN_SECONDS if setting.size.judged else 0)
    try:
        results = case.run(replace(setting, say=say, calm=calm))
    except (Failed, OSError, ValueError, LookupError) as error:
        say(f"FAILED: {error}")
        return [], f"{case.name}: {type(error).__name__}: {error}", calm.again
    for each in results:
        say(line(each))
    return results, "", calm.again


def _progress(began: float) -> Callable[[str], None]:
    def say(words: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {words}", file=sys.stderr, flush=True)

    return say


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("Stopped; no report was written.", file=sys.stderr)
        sys.exit(STOPPED)
