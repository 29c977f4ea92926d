"""The command line. Each command's module loads when it is used, so that --help stays quick."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType

import click

from pipeline import __version__
from pipeline.clocks import SYSTEM, Clocks
from pipeline.errors import DONE, STOPPED, USAGE, PipelineError

COMMANDS = {
    "demo": "Show the whole story on an embedded sandbox: no account, no network.",
    "sandbox": "Serve a small copy of the service on this machine.",
    "template": "Write a blank workbook to fill in.",
    "map": "Propose how a foreign file's columns become fields. Needs no account.",
    "check": "Say everything that is wrong with a file. Needs no account.",
    "plan": "Show what an import would do, cell by cell. Writes nothing to the account.",
    "import": "Write a file's rows into the account.",
    "resume": "Go on with a run that stopped.",
    "runs": "List what was imported, and what became of it.",
    "ledger": "Show which record became of which row of another program.",
    "export": "Write the account's records into a workbook.",
    "schedule": "Print entries that run an export or an import again and again.",
}
WRITING = {"import", "resume", "demo"}
EPILOG = "Start with: nexudus-bulk demo"
# Python looks for cycles after every 700 new objects, which a command that reads a large sheet, or
# only imports pandas, makes by the million and keeps: looking that often finds next to nothing.
OBJECTS_BETWEEN_LOOKS = 50_000
# numpy's OpenBLAS starts a thread for every core when it loads, which turns for a while waiting for
# matrices; there are none here.
THREADS_OF_NUMPY = "OPENBLAS_NUM_THREADS"


class _Lazy(click.Group):
    """A group whose commands are looked up by name and imported only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"pipeline.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nexudus-bulk")
def group() -> None:
    """Move spreadsheets into and out of a Nexudus account, safely."""


def main(arguments: Sequence[str] | None = None, clocks: Clocks = SYSTEM) -> int:
    """Run one command and return its exit code. Every foreseen error becomes one message."""
    try:
        code = group.main(
            list(sys.argv[1:] if arguments is None else arguments),
            prog_name="nexudus-bulk",
            standalone_mode=False,
            obj=clocks,
        )
    except PipelineError as error:
        return _say(str(error), error.exit_code)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return _say("Stopped.", STOPPED)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
        return DONE
    except OSError as error:
        return _say(f"{error.filename or 'The system'}: {error.strerror or error}.", USAGE)
    return code if isinstance(code, int) else DONE


def _say(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def run() -> None:
    """Be the installed command."""
    sys.excepthook = _confess
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS)
    os.environ.setdefault(THREADS_OF_NUMPY, "1")
    for each in ("SIGTERM", "SIGHUP"):  # they end a command as Ctrl-C does; nohup is respected
        number = getattr(signal, each, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # its reader has gone
            stream.flush()
    # What is still under way must not keep a command that has ended; the journal knows of it.
    os._exit(code)


def _confess(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of an error that nobody foresaw in one message; its details go to a file for us."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="nexudus-bulk-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.writelines(traceback.format_exception(kind, error, trace))
    written = "Nothing was written to the account."
    if WRITING & set(sys.argv[1:2]):
        written = "What was written to the account is in the journal; importing again finds it."
    print(
        f"Something went wrong that should not ({kind.__name__}). {written} "
        f"Please send us {file.name}.",
        file=sys.stderr,
    )
