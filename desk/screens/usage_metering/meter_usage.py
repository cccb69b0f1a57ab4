"""The usage tab of a meter: a chart by day, told apart by a property on request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from desk.components import format
from desk.components.charts import Bars, Sparkline
from desk.components.filters import midnight
from desk.operators import Operator
from kit.period import Span
from metering.models import Meter
from metering.selectors import activity
from metering.selectors.activity import Day

RANGES = ((7, "7 days"), (30, "30 days"), (90, "90 days"))
MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One value of the property that the usage is told apart by."""

    name: str
    total: Decimal
    spark: Sparkline


def context(operator: Operator, meter: Meter, query: Mapping[str, Any]) -> dict[str, Any]:
    """What the tab's template reads: ``days``, ``value`` and ``by`` come from the query string."""
    values = [link.meter_value for link in meter.value_links.all()]
    properties = [link.meter_property for link in meter.property_links.all()]
    value = next(
        (row for row in values if row.public_id == query.get("value")), values[0] if values else None
    )
    by = next((row for row in properties if row.public_id == query.get("by")), None)
    length = next((days for days, _ in RANGES if str(days) == query.get("days")), 30)
    shown: dict[str, Any] = {
        "values": values,
        "properties": properties,
        "value": value,
        "by": by,
        "length": length,
        "ranges": RANGES,
    }
    if value is None:
        return shown
    last = operator.at.astimezone(operator.zone).date()
    days = [last - timedelta(days=back) for back in reversed(range(length))]
    span = Span(midnight(days[0], operator.zone), midnight(last + timedelta(days=1), operator.zone))
    found = activity.daily(
        operator.platform,
        meter=meter,
        value=value.pk,
        span=span,
        zone=operator.zone,
        by=by.pk if by else None,
    )
    return {**shown, **_pictures(operator, meter, value.reference, days, found), "total": _total(found)}


def _pictures(
    operator: Operator, meter: Meter, value: str, days: list[date], found: list[Day]
) -> dict[str, Any]:
    by_day: dict[date, Decimal] = defaultdict(Decimal)
    by_part: dict[str | None, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in found:
        by_day[each.day] += each.quantity
        by_part[each.part][each.day] += each.quantity
    total = _total(found)
    title = f"{value} of {meter.name or meter.reference} by day"
    first, last = (format.day(day, operator.zone) for day in (days[0], days[-1]))
    words = f"{format.number(total)} from {first} to {last}"
    bars = [(format.day(day, operator.zone), by_day[day]) for day in days]
    parts = [_part(name, days, quantities) for name, quantities in by_part.items()]
    parts.sort(key=lambda part: (-part.total, part.name))
    return {
        "chart": Bars(title, words, bars, width=1060, height=220, axis=format.short),
        "parts": parts[:MOST_PARTS],
    }


def _part(name: str | None, days: list[date], quantities: Mapping[date, Decimal]) -> Part:
    total = sum(quantities.values(), Decimal(0))
    label = name if name is not None else "Without it"
    line = [quantities.get(day, Decimal(0)) for day in days]
    return Part(label, total, Sparkline(line, f"{label}: {format.number(total)} in {len(days)} days", 160))


def _total(found: list[Day]) -> Decimal:
    return sum((each.quantity for each in found), Decimal(0))
