"""What the program costs beside what a person would use instead: `python -m benchmarks`.

Run from the project's root. Every case is run as whole processes, several times in turn with its
rival, and judged by the ratio of both: seconds mean nothing on a shared machine. The full size
writes benchmarks/RESULTS.md. Exit code 1: a bar of the full size is not reached; 2: a case failed.

A case is a `Case` (case.py) in the module of its subject, listed in cases.py. The process that
measures imports nothing heavy: a child's peak memory begins with its parent's.
"""
