"""The terms of a subscription in words with dates: when it is billed, what is due when, which tax."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from billing.calc import tax
from billing.calc.schedule import Active, BillingPeriod, BillingTime, Cadence, period_at
from billing.calc.tax import TaxCategory
from billing.models import BillingEntity, Customer
from billing.selectors import taxes
from catalog.models import PricingPlanVersion
from desk.components import format
from kit.errors import TallydeskError
from kit.money import plain
from kit.period import Period, PeriodType

PERIODS = [
    ("MONTH-1", "Monthly"),
    ("MONTH-3", "Quarterly"),
    ("MONTH-6", "Every 6 months"),
    ("YEAR-1", "Yearly"),
    ("WEEK-1", "Weekly"),
    ("DAY-1", "Daily"),
]
AFTER, END_OF_MONTH = "PERIOD_AFTER_INVOICE_DATE", "END_OF_THE_MONTH"
TERMS = [
    ("", "At once"),
    *((f"{AFTER}:DAY-{days}", f"Net {days}") for days in (7, 14, 30, 45, 60, 90)),
    (END_OF_MONTH, "End of the month"),
    (f"{END_OF_MONTH}:MONTH-1", "End of the next month"),
]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def period_key(period: Period) -> str:
    """A choice of ``PERIODS``."""
    return f"{period.type.value}-{period.value}"


def json_period(key: str) -> dict[str, Any]:
    """The API's shape of a choice of ``PERIODS``."""
    kind, _, count = key.partition("-")
    return {"type": kind, "value": int(count)}


def period_label(key: str) -> str:
    """``Monthly``, ``Every 2 weeks``."""
    kind, _, count = key.partition("-")
    return dict(PERIODS).get(key) or f"Every {count} {kind.lower()}s"


def term_label(key: str) -> str:
    """``Net 30``, or what was agreed through the API."""
    kind, _, period = key.partition(":")
    length, _, count = period.partition("-")
    return dict(TERMS).get(key) or (
        f"Net {count} {length.lower()}{'' if count == '1' else 's'}"
        if kind == AFTER
        else f"End of the month, {count} {length.lower()}{'' if count == '1' else 's'} later"
    )


def period_choices(versions: Iterable[PricingPlanVersion], stored: Iterable[str]) -> list[tuple[str, str]]:
    """The usual ones, those that versions offer (``billing_period_settings``), and what is stored."""
    offered = [each["period"] for version in versions for each in version.billing_periods]
    keys = [*(key for key, _ in PERIODS), *(f"{each['type']}-{each['value']}" for each in offered), *stored]
    return [(key, period_label(key)) for key in dict.fromkeys(keys)]


def term_choices(stored: str) -> list[tuple[str, str]]:
    """The usual ones, and what is stored."""
    return [*TERMS, *([] if stored in dict(TERMS) else [(stored, term_label(stored))])]


def period_of(key: str) -> Period:
    kind, _, count = key.partition("-")
    return Period(PeriodType(kind), int(count))


def term_of(key: str) -> dict[str, Any] | None:
    """The API's due date configuration of a choice of ``TERMS``."""
    kind, _, period = key.partition(":")
    if not kind:
        return None
    length, _, count = period.partition("-")
    return {"type": kind, "period": {"type": length, "value": int(count)} if period else None}


def term_key(stored: dict[str, Any] | None) -> str:
    """The choice that a stored configuration is."""
    if not stored:
        return ""
    period = stored.get("period")
    return f"{stored['type']}:{period['type']}-{period['value']}" if period else str(stored["type"])


def ordinal(day: int) -> str:
    """``14th``."""
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def first_period(
    start: datetime, key: str, billing_time: str, entity: BillingEntity, *, anchor: datetime
) -> BillingPeriod:
    """The period that is billed first, from ``start`` on; periods are counted from the ``anchor``."""
    cadence = Cadence(anchor, period_of(key), entity.zone, BillingTime(billing_time))
    return period_at(cadence, start, active=Active(start))


def billing_words(
    start: datetime, key: str, billing_time: str, entity: BillingEntity, *, anchor: datetime | None = None
) -> str:
    """When the customer is billed, and what the first period is; counted from the start, or the anchor."""
    first = first_period(start, key, billing_time, entity, anchor=anchor or start)
    span = format.span(first.span.start, first.span.end, entity.zone)
    day = first.whole.start.astimezone(entity.zone).date()
    rhythm = f"Billed {_rhythm(day, period_of(key))}. First period {span}"
    if first.share.is_whole:
        return f"{rhythm}, a whole one."
    return f"{rhythm}, prorated: {first.share.days} of {first.share.of_days} days."


def _rhythm(day: date, period: Period) -> str:
    every = "each" if period.value == 1 else f"every {period.value}"
    unit = period.type.value.lower() + ("" if period.value == 1 else "s")
    if period.type is PeriodType.DAY:
        return f"{every} {unit}"
    if period.type is PeriodType.WEEK:
        return f"{every} {unit} on {WEEKDAYS[day.weekday()]}"
    if period.type is PeriodType.YEAR:
        return f"{every} {unit} on {day.day} {day.strftime('%B')}"
    short = ", or the last day of a shorter month" if day.day > 28 else ""
    return f"on the {ordinal(day.day)} of {every} {unit}{short}"


def tax_words(entity: BillingEntity, customer: Customer, on: date) -> str:
    """The tax on standard items: ``VAT 21%``, ``Reverse charge``; or why it cannot be said."""
    try:
        decision = tax.decide(
            seller=taxes.seller(entity),
            buyer=taxes.buyer(customer),
            category=TaxCategory.STANDARD,
            rates=taxes.rates(entity),
            on=on,
            sales_tax_percentage=None,
        )
    except TallydeskError as error:
        return f"tax unknown: {error.message}"
    return f"{decision.name} {plain(decision.percentage)}%"
