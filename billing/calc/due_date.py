"""When an invoice is due, on the local calendar of the billing entity."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from billing.calc.schedule import resolve
from kit.period import Period, PeriodType, add_months, shift


class DueDateType(StrEnum):
    """What the due date is counted from; see `due_at`."""

    PERIOD_AFTER_INVOICE_DATE = "PERIOD_AFTER_INVOICE_DATE"
    END_OF_THE_MONTH = "END_OF_THE_MONTH"


@dataclass(frozen=True, slots=True)
class PaymentTerm:
    """The subscription's `due_date_configuration`; without a period nothing is added."""

    type: DueDateType
    period: Period | None = None


def due_at(invoice_date: datetime, term: PaymentTerm | None, zone: ZoneInfo) -> datetime:
    """The instant an invoice of this date is due, in UTC; without a term, at once.

    PERIOD_AFTER_INVOICE_DATE keeps the local time of day. END_OF_THE_MONTH is local midnight of the
    month's last day; days and weeks are added to that day, months and years lead to the last day of
    the later month ("end of next month").
    """
    local = invoice_date.astimezone(zone)
    if term is None:
        return invoice_date
    if term.type is DueDateType.END_OF_THE_MONTH:
        return resolve(_end_of_month(local.date(), term.period), time(), zone)
    if term.period is None:
        return invoice_date
    return resolve(shift(local.date(), term.period, 1), local.time(), zone)


def _end_of_month(day: date, period: Period | None) -> date:
    if period is None:
        return _last_day(day)
    if period.type in (PeriodType.DAY, PeriodType.WEEK):
        return shift(_last_day(day), period, 1)
    return _last_day(shift(day.replace(day=1), period, 1))


def _last_day(day: date) -> date:
    return add_months(day.replace(day=1), 1) - timedelta(days=1)
