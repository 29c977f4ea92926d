"""The report page: all figures of an export on one HTML page that asks nobody for anything.

What it says is put together in `page_words` and `page_changes`, `plots` draws the bars; how it
looks stands in page.html.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from pipeline.certificate import Certificate
from pipeline.comparison import Comparison, why_not_compared
from pipeline.errors import UsageError
from pipeline.figures import Figures
from pipeline.report import page_words
from pipeline.report.page_changes import changes
from pipeline.report.page_words import PAGE_ENDINGS
from pipeline.sheets.whole import new_file


def write_page(
    path: Path, figures: Figures, certificate: Certificate, comparison: Comparison | None
) -> None:
    """Write the page; it is there whole or not at all.

    Raises UsageError when the name is no page's or the file cannot be written.
    """
    if path.suffix.lower() not in PAGE_ENDINGS:
        raise UsageError(f"{path.name}: a report's name ends in .html. Choose such a name.")
    text = _rendered(figures, certificate, comparison)
    with new_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _rendered(figures: Figures, certificate: Certificate, comparison: Comparison | None) -> str:
    source = files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source).render(
        nouns=figures.entity.nouns,
        records=figures.records,
        certificate=certificate,
        moment=page_words.moment(certificate.ended),
        tiles=page_words.tiles(figures, comparison),
        sections=list(page_words.sections(figures)),
        matrix=page_words.matrix(figures),
        can_be_archived=figures.entity.archive_field is not None,
        tells_remarks=figures.tells_remarks,
        remarks=[each for each in figures.remarks() if each.count],
        not_compared=why_not_compared(certificate.compared_as),
        changes=changes(figures.entity, comparison),
        certified=[(label or "Reason", words) for label, words in certificate.lines()],
    )
