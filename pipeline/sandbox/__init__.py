"""The service in small, over real loopback HTTP, for trying things out and for tests.

It knows the tables of fields and nothing else of ours, so that it cannot agree with our mistakes.
"""

from pipeline.sandbox.faults import fault_words
from pipeline.sandbox.seed import fill
from pipeline.sandbox.serve import Sandbox, serve

__all__ = ["Sandbox", "fault_words", "fill", "serve"]
