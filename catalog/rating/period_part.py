"""A part of a period: what a fee costs for it, and how that is told. Usage is never prorated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.rating.explaining import printing, steps
from catalog.rating.rated import Rated
from kit.errors import InvalidField
from kit.money import EXACT, parse_decimal, plain

DAYS = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True, slots=True)
class PeriodPart:
    """``times`` a period, or so many days (``times``) of a period of ``of_days``. Raises InvalidField."""

    times: Decimal
    of_days: int | None = None

    def __post_init__(self) -> None:
        if self.times < 0:
            raise InvalidField("must not be negative", field="period_fraction")
        if self.of_days is not None and not 0 <= self.times <= self.of_days:
            raise InvalidField("has more days than the period", field="period_fraction")
        if self.of_days == 0:
            raise InvalidField("is of a period without days", field="period_fraction")

    @property
    def fraction(self) -> Fraction:
        """The part as a number, exactly."""
        return Fraction(self.times) / (self.of_days or 1)

    @property
    def words(self) -> str:
        """``0.5 of the period``, ``18 of 31 days of the period``."""
        if self.of_days is None:
            return f"{plain(self.times)} of the period"
        return f"{plain(self.times)} of {self.of_days} days of the period"

    def of(self, amount: Decimal) -> Decimal:
        """This part of an amount, to 120 digits."""
        found = EXACT.multiply(amount, self.times)
        return found if self.of_days is None else EXACT.divide(found, Decimal(self.of_days))

    def to_dict(self) -> dict[str, Any]:
        """``{"fraction": "0.5"}`` or ``{"days": 18, "of_days": 31}``."""
        if self.of_days is None:
            return {"fraction": plain(self.times)}
        return {"days": int(self.times), "of_days": self.of_days}


def parse(text: Any) -> PeriodPart:
    """``"0.5"``, or ``"18/31"`` for so many days of so many. Raises InvalidField."""
    told = DAYS.fullmatch(text) if isinstance(text, str) else None
    if told is not None:
        return PeriodPart(Decimal(told[1]), int(told[2]))
    return PeriodPart(parse_decimal(text, field="period_fraction"))


def amount_of(rated: Rated, part: PeriodPart) -> Decimal:
    """The unrounded amount for this part of a period."""
    return part.of(rated.amount)


def details_of(rated: Rated, part: PeriodPart) -> list[dict[str, Any]]:
    """The details of the whole period, and what this part is less (or more), which add up to it."""
    details = printing.of(rated)
    change = EXACT.subtract(amount_of(rated, part), rated.amount)
    if not change or not details:
        return details
    amount = {"quantity": plain(change), "currency": rated.currency}
    named = {"type": "PRORATION", "description": part.words, "amount": amount}
    return [*details, {**dict.fromkeys(details[0]), **named}]


def steps_of(rated: Rated, part: PeriodPart) -> list[dict[str, Any]]:
    """The steps of the rating with the part between the total and the rounding."""
    amount = amount_of(rated, part)
    step = {"type": "PRORATION", "description": part.words, **part.to_dict(), "amount": plain(amount)}
    before = [each for each in steps.of(rated) if each["type"] != "ROUNDING"]
    return [*before, step, *steps.rounding(amount, rated.currency)]
