"""nexudus-bulk: spreadsheets into and out of a coworking platform."""

__version__ = "0.1.0"
