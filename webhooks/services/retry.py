"""When a failed delivery is tried again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTES = (2, 4, 8, 16, 32, 60, 120, 240, 480)
LADDER = tuple(timedelta(minutes=minutes) for minutes in MINUTES)
GIVE_UP_AFTER = timedelta(days=7)


def next_attempt(*, attempts: int, first_at: datetime, failed_at: datetime) -> datetime | None:
    """When to try again after ``attempts`` (at least 1) failures, the last at ``failed_at``.

    The last rung repeats. None: give up, because the first attempt is seven days or more ago.
    """
    if failed_at - first_at >= GIVE_UP_AFTER:
        return None
    return failed_at + LADDER[min(attempts, len(LADDER)) - 1]
