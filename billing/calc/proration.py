"""The part of a fee that a part of a period costs.

Counted in local calendar days over the days of the *whole* period: a day of 23 or 25 hours is a
day, and a part of May is billed in thirty-firsts. A day belongs to the part that starts on it, so
parts that follow each other add up to the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from kit.money import EXACT, plain
from kit.period import Span

PLACES = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Share:
    """`days` of a period of `of_days`, 0 <= days <= of_days."""

    days: int
    of_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.days <= self.of_days or self.of_days < 1:
            raise ValueError("a share is a number of days of a longer period")

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the period: then nothing is prorated."""
        return self.days == self.of_days

    @property
    def fraction(self) -> Fraction:
        """The share as a number, exactly."""
        return Fraction(self.days, self.of_days)

    def of(self, quantity: Decimal) -> Decimal:
        """This share of a quantity, to 120 digits; a whole share leaves the quantity untouched."""
        if self.is_whole:
            return quantity
        return EXACT.divide(EXACT.multiply(quantity, Decimal(self.days)), Decimal(self.of_days))

    def units(self, quantity: Decimal) -> Decimal:
        """This share of a quantity that is priced: to the 12 places of quantities."""
        return self.of(quantity).quantize(PLACES, rounding=ROUND_HALF_UP, context=EXACT)

    @property
    def words(self) -> str:
        """``18 of 31 days of the period``."""
        return f"{self.days} of {self.of_days} days of the period"

    def to_dict(self) -> dict[str, Any]:
        """``{"days": 18, "of_days": 31}``."""
        return {"days": self.days, "of_days": self.of_days}


def share_of(part: Span, whole: Span, zone: ZoneInfo) -> Share:
    """The share of `whole` that `part` covers, in calendar days of `zone`."""
    of_days = max(1, _days(whole.start, whole.end, zone))
    return Share(min(_days(part.start, part.end, zone), of_days), of_days)


def step(share: Share, amount: Decimal) -> dict[str, Any]:
    """The step of an explanation that leaves `amount`, unrounded, of what the whole period costs."""
    return {"type": "PRORATION", "description": share.words, **share.to_dict(), "amount": plain(amount)}


def shared_out(quantity: Decimal, days: Sequence[int]) -> list[Decimal]:
    """The quantity by days, in order; the parts add up to it, and are whole where it is."""
    unit = Decimal(1) if quantity == quantity.to_integral_value() else PLACES
    total, passed, given = sum(days), 0, Decimal(0)
    found = []
    for each in days:
        passed += each
        until = Share(passed, total).of(quantity).quantize(unit, ROUND_HALF_UP, EXACT)
        until = quantity if passed == total else until
        found.append(EXACT.subtract(until, given))
        given = until
    return found


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    return (end.astimezone(zone).date() - start.astimezone(zone).date()).days
