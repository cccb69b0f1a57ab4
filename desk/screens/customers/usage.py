"""A customer's usage by day: one chart per calculation that its subscriptions price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from billing.models import Customer, PricingPlanSchedule
from catalog.models import ProductItem
from desk.components import format
from desk.components.charts import Bars
from desk.components.filters import midnight
from desk.operators import Operator
from kit.period import Span
from metering import aggregation
from metering.models import MeterValueCalculation
from metering.services import usage as metering

RANGES = (30, 90)
MOST_CHARTS = 8


@dataclass(frozen=True, slots=True)
class Series:
    """One calculation over the days, in one currency where it counts amounts."""

    title: str
    detail: str
    total: str
    chart: Bars
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """What the tab shows; ``days`` is the chosen range."""

    days: int
    first: date
    last: date
    series: list[Series]
    ranges: tuple[int, ...] = RANGES


def usage_of(operator: Operator, customer: Customer, query: Mapping[str, str]) -> Usage:
    """The days up to today, in the platform's zone: three queries and one for the usage itself."""
    asked = query.get("days", "")
    count = int(asked) if asked in map(str, RANGES) else RANGES[0]
    last = operator.at.astimezone(operator.zone).date()
    days = [last - timedelta(days=back) for back in range(count - 1, -1, -1)]
    items = _items(operator, customer)
    questions = [_question(customer, item, day, operator.zone) for item in items for day in days]
    answers = metering.read(platform=operator.platform, questions=questions) if questions else []
    series = [
        found
        for place, item in enumerate(items)
        for found in _series(item, days, answers[place * count : (place + 1) * count])
    ]
    return Usage(count, days[0], last, series)


def _items(operator: Operator, customer: Customer) -> list[ProductItem]:
    """The metered items that the customer's subscriptions have prices for, one per calculation."""
    schedules: QuerySet[Any] = PricingPlanSchedule.objects.for_platform(operator.platform)
    versions = schedules.filter(subscription__customer=customer).values("pricing_plan_version")
    rows = ProductItem.objects.for_platform(operator.platform).filter(
        pricing_item_links__version__in=versions, meter_value_calculation__isnull=False
    )
    found = rows.select_related("meter_value_calculation__meter", "meter_value_calculation__meter_value")
    by_calculation = {row.meter_value_calculation_id: row for row in found.order_by("-pk").distinct()}
    return sorted(by_calculation.values(), key=lambda row: row.pk)[:MOST_CHARTS]


def _calculation(item: ProductItem) -> MeterValueCalculation:
    assert item.meter_value_calculation is not None
    return item.meter_value_calculation


def _question(customer: Customer, item: ProductItem, day: date, zone: ZoneInfo) -> metering.Question:
    calculation = _calculation(item)
    return metering.Question(
        customer_id=customer.pk,
        meter_id=calculation.meter_id,
        meter_value_id=calculation.meter_value_id,
        meter_property_id=calculation.meter_property_id,
        span=Span(midnight(day, zone), midnight(day + timedelta(days=1), zone)),
    )


def _series(
    item: ProductItem, days: Sequence[date], answers: Sequence[Sequence[metering.Row]]
) -> list[Series]:
    currencies = sorted({row.currency or "" for rows in answers for row in rows}) or [""]
    return [_one(item, currency, days, answers) for currency in currencies]


def _one(
    item: ProductItem, currency: str, days: Sequence[date], answers: Sequence[Sequence[metering.Row]]
) -> Series:
    calculation = _calculation(item)
    mine = [[row for row in rows if (row.currency or "") == currency] for rows in answers]
    values = [_quantity(calculation, rows) for rows in mine]
    total = _quantity(calculation, [row for rows in mine for row in rows])
    unit = currency or item.unit_name_plural or ""
    labels = [format.day(day, ZoneInfo("UTC")) for day in days]
    words = f"{format.number(total)} {unit}".strip()
    title = f"{item.name}{f', {currency}' if currency else ''}"
    chart = Bars(
        title=f"{title} by day",
        description=f"{words} from {labels[0]} to {labels[-1]}.",
        values=list(zip(labels, values, strict=True)),
        width=1080,
        height=220,
        axis=format.short,
    )
    return Series(title, _detail(calculation), words, chart, not any(values))


def _quantity(calculation: MeterValueCalculation, rows: Sequence[metering.Row]) -> Decimal:
    return aggregation.quantity(
        aggregation.merge(row.state for row in rows),
        calculation_type=calculation.calculation_type,
        of_value=calculation.meter_value_id is not None,
    )


def _detail(calculation: MeterValueCalculation) -> str:
    value = calculation.meter_value
    of = f" of {value.reference}" if value else ""
    return f"{calculation.meter.reference}, {calculation.calculation_type}{of}"
