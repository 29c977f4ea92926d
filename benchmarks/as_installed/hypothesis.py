"""Stands in the way of the developers' hypothesis, which pandera loads wherever it finds it.

Who installs the program has none; measured processes find this first.
"""

raise ImportError("only developers have hypothesis")
