"""How Python's garbage collector is told about a process that has loaded a large program.

A batch of a thousand events makes tens of thousands of small objects, all of which die at its end.
At the collector's defaults they set off full collections, each of which walks the whole program:
measured, two fifths of the time of a batch. What was loaded at the start never becomes garbage, so it
is set aside, and the rest is looked at less often. Reference counting frees nearly everything anyway.
"""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50


def settle() -> None:
    """Set aside what is loaded now, and collect seldom. Call it once, when a process is ready to work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
