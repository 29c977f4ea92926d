"""`sandbox`: the service in small, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.errors import DONE, UsageError

EPILOG = "Example: nexudus-bulk sandbox --port 8765 --data sandbox.sqlite --limit write:60/60"


@click.command("sandbox", epilog=EPILOG)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the records in this file.")
@click.option(
    "--log", type=click.Path(path_type=Path), help="Add a line of JSON for every request here."
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="KIND:COUNT/SECONDS",
    help="Refuse more requests of a kind (all, read, write) than this; may be given several times; "
    "'none', as without it, refuses none.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[=VALUE][@VERB][*COUNT][+SKIP]",
    help="Go wrong on purpose; 'list' names the ways.",
)
def command(
    port: int,
    data: Path | None,
    log: Path | None,
    limits: tuple[str, ...],
    faults: tuple[str, ...],
) -> int:
    """Serve a small copy of the service until stopped, with invented records to play with."""
    from pipeline.sandbox import fault_words, serve  # noqa: PLC0415 - Flask loads only when needed

    if "list" in faults:
        print(fault_words())
        return DONE

    def ready(url: str, username: str, password: str) -> None:
        print(f"READY {url}", flush=True)
        print(f"export NEXUDUS_BASE_URL={url}")
        print(f"export NEXUDUS_USERNAME={username}")
        print(f"export NEXUDUS_PASSWORD={password}", flush=True)

    try:
        serve(port=port, path=data, log=log, limits=limits, faults=faults, ready=ready)
    except ValueError as error:
        raise UsageError(f"sandbox: {error}") from error
    except OSError as error:
        raise UsageError(
            f"sandbox: {error.filename}: cannot be written ({error.strerror})."
            if error.filename
            else f"sandbox: port {port} cannot be used ({error.strerror}). "
            "Choose another with --port."
        ) from error
    return DONE
