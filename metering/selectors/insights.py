"""Usage over all customers, from the hourly rollups: by day, by value, by customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate

from accounts.models import Platform
from metering.models import Meter, MeterValue, UsageRollup

MOST = 50


@dataclass(frozen=True, slots=True)
class Used:
    """Usage of one meter value: ``events`` counted, ``total`` of their numbers."""

    meter: str
    value: str
    value_id: int | None
    events: int
    total: Decimal


def events(platform: Platform, *, start: datetime, end: datetime) -> int:
    """How many events happened in ``[start, end)``, to the hour."""
    return int(_rollups(platform, start, end).aggregate(n=Sum("events"))["n"] or 0)


def by_day(
    platform: Platform, *, start: datetime, end: datetime, zone: ZoneInfo, value_id: int | None = None
) -> dict[date, tuple[int, Decimal]]:
    """Day in ``zone`` -> (events, total) of one value, or of everything (then only the events mean much)."""
    rows = _rollups(platform, start, end)
    if value_id is not None:
        rows = rows.filter(meter_value_id=value_id)
    found = rows.annotate(day=TruncDate("hour", tzinfo=zone)).values_list("day")
    return {day: (n, total) for day, n, total in found.annotate(n=Sum("n"), total=Sum("sum")).order_by("day")}


def by_value(platform: Platform, *, start: datetime, end: datetime) -> list[Used]:
    """Each meter value that was used, the busiest first. Two queries."""
    rows = _rollups(platform, start, end).values_list("meter__reference", "meter_value_id")
    found = list(rows.annotate(n=Sum("n"), total=Sum("sum")).order_by("-n")[:MOST])
    keys = [value for _, value, _, _ in found if value is not None]
    names = dict(MeterValue.objects.filter(platform=platform, pk__in=keys).values_list("pk", "name"))
    return [Used(meter, names.get(value, "Events"), value, n, total) for meter, value, n, total in found]


def by_customer(
    platform: Platform, *, start: datetime, end: datetime, value_id: int | None = None
) -> list[tuple[int, int, Decimal]]:
    """(customer pk, events, total), the largest first."""
    rows = _rollups(platform, start, end)
    if value_id is not None:
        rows = rows.filter(meter_value_id=value_id)
    found = rows.values_list("customer_id").annotate(n=Sum("n"), total=Sum("sum"))
    return list(found.order_by("-total", "customer_id")[:20])


def by_use(
    platform: Platform, *, meters: Collection[int], start: datetime, end: datetime
) -> dict[tuple[int, int | None], list[int]]:
    """(meter, value) -> the customers (pk) that used it, the smallest user first; under None, any value."""
    rows = _rollups(platform, start, end).filter(meter__in=meters)
    named = rows.values_list("meter_id", "meter_value_id", "customer_id")
    found: dict[tuple[int, int | None], dict[int, None]] = defaultdict(dict)
    used = named.annotate(n=Sum("n"), total=Sum("sum")).filter(n__gt=0)
    for meter, value, customer, _, _ in used.order_by("total", "n", "customer_id"):
        found[meter, value][customer] = None
        found[meter, None][customer] = None
    return {key: list(customers) for key, customers in found.items()}


def _rollups(platform: Platform, start: datetime, end: datetime) -> QuerySet[UsageRollup]:
    # Meter by meter, as the index lies.
    meters = Meter.objects.filter(platform=platform).values("pk")
    return UsageRollup.objects.filter(platform=platform, meter__in=meters, hour__gte=start, hour__lt=end)
