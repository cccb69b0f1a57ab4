"""The platform's time: wall time, or the frozen instant of a TEST platform's clock."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from accounts.models import Environment, Platform
from accounts.services import clock_lock, sweeps
from kit import clock
from kit.errors import InvalidField, InvalidOperation

log = logging.getLogger(__name__)
LONGEST_STEP = timedelta(days=3653)
# What is due but locked by a request is tried again this often, this many seconds apart.
TRIES, PAUSE = 100, 0.05


def now(platform: Platform) -> datetime:
    """The instant at which everything on this platform happens."""
    return platform.test_now or clock.now()


def freeze(*, platform: Platform, at: datetime) -> Platform:
    """Hold the platform's clock at ``at``, at most ten years ahead; from there ``advance`` moves it.

    Every boundary passed over is made up for by the next ``advance``: a leap of centuries would be
    thousands of invoices in one call.
    """
    _require_test(platform)
    if platform.test_now and at < platform.test_now:
        raise InvalidField("the test clock stands later than this; release it first", field="now")
    if at - now(platform) > LONGEST_STEP:
        raise InvalidField("the test clock goes at most ten years ahead at once", field="now")
    return _set(platform, at)


def release(*, platform: Platform) -> Platform:
    """Return to wall time."""
    _require_test(platform)
    return _set(platform, None)


def advance(*, platform: Platform, to: datetime) -> Platform:
    """Move a frozen clock to ``to``, doing on the way everything that falls due, in order.

    Each boundary runs at its own instant and in its own transactions, so a call that is cut short
    leaves the clock at the last boundary done, and the same call again finishes the way.
    """
    _require_test(platform)
    with clock_lock.advancing(platform):
        platform.refresh_from_db()
        if platform.test_now is None:
            raise InvalidOperation("Freeze the test clock first: POST /v1/test-clock")
        if to < platform.test_now:
            raise InvalidField("the test clock only moves forward", field="to")
        if to - platform.test_now > LONGEST_STEP:
            raise InvalidField("one step is at most ten years; take several", field="to")
        _walk(platform, to)
        _set(platform, to)
        sweeps.run_clock_bound(platform=platform, at=to)
    return platform


def _walk(platform: Platform, to: datetime) -> None:
    tries = 0
    while (due := sweeps.next_due(platform=platform)) is not None and due <= to:
        at = max(due, now(platform))
        _set(platform, at)
        tries = 0 if sweeps.run_due(platform=platform, at=at) else tries + 1
        if tries > TRIES:
            log.error("Work due at %s on %s was not done; the clock goes on", due, platform.public_id)
            return
        if tries > 1:
            time.sleep(PAUSE)


def _set(platform: Platform, at: datetime | None) -> Platform:
    Platform.objects.filter(pk=platform.pk).update(test_now=at)
    platform.test_now = at
    return platform


def _require_test(platform: Platform) -> None:
    if platform.environment != Environment.TEST:
        raise InvalidOperation("Only a TEST platform has a test clock")
