"""A price quoted for another period than the one that is billed: multiplied, or a part of it.

Months and years divide each other exactly: 1,200 a year is 100 a month, whatever the month's days,
and 150 a month is 450 a quarter; so do days and weeks. Others share no measure: then the days of the
billed span count, each as a part of the quoted period in which it lies.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.calc.proration import share_of
from billing.calc.schedule import BillingPeriod, Cadence, periods
from kit.money import EXACT, plain
from kit.period import Period, PeriodType

MONTHS = {PeriodType.MONTH: 1, PeriodType.YEAR: 12}
DAYS = {PeriodType.DAY: 1, PeriodType.WEEK: 7}


@dataclass(frozen=True, slots=True)
class Quoted:
    """How often the price of the quoted period is due for what is billed."""

    period: Period
    factor: Fraction

    def of(self, amount: Decimal) -> Decimal:
        """The amount that many times, to 120 digits."""
        if self.factor == 1:
            return amount
        top = EXACT.multiply(amount, Decimal(self.factor.numerator))
        return EXACT.divide(top, Decimal(self.factor.denominator))


def quoted(price_period: Period, cadence: Cadence, billed: BillingPeriod) -> Quoted:
    """`billed` is a period of `cadence`, or a part of one."""
    ratio = _ratio(cadence.period, price_period)
    if ratio is not None:
        return Quoted(price_period, ratio * billed.share.fraction)
    own = Cadence(cadence.anchor, price_period, cadence.zone, cadence.billing_time)
    span = billed.span
    parts = (each.whole for each in periods(own, start=span.start, end=span.end))
    found = Fraction(0)
    for whole in parts:
        part = span.intersect(whole)
        if part is not None:
            found += share_of(part, whole, cadence.zone).fraction
    return Quoted(price_period, found)


def step(quote: Quoted, amount: Decimal, currency: str) -> dict[str, Any]:
    """The conversion of the price as data."""
    factor = quote.factor
    times = str(factor.numerator) if factor.denominator == 1 else f"{factor.numerator}/{factor.denominator}"
    return {
        "type": "PRICING_PERIOD",
        "description": f"{times} × the price per {quote.period}: {plain(amount)} {currency}",
        "numerator": factor.numerator,
        "denominator": factor.denominator,
        "amount": plain(amount),
    }


def _ratio(billed: Period, price: Period) -> Fraction | None:
    """How many quoted periods a billed period holds, where they have a common measure."""
    for family in (MONTHS, DAYS):
        if billed.type in family and price.type in family:
            return Fraction(billed.value * family[billed.type], price.value * family[price.type])
    return None
