"""Bars as SVG that stands inside a page: no font, style or address of its own, texts as texts.

Bars are laid out in points by hand, since the names of a venue's rooms are of any length and in
any script: no name reaches its neighbour or the edge. Imports matplotlib, which takes a while:
import this module when a page is written.
"""

from __future__ import annotations

import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

# A folder for fonts that cannot be written or takes long is no concern of the person who exports.
logging.getLogger("matplotlib").setLevel(logging.ERROR)

import matplotlib as mpl  # noqa: E402 - it may speak up while it is imported
from matplotlib.axes import Axes  # noqa: E402 - as above
from matplotlib.figure import Figure  # noqa: E402 - as above
from matplotlib.patches import Rectangle  # noqa: E402 - as above

WIDTH = 330  # points; a phone's page is about as many pixels wide
POINTS_PER_INCH = 72
SIZE = 12  # points of the letters
BESIDE = 150  # points that names may take beside their bars; longer ones stand above them
GAP, EDGE = 7, 2
THICK = 14  # of a bar
PITCH_BESIDE, PITCH_ABOVE = 22, 38  # from bar to bar
INK, COLOUR, PALE = "#1f2933", "#2e75b6", "#9fb3c8"
FONTS = ["DejaVu Sans", "Verdana", "Arial", "Helvetica"]  # broad ones, of which the first is there
NARROW, USUAL, CAPITAL, WIDE = 0.38, 0.63, 0.78, 1.1  # of the letters' size, in a broad font
WIDE_LETTERS, NARROW_LETTERS = frozenset("mwMW@%—…"), frozenset("ijlIt.,:;'|!()[] ")
TAG = re.compile("<[^>]*>")
NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Bar:
    """One bar; `words` stand at its end. The rest of many is `pale`."""

    label: str
    value: float
    words: str
    pale: bool = False


def bar_chart(bars: Sequence[Bar], prefix: str, spoken: str) -> str:
    """Return horizontal bars from top to bottom as an SVG element, `spoken` being read aloud.

    Every id within begins with `prefix`, since ids count for the whole page. The same bars give
    the same text. At least one value must be more than 0.
    """
    beside = max(width(each.label) for each in bars) <= BESIDE
    pitch = PITCH_BESIDE if beside else PITCH_ABOVE
    height = pitch * len(bars) + 2 * EDGE
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # a person's own settings are for their own plots
        mpl.rcParams["svg.fonttype"] = "none"
        mpl.rcParams["svg.hashsalt"] = prefix
        mpl.rcParams["font.sans-serif"] = FONTS
        # Names in scripts that matplotlib's font lacks: the browser has fonts for them.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure = Figure(figsize=(WIDTH / POINTS_PER_INCH, height / POINTS_PER_INCH))
        figure.patch.set_visible(False)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(height, 0))
        axes.set_axis_off()
        _draw(axes, bars, beside=beside, pitch=pitch)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata=NO_METADATA)
    return _inline(file.getvalue(), prefix, spoken)


def _draw(axes: Axes, bars: Sequence[Bar], *, beside: bool, pitch: float) -> None:
    start = max(width(each.label) for each in bars) + GAP if beside else EDGE
    room = WIDTH - EDGE - GAP - start - max(width(each.words) for each in bars)
    most = max(each.value for each in bars)
    for number, bar in enumerate(bars):
        middle = EDGE + pitch * (number + 1) - PITCH_BESIDE / 2
        long = room * bar.value / most
        colour = PALE if bar.pale else COLOUR
        axes.add_patch(
            Rectangle((start, middle - THICK / 2), long, THICK, color=colour, lw=0, clip_on=False)
        )
        if beside:
            _write(axes, start - GAP, middle, bar.label, ha="right")
        else:
            label = clipped(bar.label, WIDTH - 2 * EDGE)
            _write(axes, start, middle - THICK / 2 - SIZE / 2 - 2, label)
        _write(axes, start + long + GAP / 2, middle, bar.words)


def _write(axes: Axes, x: float, y: float, text: str, ha: str = "left") -> None:
    # parse_math: a name between two $ is a name, no formula.
    axes.text(x, y, text, ha=ha, va="center", size=SIZE, color=INK, parse_math=False)


def width(text: str) -> float:
    """Return about how many points `text` takes, rather too many than too few."""
    return SIZE * sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF" or letter in WIDE_LETTERS:
        return WIDE
    if unicodedata.combining(letter):
        return 0
    if letter in NARROW_LETTERS:
        return NARROW
    return CAPITAL if letter.isupper() else USUAL


def clipped(text: str, points: float) -> str:
    """Return as much of `text` as `points` hold; an ellipsis stands for the middle that is cut.

    Names of one chain begin alike: what tells them apart stands at the end.
    """
    kept = len(text)
    shown = text
    while width(shown) > points:
        kept -= 1
        end = kept // 3
        shown = f"{text[: kept - end].rstrip()}…{text[len(text) - end :].lstrip()}"
    return shown


def _inline(svg: str, prefix: str, spoken: str) -> str:
    """Cut what a file needs and a page does not; tie ids to this plot (nothing points to them)."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    inside = TAG.sub(
        lambda tag: tag[0].replace(' id="', f' id="{prefix}-'), svg[svg.index(">") + 1 :]
    )
    box = re.search(r'viewBox="[^"]*"', svg)
    return f'<svg {box[0] if box else ""} role="img" aria-label="{escape(spoken)}">{inside}'
