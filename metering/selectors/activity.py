"""How busy meters are: events by hour, usage by day. For looking at; bills ask ``services.usage``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Platform
from kit.money import EXACT
from kit.period import Span
from metering.models import Meter, UsageRollup
from metering.selectors.entries import entries

HOURS = 24
# Moves with all usage that is stored, on any platform: every row of a rollup asks for a number, kept or not.
WATERMARK = "SELECT last_value FROM metering_usagerollup_id_seq"
HOUR, NOTHING = timedelta(hours=1), timedelta()
TENTH = Decimal("0.1")

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

# The same from the hours, where these tell the property apart and lie within one day of the zone.
DAILY_BY_HOURS = """
    SELECT (hour AT TIME ZONE %(zone)s)::date AS day, properties ->> %(property)s::text, sum(sum)
    FROM metering_usagerollup
    WHERE platform_id = %(platform)s AND meter_id = %(meter)s AND meter_value_id = %(value)s
        AND hour >= %(start)s AND hour < %(end)s
    GROUP BY 1, 2 HAVING sum(n) > 0
"""


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
    newest = rows.order_by("-hour").values("hour")[:1]
    of_hour = rows.filter(hour=Subquery(newest))
    last: datetime | None = of_hour.aggregate(last=Max(Coalesce("last_at", "hour")))["last"]
    return last


@dataclass(frozen=True, slots=True)
class Day:
    """Usage of one meter value on one day; ``part`` is the property's value, None where it has none."""

    day: date
    part: str | None
    quantity: Decimal


def daily(
    platform: Platform, *, meter: Meter, value: int, span: Span, zone: ZoneInfo, by: int | None = None
) -> list[Day]:
    """What was used on each day of ``zone``, told apart by property ``by``. Days without usage are absent.

    One query: of the hourly rollups where they can tell, else of the events.
    """
    arguments: dict[str, Any] = {
        "platform": platform.pk,
        "meter": meter.pk,
        "value": value,
        "start": span.start,
        "end": span.end,
        "zone": zone.key,
        "property": None if by is None else str(by),
    }
    known = (by is None or by in meter.keyed_properties) and _has_whole_hours(span, zone)
    with connection.cursor() as cursor:
        cursor.execute(DAILY_BY_HOURS if known else DAILY, arguments)
        return [Day(*row) for row in cursor.fetchall()]


def shares(platform: Platform, *, meter: Meter, value: int, span: Span, by: int) -> dict[str | None, Decimal]:
    """The percent of the usage under each value of property ``by``, to one decimal; empty without usage."""
    found: dict[str | None, Decimal] = defaultdict(Decimal)
    for each in daily(platform, meter=meter, value=value, span=span, zone=ZoneInfo("UTC"), by=by):
        found[each.part] = EXACT.add(found[each.part], each.quantity)
    whole = sum(found.values(), Decimal(0))
    if whole <= 0:
        return {}
    return {part: EXACT.divide(used * 100, whole).quantize(TENTH) for part, used in found.items()}


def _has_whole_hours(span: Span, zone: ZoneInfo) -> bool:
    """Whether days of the zone begin at hours of UTC, all through the span."""
    offsets = (span.start.astimezone(zone).utcoffset(), span.end.astimezone(zone).utcoffset())
    return all(not (offset or NOTHING) % HOUR for offset in offsets)
