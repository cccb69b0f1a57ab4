"""The year that ends now: which instant a month and a day of the data mean, and when the clock stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kit.period import add_months

MONTHS = 12
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHTLY = time(4)
LIVELY = (
    2 * DAY
)  # before the end the clock stops every hour, so that the latest events look sent as they happened
CLOSED_AGO = 3 * HOUR  # when the latest period of a weekly subscription ended: its draft is in grace now


@dataclass(frozen=True, slots=True)
class Calendar:
    """History ends at ``at`` and begins with the month a year before, in ``zone``."""

    at: datetime
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        return self.day(months_ago=MONTHS)

    def day(self, *, months_ago: int, day: int = 1) -> datetime:
        """Midnight of that day of the month; the last day where the month is shorter."""
        first = add_months(self.at.astimezone(self.zone).date().replace(day=1), -months_ago)
        following = add_months(first, 1)
        return self._local(min(first + (day - 1) * DAY, following - DAY), time())

    def of(self, entry: Mapping[str, Any]) -> datetime:
        """The instant that an entry of the data names."""
        if "days_ago" in entry:
            return self.at - timedelta(days=entry["days_ago"])
        if "weeks_ago" in entry:
            closed = (self.at - CLOSED_AGO).astimezone(self.zone)
            return self._local(closed.date() - timedelta(weeks=entry["weeks_ago"]), closed.time())
        return self.day(months_ago=entry["months_ago"], day=entry.get("day", 1))

    def month(self, instant: datetime) -> int:
        """How many months after the first one the instant lies."""
        now, local = self.at.astimezone(self.zone), instant.astimezone(self.zone)
        return (local.year - now.year) * 12 + local.month - now.month + MONTHS

    def steps(self) -> Iterator[datetime]:
        """Every instant at which the clock stops: nightly, then hourly, at last now."""
        day = self.begin.astimezone(self.zone).date()
        while (instant := self._local(day, NIGHTLY)) < self.at - LIVELY:
            yield instant
            day += DAY
        while instant < self.at:
            yield instant
            instant += HOUR
        yield self.at

    def _local(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)
