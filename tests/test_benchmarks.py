"""The benchmarks work: a quick selection runs as its users type it. No time is asserted."""

from __future__ import annotations

import subprocess
import sys
from itertools import takewhile
from pathlib import Path

from benchmarks.measure import Calm, Often, Run, in_turn, ratio

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
SHORT = ["--size", "small", "--rounds", "1"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", *SHORT, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def cells(line: str) -> list[str]:
    return [each.strip() for each in line.strip("|").split("|")]


def test_a_quick_selection_prints_its_table_and_writes_the_report(tmp_path):
    """Each case has its line with figures, ratio and bar, on the terminal and in the file."""
    out = tmp_path / "results.md"

    done = run("--only", "start-up", "short-check", "--out", str(out))

    assert (done.returncode, done.stdout.count("FAILED")) == (0, 0), done.stderr
    written = out.read_text(encoding="utf-8")
    table = [cells(line) for line in written.splitlines() if line.startswith("|")]
    found = {(line[0], line[1]): dict(zip(table[0], line, strict=True)) for line in table[2:]}
    quick = found["--help", "python -c pass"]
    assert (quick["unit"], quick["bar"]) == ("s of processor", "≤ 6")
    assert float(quick["ours"]) / float(quick["theirs"]) > 0
    short = found["check of 10 rows", "import pandas, pandera.pandas"]
    assert (short["bar"], float(short["ratio"]) > 0) == ("≤ 1.25", True)
    heavy = {case: line["ours"] for (case, _), line in found.items() if "heavy imports" in case}
    assert {"--help: heavy imports", "--version: heavy imports"} <= set(heavy)
    assert set(heavy.values()) == {"0"}  # no library of tables, checks, spreadsheets or HTTP
    assert all(case in done.stdout for case, _ in found)
    assert "no bar is held" in written


def test_a_case_that_fails_is_told_and_the_others_are_run(tmp_path):
    """A file that is not what its name says fails its own case, and exit code 2 says so."""
    (tmp_path / "clean-10.xlsx").write_text("no workbook", encoding="utf-8")

    done = run("--only", "short-check", "start-up", "--keep", str(tmp_path))

    assert done.returncode == 2
    assert "FAILED short-check: Failed: " in done.stdout
    assert "--help " in done.stdout


def test_an_unknown_case_is_refused():
    """A slip in a name is told with the names there are, before anything is run."""
    done = run("--only", "chek")

    assert done.returncode == 2
    assert "invalid choice: 'chek'" in done.stderr
    assert "start-up" in done.stderr


class Host:
    """A machine's host that takes so many seconds of the processors during each try."""

    def __init__(self, *taken: float) -> None:
        self._taken = iter(taken)
        self.sum = 0.0
        self.tries: list[Run] = []

    def stolen(self) -> float:
        return self.sum

    def run(self) -> Run:
        self.sum += next(self._taken)
        self.tries.append(Run(wall=len(self.tries), cpu=1, peak=1))
        return self.tries[-1]


def test_a_run_that_the_host_disturbed_is_made_again_and_the_calmest_counts():
    """The choice is made by what was taken; without that, and without time, there is one try."""
    host = Host(50, 30, 40, 0, 60, 0)
    calm = Calm(5, host.stolen)
    told: list[str] = []

    kept = calm.run(host.run, told.append)
    assert (host.tries.index(kept), calm.again, len(told)) == (3, 3, 3)

    Calm(0, host.stolen).run(host.run, told.append)
    calm.run(host.run, told.append)
    assert (len(host.tries), calm.again) == (6, 3)


def test_short_runs_are_spread_over_the_round_and_their_mean_counts():
    """A machine that is slower in the middle slows what is run once and what is run thrice."""
    told: list[str] = []

    def one(name: str) -> Run:
        told.append(name)
        return Run(wall=len(told), cpu=2 * len(told), peak=len(told))

    found = in_turn(2, {"once": lambda: one("once"), "often": Often(3, lambda: one("often"))})

    assert told == 2 * ["often", "once", "often", "often"]
    assert [(each.wall, each.cpu) for each in found["once"]] == [(2, 4), (6, 12)]
    assert [each.wall for each in found["often"]] == [(1 + 3 + 4) / 3, (5 + 7 + 8) / 3]


def test_a_ratio_is_of_the_medians_over_the_rounds():
    """One disturbed round of either side moves neither median."""
    ours, theirs = (
        [Run(wall=0, cpu=each, peak=0) for each in some] for some in ([2, 3, 90], [4, 60, 6])
    )

    assert ratio(ours, theirs, "cpu") == 3 / 6


def rows(path: Path, heading: str) -> list[dict[str, str]]:
    """Return the first table below a heading, each line by the names of its columns."""
    after = path.read_text(encoding="utf-8").partition(f"{heading}\n")[2].splitlines()
    first = next(place for place, line in enumerate(after) if line.startswith("|"))
    table = [cells(line) for line in takewhile(lambda line: line.startswith("|"), after[first:])]
    return [dict(zip(table[0], line, strict=True)) for line in table[2:]]


def test_the_readme_quotes_the_results():
    """Every figure of the README's table stands in the report beside the same rival."""
    found = {(row["case"], row["beside"]): row for row in rows(RESULTS, "# Benchmarks")}

    quoted = rows(ROOT / "README.md", "## How fast")

    assert len(quoted) > 5
    for row in quoted:
        result = found[row["case"], row["beside"]]
        assert row["found"] == (result["ratio"] or result["ours"]), row
        assert (row["bar"], result["reached"]) == (result["bar"], "yes"), row
