"""`python -m pipeline` is the same command as `nexudus-bulk`."""

from pipeline.cli import run

run()
