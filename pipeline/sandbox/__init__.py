"""The service in small, over real loopback HTTP, for trying things out and for tests.

It knows the field table and nothing else of the program, so that it cannot agree with its mistakes.
"""

from pipeline.sandbox.faults import fault_words
from pipeline.sandbox.serve import Sandbox, serve

__all__ = ["Sandbox", "fault_words", "serve"]
