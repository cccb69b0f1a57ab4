"""The dates of what is agreed, as days on which it begins and ends, cut to the phase that has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billing.calc.schedule import resolve
from kit.period import format_instant, parse_instant

Days = tuple[date | None, date | None]
MOMENT = timedelta(microseconds=1)


def within(days: Days, start: datetime, end: datetime | None, zone: ZoneInfo) -> dict[str, str] | None:
    """``start_at`` and ``end_at`` in the phase from ``start`` to ``end``; None where it has no part in it."""
    first, last = days
    begins = resolve(first, time.min, zone) if first else start
    stops = resolve(last + timedelta(days=1), time.min, zone) if last else end
    if (end and begins >= end) or (stops and stops <= max(begins, start)):
        return None
    found = {"start_at": begins} if begins > start else {}
    if stops and (end is None or stops < end):
        found["end_at"] = stops
    return {name: format_instant(at) for name, at in found.items()}


def days_of(body: Mapping[str, Any], zone: ZoneInfo) -> Days | None:
    """The first and the last day of a stored entry; None where it does not begin or end with a day."""
    begins, stops = (parse_instant(body[name]) if body.get(name) else None for name in ("start_at", "end_at"))
    if any(at and at.astimezone(zone).time() != time.min for at in (begins, stops)):
        return None
    first = begins.astimezone(zone).date() if begins else None
    return first, (stops - MOMENT).astimezone(zone).date() if stops else None
