"""How busy meters are: events by hour, usage by day. For looking at; bills ask ``services.usage``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from accounts.models import Platform
from kit.period import Span
from metering.models import UsageRollup
from metering.selectors.entries import entries

HOURS = 24

# By its own property an event counts whether or not the rollups tell that property apart.
DAILY = f"""
    WITH chosen AS MATERIALIZED (
        SELECT * FROM metering_event
        WHERE platform_id = %(platform)s AND meter_id = %(meter)s AND deleted_at IS NULL
            AND timestamp >= %(start)s AND timestamp < %(end)s
    )
    SELECT (x.timestamp AT TIME ZONE %(zone)s)::date AS day, o.properties ->> %(property)s::text,
           coalesce(sum(x.number), 0)
    FROM ({entries("chosen")}) x JOIN chosen o ON o.id = x.id
    WHERE x.meter_value_id = %(value)s
    GROUP BY 1, 2
"""  # noqa: S608  the fragment holds no data


@dataclass(frozen=True, slots=True)
class Pulse:
    """Events of a meter in each of the last 24 hours, oldest first."""

    hours: tuple[int, ...] = (0,) * HOURS

    @property
    def total(self) -> int:
        return sum(self.hours)


def pulses(platform: Platform, meters: Iterable[int], *, at: datetime) -> dict[int, Pulse]:
    """Meter key -> its pulse, the running hour included. One query, however many meters."""
    keys = list(meters)
    first = at.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    rows = UsageRollup.objects.filter(platform=platform, meter_id__in=keys)
    recent = rows.filter(hour__gte=first, hour__lt=first + timedelta(hours=HOURS))
    found: dict[int, list[int]] = {key: [0] * HOURS for key in keys}
    for meter, hour, count in recent.values_list("meter_id", "hour").annotate(count=Sum("events")):
        found[meter][int((hour - first).total_seconds() // 3600)] = count
    return {key: Pulse(tuple(hours)) for key, hours in found.items()}


def last_used(platform: Platform, meter: int) -> datetime | None:
    """When the newest event of the meter happened, to the hour for events without a value."""
    rows = UsageRollup.objects.filter(platform=platform, meter_id=meter, events__gt=0)
    last: datetime | None = rows.aggregate(last=Max(Coalesce("last_at", "hour")))["last"]
    return last


@dataclass(frozen=True, slots=True)
class Day:
    """Usage of one meter value on one day; ``part`` is the property's value, None where it has none."""

    day: date
    part: str | None
    quantity: Decimal


def daily(
    platform: Platform, *, meter: int, value: int, span: Span, zone: str, by: int | None = None
) -> list[Day]:
    """What was used on each day of ``zone``, told apart by property ``by``. Days without usage are absent."""
    arguments: dict[str, Any] = {
        "platform": platform.pk,
        "meter": meter,
        "value": value,
        "start": span.start,
        "end": span.end,
        "zone": zone,
        "property": None if by is None else str(by),
    }
    with connection.cursor() as cursor:
        cursor.execute(DAILY, arguments)
        return [Day(*row) for row in cursor.fetchall()]
