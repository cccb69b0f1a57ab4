"""What came in lately and matches nothing: looked at among the newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Platform
from metering.ports import FateKind
from metering.selectors import events

LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Unmatched:
    """``is_all`` is False where more events came in than were looked at."""

    count: int
    is_all: bool


def unmatched(platform: Platform, *, since: datetime) -> Unmatched:
    """How many of the newest events stored since then are billed nowhere."""
    rows = list(events.rows(platform).filter(deleted_at__isnull=True).order_by("-pk")[:LOOKED_AT])
    fresh = [row for row in rows if row.stored_at >= since]
    found = events.with_fates(platform, fresh) if fresh else []
    count = sum(each.fate.kind is FateKind.NOT_MATCHED for each in found)
    return Unmatched(count, len(fresh) < LOOKED_AT)
