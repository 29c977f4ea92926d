"""`demo`: the whole story, against an embedded sandbox."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = "Example: nexudus-bulk demo --folder ~/nexudus-demo"


@click.command("demo", epilog=EPILOG)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("nexudus-bulk-demo"),
    show_default=True,
    help="Where the demo's files go.",
)
def command(folder: Path) -> int:
    """Show the whole story: import a workbook, edit it, import it again, export. Takes a minute.

    Runs against a small copy of the service on this machine: no account, no network.
    """
    from pipeline.cli.demo import tell_story  # noqa: PLC0415 - heavy imports wait until needed

    return tell_story(folder)
