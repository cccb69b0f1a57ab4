"""What came in lately and matches nothing: looked at among the newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Platform
from metering.selectors import event_kinds, events

LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Unmatched:
    """``is_all`` is False where more events came in than were looked at."""

    count: int
    is_all: bool


def unmatched(platform: Platform, *, since: datetime) -> Unmatched:
    """How many of the newest events stored since then are billed nowhere."""
    found = event_kinds.kinds(platform, events.rows(platform), most=LOOKED_AT, since=since)
    count = sum(each.count for each in found if each.reason is not None)
    return Unmatched(count, sum(each.count for each in found) < LOOKED_AT)
