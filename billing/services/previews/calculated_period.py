"""The period that the price calculator is asked about, as the calendar of a billing entity has it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from billing.calc import told_prices
from billing.calc.schedule import Active, BillingPeriod, BillingTime, Cadence, period_at
from catalog.asked import AskedPeriod, Modifiers
from kit.errors import InvalidField
from kit.period import format_instant


def of(asked: Modifiers, zone: ZoneInfo, *, at: datetime) -> tuple[BillingPeriod, Cadence | None]:
    """The period that is billed, and the row of periods it belongs to: none where no dates are told.

    Raises InvalidField for dates that are no part of one billing period.
    """
    period = asked.period
    if period is None:
        return told_prices.period_of(at, asked.part), None
    cadence = Cadence(period.anchor or period.start, period.length, zone, BillingTime(period.billing_time))
    _require_order(period)
    whole = period_at(cadence, period.start, active=Active(cadence.anchor)).whole
    if period.end is not None and period.end > whole.end:
        message = f"must not be after {format_instant(whole.end)}, when the billing period ends"
        raise InvalidField(message, field="period.end_at")
    return period_at(cadence, period.start, active=Active(period.start, period.end)), cadence


def _require_order(period: AskedPeriod) -> None:
    if period.end is not None and period.end <= period.start:
        raise InvalidField("must be later than start_at", field="period.end_at")
    if period.anchor is not None and period.anchor > period.start:
        raise InvalidField("must not be later than start_at", field="period.anchor_at")
