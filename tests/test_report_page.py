"""The report page: what it says, what it asks for (nothing), what it survives (issue 4, item 7)."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from pipeline.certificate import Certificate
from pipeline.comparison import Comparison, Edit, Presence
from pipeline.entities import RESOURCE
from pipeline.errors import UsageError
from pipeline.figures import Figures
from pipeline.report.page import write_page
from pipeline.report.plots import Bar, bar_chart, clipped

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
CERTIFICATE = Certificate(
    program="nexudus-bulk 0.2.0",
    account="https://spaces.example ana@venue.example",
    file="rooms.xlsx",
    nouns="resources",
    started=AT,
    ended=AT,
    announced=3,
    written=3,
    pages=1,
    requests=4,
)
COMPARISON = Comparison(
    "monthly",
    datetime(2026, 2, 4, 5, 6, tzinfo=UTC),
    added=(Presence(4, "Mill Yard", "Spindle"),),
    changed=(
        Edit(1, "Harbour House", "Anchor", "Allocation", 8, 10.0),
        Edit(1, "Harbour House", "Anchor", "MinBookingLength", None, 30),
    ),
    removed=(Presence(5, "Mill Yard", "Shuttle"),),
)
VOID = {"meta", "br", "rect"}
RECORDS = (
    {"BusinessName": "Harbour House", "Allocation": 8, "Internet": True, "SystemResourceType": 1},
    {"BusinessName": "Harbour House", "Allocation": 4, "Internet": False, "SystemResourceType": 2},
    {"BusinessName": "Mill Yard", "Allocation": 2, "Internet": True, "SystemResourceType": 1},
)
EVIL = '<script>alert("1")</script> & \'$x_1$\' id="figure_1" url(#a)'
NAMES = (
    EVIL,
    "東京都千代田区丸の内コワーキングスペース本館",
    "مركز العمل المشترك في وسط المدينة",
    "W" * 60,
    "A very long name of a place that goes on for sixty characters",
)


class Page(HTMLParser):
    """What a browser sees of a page; fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in {"th", "td"}:
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"style", "title"} & set(self._open):
            return
        self.words.append(data)
        if {"th", "td"} & set(self._open):
            self.tables[-1][-1][-1] += data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def table(self, first: str) -> list[list[str]]:
        """Return the table whose first heading is `first`."""
        return next(each for each in self.tables if each[0][0] == first)


def counted(*records: dict[str, Any]) -> Figures:
    figures = Figures(RESOURCE)
    for number, record in enumerate(records, start=1):
        figures.add({"Id": number, "Name": f"Room {number}", "Visible": True, **record})
    return figures


def page(
    path: Path,
    *records: dict[str, Any],
    certificate: Certificate = CERTIFICATE,
    comparison: Comparison | None = None,
) -> Page:
    write_page(path / "report.html", counted(*records), certificate, comparison)
    return Page((path / "report.html").read_text(encoding="utf-8"))


# ---- what it says


def test_the_tables_hold_the_numbers(tmp_path: Path) -> None:
    """Totals by location and category, with shares and capacities, as counted by hand."""
    seen = page(tmp_path, *RECORDS)

    assert seen.table("Location") == [
        ["Location", "Resources", "Share", "Capacity"],
        ["Harbour House", "2", "67%", "12"],
        ["Mill Yard", "1", "33%", "2"],
        ["All", "3", "100%", "14"],
    ]
    assert seen.table("Category")[1:] == [
        ["Meeting room", "2", "67%", "10"],
        ["Hot desk", "1", "33%", "4"],
        ["All", "3", "100%", "14"],
    ]
    amenities = [each for each in seen.tables if each[0][0] == "What"]
    assert amenities[0][:2] == [["What", "Resources", "Share"], ["Internet", "2", "67%"]]
    assert amenities[1] == [["What", "1", "2"], ["Internet", "50%", "100%"]]


def test_account_and_moment_stand_at_the_top(tmp_path: Path) -> None:
    """The head says whose records these are, of when, and that nothing is missing."""
    seen = page(tmp_path, *RECORDS)

    assert seen.text.startswith(
        "Resources https://spaces.example ana@venue.example As of 2026-03-04 05:06 UTC. "
        "The numbers are those of rooms.xlsx . Complete : nothing that was to be exported is "
        "missing."
    )
    assert "INCOMPLETE" not in seen.source


def test_an_incomplete_export_is_unmistakable(tmp_path: Path) -> None:
    """INCOMPLETE stands in the title, at the top with every reason, and on the certificate."""
    reasons = ("Two resources never came.", "The listing <moved>.")
    seen = page(tmp_path, *RECORDS, certificate=replace(CERTIFICATE, reasons=reasons))

    assert "(INCOMPLETE)</title>" in seen.source
    head = seen.text.partition("As of")[2].partition("Resources by")[0]
    assert head.index("INCOMPLETE") < head.index(reasons[0]) < head.index(reasons[1])
    assert seen.tables[-1][1:4] == [
        ["Result", "INCOMPLETE"],
        ["Reason", reasons[0]],
        ["Reason", reasons[1]],
    ]
    assert "Complete" not in seen.text


def test_the_certificate_stands_at_the_end(tmp_path: Path) -> None:
    """The last table has the certificate's lines in their order."""
    lines = page(tmp_path, *RECORDS).tables[-1]

    assert lines[1:4] == [
        ["Result", "complete"],
        ["Resources announced by the service", "3"],
        ["Resources written", "3"],
    ]
    assert lines[-1] == ["Made by", "nexudus-bulk 0.2.0"]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    """Filters, and unchanged records that are not in the file, stand above the numbers."""
    certificate = replace(CERTIFICATE, filters=("Visible = Yes",), unchanged=1_200)
    text = page(tmp_path, *RECORDS, certificate=certificate).text

    assert "Only resources that fit: Visible = Yes." in text
    assert "1,200 resources that are unchanged since last time are left out" in text


def test_remarks_name_a_hundred_records_and_count_the_rest(tmp_path: Path) -> None:
    """Hidden records are named with location and id, and how many more there are is said."""
    hidden = [{"BusinessName": "Mill Yard", "Visible": False} for _ in range(103)]
    text = page(tmp_path, *hidden).text

    assert "Hidden: customers do not see it: 103 Room 1 ( Mill Yard , 1)" in text
    assert "Room 100 ( Mill Yard , 100) and 3 more" in text
    assert "Room 101" not in text


def test_no_remark_is_said_too(tmp_path: Path) -> None:
    """An empty list is not left empty."""
    text = page(tmp_path, *RECORDS).text

    assert "None of the resources is hidden, archived or closed to everybody." in text


def test_changes_are_shown_old_and_new(tmp_path: Path) -> None:
    """What was added, removed and changed since, in words; blanks are called blank."""
    seen = page(tmp_path, *RECORDS, comparison=COMPARISON)

    assert seen.table("Which") == [
        ["Which", "What", "Before → now"],
        ["Anchor (Harbour House, 1)", "Capacity", "8 → 10"],
        ["Anchor (Harbour House, 1)", "Min booking length", "(blank) → 30"],
    ]
    assert "Compared with the export “monthly” of 2026-02-04 05:06 UTC." in seen.text
    assert "Added Spindle ( Mill Yard , 4)" in seen.text
    assert "Removed Shuttle ( Mill Yard , 5)" in seen.text
    assert "--changes" not in seen.text


def test_many_changes_are_cut_and_counted(tmp_path: Path) -> None:
    """At most a hundred changed cells and fifty records of each list are shown."""
    comparison = replace(
        COMPARISON,
        added=tuple(Presence(n, "Mill Yard", f"New {n}") for n in range(60)),
        changed=tuple(Edit(n, "Mill Yard", f"R{n}", "Allocation", n, n + 1) for n in range(1_250)),
    )
    seen = page(tmp_path, *RECORDS, comparison=comparison)

    assert len(seen.table("Which")) == 101
    assert "and 1,150 more changed cells" in seen.text
    assert "New 49" in seen.text
    assert "New 50" not in seen.text
    assert "and 10 more" in seen.text


def test_long_texts_are_cut_to_where_they_differ(tmp_path: Path) -> None:
    """Of two long texts the parts that differ are shown, not the beginnings that are the same."""
    old, new = "same " * 100 + "old end", "same " * 100 + "new end"
    edit = Edit(1, "Mill Yard", "Loom", "Description", old, new)
    (_, (_, _, words)) = page(
        tmp_path, *RECORDS, comparison=replace(COMPARISON, changed=(edit,))
    ).table("Which")

    before, now = words.split(" → ")
    assert (before[0], before[-7:]) == ("…", "old end")
    assert (now[0], now[-7:]) == ("…", "new end")
    assert len(words) < 100


def test_without_a_comparison_the_page_says_how_to_have_one(tmp_path: Path) -> None:
    """The section is not left empty: it names the two options."""
    text = page(tmp_path, *RECORDS).text

    assert "This export was not compared with an earlier one." in text
    assert "--name" in text
    assert "--changes" in text


def test_no_records_make_a_page_without_plots(tmp_path: Path) -> None:
    """Nothing to add up is said in words; no plot and no table of nothing is drawn."""
    seen = page(tmp_path)

    assert "There are no resources in this export" in seen.text
    assert "svg" not in {tag for tag, _ in seen.tags}
    assert [each[0][0] for each in seen.tables] == ["What"]


def test_nothing_filled_in_is_said_instead_of_plotted(tmp_path: Path) -> None:
    """Without any capacity or amenity there are no bars of nothing."""
    seen = page(tmp_path, {"BusinessName": "Mill Yard"})

    assert "No capacity is filled in anywhere." in seen.text
    assert "None of the resources has any of these." in seen.text
    assert [tag for tag, _ in seen.tags].count("svg") == 3


def test_the_rest_of_many_locations_is_added_up(tmp_path: Path) -> None:
    """Plots show the fifteen largest, tables a hundred; the others are one more."""
    places = [
        {"BusinessName": f"Place {n:03}", "Allocation": 1} for n in range(120) for _ in range(2)
    ]
    seen = page(tmp_path, *places)

    lines = seen.table("Location")
    assert (lines[1][0], lines[-2]) == ("Place 000", ["20 others", "40", "17%", "40"])
    labels = [attrs["aria-label"] or "" for tag, attrs in seen.tags if tag == "svg"]
    assert labels[0].startswith("Bars. Resources by location: the 15 largest of 120. Place 000: 2;")
    assert labels[0].endswith("; Place 014: 2; 105 others: 210")


# ---- what it is


def test_the_page_asks_nobody_for_anything(tmp_path: Path) -> None:
    """No script, no address to load from, in no attribute and no style."""
    seen = page(tmp_path, *({"BusinessName": name} for name in NAMES), comparison=COMPARISON)

    assert {tag for tag, _ in seen.tags} & {"script", "link", "img", "iframe", "object", "a"} == (
        set()
    )
    loading = {"src", "href", "xlink:href", "srcset", "data", "action", "background", "poster"}
    assert [attrs for _, attrs in seen.tags if loading & attrs.keys()] == []
    assert [a for _, attrs in seen.tags for a in attrs if a.startswith("on")] == []
    values = [value or "" for _, attrs in seen.tags for value in attrs.values()]
    assert [value for value in values if "http" in value] == []
    style = re.findall("<style.*?</style>", seen.source, re.DOTALL)
    assert len(style) == 1
    assert not re.search(r"url\(|@import|http", style[0])


def test_ids_are_unique(tmp_path: Path) -> None:
    """Several plots on one page share no id."""
    ids = [attrs["id"] for _, attrs in page(tmp_path, *RECORDS).tags if "id" in attrs]

    assert len(ids) > 20
    assert len(ids) == len(set(ids))


def test_names_are_escaped_and_kept(tmp_path: Path) -> None:
    """Markup, formulas and what looks like our own ids in a name are shown to the letter."""
    seen = page(tmp_path, {"BusinessName": EVIL, "Allocation": 3})

    assert seen.table("Location")[1][0] == EVIL
    assert "script" not in {tag for tag, _ in seen.tags}
    labels = [attrs["aria-label"] for tag, attrs in seen.tags if tag == "svg"]
    assert labels[0] == f"Bars. Resources by location. {EVIL}: 1"


def test_the_page_can_be_read_aloud(tmp_path: Path) -> None:
    """Language, one first heading, captions, scopes of headings and labels of plots are there."""
    tags = page(tmp_path, *RECORDS, comparison=COMPARISON).tags
    names = [tag for tag, _ in tags]

    assert ("html", {"lang": "en"}) in tags
    assert names.count("h1") == 1
    assert names.count("caption") == names.count("table")
    assert {attrs.get("scope") for tag, attrs in tags if tag == "th"} == {"row", "col"}
    assert {attrs.get("role") for tag, attrs in tags if tag == "svg"} == {"img"}


def test_the_same_figures_give_the_same_page(tmp_path: Path) -> None:
    """No date, chance or order of a set gets into the page."""
    first = page(tmp_path, *RECORDS).source

    assert page(tmp_path, *RECORDS).source == first


def test_the_internal_name_of_booking_rates_is_not_there(tmp_path: Path) -> None:
    """Users read of booking rates and locations, not of the API's own words for them."""
    source = page(tmp_path, *RECORDS, comparison=COMPARISON).source

    assert not re.search("ExtraService|Business|Tariff", source)


# ---- plots


def breadth(text: str) -> float:
    """Return the points that a text takes: in a broad font as it is, other scripts by the em."""
    text = text.replace("…", "W").replace("$", "S")
    if text.isascii():
        path = TextPath((0, 0), text, size=12, prop=FontProperties("DejaVu Sans"))
        return float(path.get_extents().width)
    return sum(12 if east_asian_width(each) == "W" else 7 for each in text)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [3.0, 1_234_567.0])
def test_labels_stay_inside_their_plot(name: str, value: float) -> None:
    """A name of any length and script begins inside the plot and ends before its edge."""
    svg = bar_chart([Bar(name, value, f"{value:,.0f}"), Bar("Short", 1, "1")], "p", "Bars")
    found = re.findall(r'text-anchor: (start|end).*? x="([\d.]+)".*?>([^<]*)</text>', svg)
    texts = [(anchor, float(at), unescape(text)) for anchor, at, text in found]

    assert [text for _, _, text in texts][1::2] == [f"{value:,.0f}", "1"]
    assert texts[0][2] == name or "…" in texts[0][2]
    for anchor, at, text in texts:
        assert breadth(text) <= (at if anchor == "end" else 330 - at)


def test_a_long_name_is_cut_in_its_middle() -> None:
    """Names of one chain differ at the end: beginning and end are kept."""
    short = clipped("The Coworking Company of the Northern Harbour, Kreuzberg", 200)

    assert short.startswith("The Coworking")
    assert short.endswith("zberg")
    assert short.count("…") == 1
    assert breadth(short) <= 200


def test_bars_are_as_long_as_their_values() -> None:
    """The bar of a value half as large is half as long."""
    svg = bar_chart([Bar("A", 8, "8"), Bar("B", 4, "4"), Bar("C", 0, "0")], "p", "Bars")
    spans = [
        float(right) - float(left)
        for left, right in re.findall(r'd="M ([\d.]+) [\d.]+ \s*L ([\d.]+) ', svg)
    ]

    assert len(spans) == 3
    assert spans[1] == pytest.approx(spans[0] / 2, abs=0.01)
    assert spans[2] == pytest.approx(0, abs=0.01)


def test_a_plot_says_nothing_on_the_screen(tmp_path: Path) -> None:
    """Fonts that lack letters and a home that cannot be written make no warning appear."""
    home = tmp_path / "home"
    home.write_text("a file, not a folder")
    script = (
        "from pipeline.report.plots import Bar, bar_chart\n"
        "bar_chart([Bar('東京 مركز', 3, '3')], 'p', 'Bars')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", script],
        env={"HOME": str(home), "PATH": "", "MPLCONFIGDIR": str(home / "none")},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )

    assert (done.stdout, done.stderr) == ("", "")


def test_plots_are_loaded_when_a_page_is_written() -> None:
    """Importing the page loads no plotting library: an export without a report needs none."""
    script = "import sys, pipeline.report.page; print('matplotlib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "False\n"


# ---- the file


def test_a_name_that_is_no_page_is_refused(tmp_path: Path) -> None:
    """The export itself is not overwritten by its report."""
    with pytest.raises(UsageError) as told:
        write_page(tmp_path / "rooms.xlsx", counted(*RECORDS), CERTIFICATE, None)

    assert str(told.value) == "rooms.xlsx: a report's name ends in .html. Choose such a name."
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A folder that is not there is said in one sentence."""
    path = tmp_path / "none" / "report.html"
    with pytest.raises(UsageError) as told:
        write_page(path, counted(*RECORDS), CERTIFICATE, None)

    assert str(told.value) == (
        f"{path}: cannot be written (No such file or directory). "
        "Choose another place, or close the file if another program has it open."
    )


def test_an_earlier_page_is_replaced_and_nothing_else_left(tmp_path: Path) -> None:
    """The file of that name is the new page; no unfinished one lies beside it."""
    (tmp_path / "report.html").write_text("old")
    page(tmp_path, *RECORDS)

    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
