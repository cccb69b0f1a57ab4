"""Instants, spans and calendar periods.

An instant is an aware UTC datetime with microseconds. A span is half-open: it holds its start and
not its end, so that contiguous spans hold every instant exactly once. A period is a length on the
calendar ("1 MONTH"), not a number of seconds.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from kit.errors import InvalidField

FIRST_YEAR = 1970

# Generous, yet small enough that one period always fits on the calendar: a century.
LARGEST_VALUE = {"DAY": 36_525, "WEEK": 5_217, "MONTH": 1_200, "YEAR": 100}


class PeriodType(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


@dataclass(frozen=True, slots=True)
class Period:
    """A length on the calendar: `value` times `type`.

    Raises InvalidField for a value below 1 or longer than a century.
    """

    type: PeriodType
    value: int

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise InvalidField("the value of a period is a whole number", field="value")
        if not 1 <= self.value <= LARGEST_VALUE[self.type]:
            largest = LARGEST_VALUE[self.type]
            raise InvalidField(f"a period in {self.type} has a value from 1 to {largest}", field="value")

    def __str__(self) -> str:
        return f"{self.value} {self.type}"


@dataclass(frozen=True, slots=True)
class Span:
    """The instants from `start` (included) to `end` (not included), both aware, in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.end.utcoffset() != timedelta(0):
            raise ValueError("a span is made of instants in UTC")
        if self.end < self.start:
            raise ValueError("a span cannot end before it starts")

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def contains(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def intersect(self, other: "Span") -> "Span | None":
        """The instants in both spans, or None when there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None


def add_months(anchor: date, months: int) -> date:
    """The anchor's day of the month, `months` later; the last day where the month is shorter.

    Count from the anchor each time and the day never drifts: 31 January, 28 February, 31 March.
    """
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise InvalidField("the date lies beyond the calendar")
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def shift(anchor: date, period: Period, count: int) -> date:
    """The day `count` periods after the anchor (before it when negative)."""
    amount = period.value * count
    match period.type:
        case PeriodType.MONTH:
            return add_months(anchor, amount)
        case PeriodType.YEAR:
            return add_months(anchor, amount * 12)
    days = amount * 7 if period.type is PeriodType.WEEK else amount
    ordinal = anchor.toordinal() + days
    if not 1 <= ordinal <= date.max.toordinal():
        raise InvalidField("the date lies beyond the calendar")
    return date.fromordinal(ordinal)


_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:[.,]([0-9]{1,9}))?(?:([Zz])|([+-])([0-9]{2}):?([0-9]{2}))"
)
_EXPECTED = "expected an instant such as 2026-03-01T08:15:00Z (ISO 8601 with an offset)"


def parse_instant(text: object, *, field: str | None = None) -> datetime:
    """Read an ISO 8601 instant with an offset; the answer is in UTC.

    Microseconds are kept, finer digits are cut. A missing offset is an error: guessing the zone
    moves usage between periods. Raises InvalidField, naming `field`, for anything else, and for
    years outside 1970 to 9999.
    """
    match = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InvalidField(_EXPECTED, field=field)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    fraction = (match[7] or "").ljust(6, "0")[:6]
    try:
        local = datetime(year, month, day, hour, minute, second, int(fraction), tzinfo=_offset(match))
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidField(_EXPECTED, field=field) from None
    if instant.year < FIRST_YEAR:
        raise InvalidField(f"instants start in {FIRST_YEAR}", field=field)
    return instant


def _offset(match: re.Match[str]) -> timezone:
    if match[8]:
        return UTC
    hours, minutes = int(match[10]), int(match[11])
    if minutes > 59:
        raise ValueError("an offset has at most 59 minutes")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if match[9] == "-" else offset)


def format_instant(instant: datetime) -> str:
    """ISO 8601 in UTC with `Z`: whole seconds without a fraction, otherwise all six digits."""
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
