"""`check`: all problems of a file, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.cli.shared import Screen, file_options, json_option
from pipeline.errors import DONE, UNFINISHED_ROWS

EPILOG = "Example: nexudus-bulk check rooms.xlsx"


@click.command("check", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@file_options
@json_option
def command(file: Path, as_json: bool, **reading: Any) -> int:
    """Say everything that is wrong with FILE, by cell. Needs no account and sends nothing.

    A row without Id is judged as a new record; plan and import look it up.
    """
    from pipeline.cli.opening import open_file  # noqa: PLC0415 - heavy imports wait until needed
    from pipeline.prepared import check as check_prepared  # noqa: PLC0415 - as above
    from pipeline.problems import is_error  # noqa: PLC0415 - as above
    from pipeline.report import text  # noqa: PLC0415 - as above

    screen = Screen(as_json)
    prepared = open_file(file, **reading)
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
