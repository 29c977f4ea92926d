"""The error tree, grouped by who must act.

PipelineError
├── UsageError            the caller: a wrong option, setting or file name      exit 2
├── WorkbookError         the file's author: a file that cannot be read at all  exit 2
│   └── HeaderError       a sheet without a header that is known
├── StoppedError          nobody yet: a run stopped early, its state is saved   exit 3
└── ApiError              the service or the way to it
    ├── UnreachableError  the network: nobody answered                          exit 3
    ├── CredentialsError  the account's owner: login or permission refused      exit 4
    └── ProtocolError     us: the service answered what no document describes   exit 3

A problem in a cell and a rejection of a record are values, not errors.
"""

from collections.abc import Sequence

DONE, UNFINISHED_ROWS, USAGE, STOPPED, REFUSED = 0, 1, 2, 3, 4


class PipelineError(Exception):
    """Any error that is told to the user in one sentence; `exit_code` is the process's."""

    exit_code = USAGE


class UsageError(PipelineError):
    """A wrong option, setting or path."""


class WorkbookError(PipelineError):
    """A file that cannot be read as a sheet."""


class HeaderError(WorkbookError):
    """A sheet without a known header; `rows` are the texts of those that might be one."""

    def __init__(self, message: str, rows: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(message)
        self.rows = rows


class StoppedError(PipelineError):
    """A run that stopped before its last row; what was written is in the journal."""

    exit_code = STOPPED


class ApiError(PipelineError):
    """The service, or the way to it."""

    exit_code = STOPPED


class UnreachableError(ApiError):
    """Nobody answered."""


class CredentialsError(ApiError):
    """The login or a permission was refused."""

    exit_code = REFUSED


class ProtocolError(ApiError):
    """An answer that no document describes."""
