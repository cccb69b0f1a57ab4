"""A slow line and a slow machine, for finding tests and screens that rest on being quick.

``DESK_STRESS=<seed>`` lets every answer of the test server, files too, travel for up to ``MOST`` seconds: a
part on the way there, the rest on the way back, drawn from the seed, the address and how often it was asked,
so that a seed tells the same story again. Answers overtake each other, as each connection waits for itself.
The page's processor runs ``SLOWER`` times slower.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from playwright.sync_api import BrowserContext, Page

SEED = os.environ.get("DESK_STRESS", "")
MOST = 0.4
SLOWER = 4

_asked: Counter[str] = Counter()
_counting = threading.Lock()


def forget() -> None:
    """Begin a test: its requests are counted from one."""
    with _counting:
        _asked.clear()


def slow_down(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The same WSGI application at the far end of a slow line."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        there, back = travel(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        time.sleep(there)
        body = application(environ, start_response)
        time.sleep(back)
        return body

    return answer


def travel(address: str) -> tuple[float, float]:
    """Seconds for the way there and for the way back of the next request to ``address``."""
    with _counting:
        _asked[address] += 1
        chance = random.Random(f"{SEED} {address} {_asked[address]}")
    whole = chance.uniform(0, MOST)
    there = chance.uniform(0, whole)
    return there, whole - there


def throttle(context: BrowserContext, page: Page) -> None:
    """Slow the processor of a page down."""
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
