"""`check`: all problems of a file, offline."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.shared import Screen, json_option, sheet_options
from pipeline.errors import DONE, UNFINISHED_ROWS

EPILOG = "Example: nexudus-bulk check rooms.xlsx"


@click.command("check", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@sheet_options
@json_option
def command(file: Path, sheet: str | None, unknown_columns: str, as_json: bool) -> int:
    """Say everything that is wrong with FILE, by cell. Needs no account and sends nothing.

    A row without Id is judged as a new record; plan and import look it up.
    """
    from pipeline.entities import RESOURCE  # noqa: PLC0415 - as above
    from pipeline.prepared import check as check_prepared  # noqa: PLC0415 - as above
    from pipeline.prepared import prepare  # noqa: PLC0415 - as above
    from pipeline.problems import is_error  # noqa: PLC0415 - as above
    from pipeline.report import text  # noqa: PLC0415 - as above

    screen = Screen(as_json)
    prepared = prepare(file, RESOURCE, sheet=sheet, unknown_columns=unknown_columns)
    problems = check_prepared(prepared)
    screen.warn(prepared.sheet.remarks)
    if not as_json:
        screen.say(text.problem_lines(problems))
        screen.say(text.problem_summary(problems, len(prepared.rows)))
    screen.give(
        {
            "file": str(file),
            "rows": len(prepared.rows),
            "problems": [each.as_dict() for each in problems],
        }
    )
    return UNFINISHED_ROWS if any(map(is_error, problems)) else DONE
