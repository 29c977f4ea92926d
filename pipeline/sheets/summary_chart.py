"""Native charts of the Summary sheet: bars that refer to the cells of a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.sheets.guide_page import INK
from pipeline.sheets.printable import lines_of

WIDTH = 700  # pixels
HEAD, TITLE_HEIGHT = 54, 40  # pixels: the title with the edges, and above the bars
PER_BAR, PER_LONG_BAR = 20, 30  # pixels: one or two lines of a name
LONG_NAME = 34  # characters that surely stand in one line
NAMES_SHARE = 0.36  # of the width
POINTS_PER_PIXEL = 0.75
COLOUR = "#2E75B6"


@dataclass(frozen=True)
class Bars:
    """What a chart shows: the first `values` of a table's column, with their names beside them.

    Rows and columns are counted from 0. The values stand in the file twice, since not every
    program that shows a chart calculates it anew.
    """

    title: str
    names: Sequence[str]
    values: Sequence[float]
    number_format: str
    first_row: int
    column: int


def height_of(names: Sequence[str]) -> int:
    """Return the height in pixels of a chart whose bars have these names."""
    return HEAD + _per_bar(names) * len(names)


def _per_bar(names: Sequence[str]) -> int:
    is_long = any(lines_of(each, LONG_NAME) > 1 for each in names)
    return PER_LONG_BAR if is_long else PER_BAR


def insert_bars(book: Workbook, sheet: Worksheet, bars: Bars, row: int, column: int) -> None:
    """Place a bar chart with its upper left corner in a cell, whatever the rows' heights become."""
    chart = book.add_chart({"type": "bar"})
    last = bars.first_row + len(bars.values) - 1
    name = sheet.get_name()
    chart.add_series(
        {
            "categories": [name, bars.first_row, 0, last, 0],
            "values": [name, bars.first_row, bars.column, last, bars.column],
            "categories_data": list(bars.names),
            "values_data": list(bars.values),
            "fill": {"color": COLOUR},
            "gap": 45,
            "data_labels": {"value": True, "num_format": bars.number_format},
        }
    )
    chart.set_title(
        {
            "name": bars.title,
            "name_font": {"size": 11, "color": f"#{INK}"},
            "overlay": False,
        }
    )
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"none": True}})
    # XlsxWriter's y axis of bars has the names; reversed, the first is on top, as in the table.
    chart.set_y_axis(
        {
            **{"reverse": True, "interval_unit": 1, "major_tick_mark": "none"},
            **{"num_font": {"size": 9}, "major_gridlines": {"visible": False}},
        }
    )
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    height = height_of(bars.names)
    top = TITLE_HEIGHT / height
    inner = _per_bar(bars.names) * len(bars.values) / height
    place = {"x": NAMES_SHARE, "y": top, "width": 0.9 - NAMES_SHARE, "height": inner}
    chart.set_plotarea({"layout": place})
    chart.set_size({"width": WIDTH, "height": height})
    sheet.insert_chart(
        row,
        column,
        chart,
        {
            "x_offset": 12,
            "y_offset": 6,
            "object_position": 2,
            "description": bars.title,
        },  # 2: moves, keeps size
    )
