"""The sweeps of this app. Both follow wall time: the world outside does not know the test clock."""

from __future__ import annotations

from concurrent.futures import wait
from datetime import datetime
from functools import cache, partial

from accounts.models import Platform
from kit import clock
from webhooks.services import claims, delivery, retention
from webhooks.services.senders import Senders

# How long one platform's sweep waits for its senders; whoever is slower goes on alone.
PATIENCE_SECONDS = 0.25


@cache
def senders() -> Senders:
    """The threads of this process, made when first needed: after the worker has forked."""
    return Senders()


def deliver(*, platform: Platform, at: datetime) -> int:
    """Send what is due to the platform's endpoints; how many deliveries were done before it returned."""
    pool = senders()
    free = pool.free(platform.pk)
    if not free:
        return 0
    taken = claims.take(platform=platform, now=clock.now(), most=free)
    started = [pool.start(platform.pk, partial(delivery.drain, claim, now=clock.now)) for claim in taken]
    done, _ = wait(started, timeout=PATIENCE_SECONDS)
    return sum(future.result() for future in done)


def forget(*, platform: Platform, at: datetime) -> int:
    """Delete what is older than the log is kept; the number of rows."""
    return retention.forget(platform=platform, now=clock.now())
