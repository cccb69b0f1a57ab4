"""Markup: what a schedule adds to the charge of a rule, as a part of it or as an amount.

It belongs to the charge itself, before rounding; it has no line of its own. Several apply one after the
other in the given order. Where nothing is charged nothing is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.calc.schedule import Active
from billing.calc.totals import HUNDRED
from kit.errors import InvalidField
from kit.money import EXACT, plain


@dataclass(frozen=True, slots=True)
class Markup:
    """For these rules, in force while `active`: `percentage` of the charge, or an `amount` per period.

    Raises InvalidField unless exactly one of them is given, and not negative.
    """

    config_ids: frozenset[str]
    percentage: Decimal | None = None
    amount: Decimal | None = None
    active: Active | None = None

    def __post_init__(self) -> None:
        given = [each for each in (self.percentage, self.amount) if each is not None]
        if len(given) != 1 or given[0] < 0:
            raise InvalidField("a markup is a percentage or an amount, not negative", field="markup")

    def covers(self, ids: frozenset[str], start: datetime) -> bool:
        """Whether it is for the rule with one of these ids, in a period that starts then."""
        return not ids.isdisjoint(self.config_ids) and (self.active is None or self.active.contains(start))


@dataclass(frozen=True, slots=True)
class Added:
    """What one markup added, unrounded, and what the charge then came to."""

    markup: Markup
    amount: Decimal
    total: Decimal


def add(amount: Decimal, markups: Sequence[Markup], *, ids: frozenset[str], start: datetime) -> list[Added]:
    """The markups of the rule with these ids on an unrounded charge; the last `total` is the charge then."""
    found: list[Added] = []
    for markup in markups:
        if amount and markup.covers(ids, start):
            extra = _extra(markup, amount)
            amount = EXACT.add(amount, extra)
            found.append(Added(markup, extra, amount))
    return found


def step(added: Added, currency: str) -> dict[str, Any]:
    """The markup as data."""
    markup = added.markup
    percentage = None if markup.percentage is None else plain(markup.percentage)
    what = f"{percentage}%" if percentage is not None else f"{plain(added.amount)} {currency}"
    return {
        "type": "MARKUP",
        "description": f"{what} added: {plain(added.total)} {currency}",
        "percentage": percentage,
        "added": plain(added.amount),
        "amount": plain(added.total),
    }


def _extra(markup: Markup, amount: Decimal) -> Decimal:
    if markup.percentage is None:
        assert markup.amount is not None
        return markup.amount
    return EXACT.divide(EXACT.multiply(amount, markup.percentage), HUNDRED)
