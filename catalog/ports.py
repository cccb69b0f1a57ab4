"""What the catalog asks of the apps above it, which fill these ports when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from accounts.context import Context
from catalog.asked import Question
from catalog.models import PricingPlanVersion
from catalog.rating.rated import Rated
from catalog.services.tree_walk import Node

# (overrides, categories) of a schedule as they are, and as they are to be.
Prices = tuple[Sequence[Node], Sequence[Node]]
Edit = Callable[[Sequence[Node], Sequence[Node]], Prices]


class Schedules(Protocol):
    """Who has prices for itself alone, and until when they may change, is billing's to say."""

    def reprice(self, *, ctx: Context, schedule_id: str, edit: Edit) -> PricingPlanVersion | None:
        """The version of a schedule's own prices once ``edit`` has changed them; None where none are left.

        Raises ReferencedNotFound where there is no such schedule, and what a change of it raises.
        """
        ...


Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line as an invoice would bear it: ``amount`` rounded, ``details`` that add up to it.

    ``rule`` is the place of its rule, ``values`` those of the split properties. ``quantity`` is what it
    counts, ``from_seats`` what there was before a change of seats at ``start``, ``rated`` its price before
    anything changed it.
    """

    rule: int
    is_usage: bool
    values: tuple[str | None, ...] | None
    rated: Rated
    quantity: Decimal
    from_seats: Decimal | None
    start: datetime
    end: datetime
    amount: Decimal
    unrounded: Decimal
    details: Sequence[Json]
    steps: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Billed:
    """What is billed in ``currency``: the lines, and the discounts and shortfalls beside them."""

    currency: str
    amount: Decimal
    lines: Sequence[BilledLine]
    adjustments: Sequence[Json]
    used_exchange_rates: Sequence[Json]


class Terms(Protocol):
    """What becomes of prices on an invoice is billing's to say."""

    def bill(self, *, ctx: Context, question: Question) -> Billed:
        """The lines of an invoice that bills this and nothing else.

        Raises InvalidField for amounts in another currency, for dates that are no part of a billing period
        and for coupons that have nothing to take off; InvalidOperation without an exchange rate, and for
        coupons that cannot be redeemed.
        """
        ...


_schedules: Schedules | None = None
_terms: Terms | None = None


def fill(*, schedules: Schedules, terms: Terms) -> None:
    """Called once by the app that has schedules."""
    global _schedules, _terms
    _schedules, _terms = schedules, terms


def terms() -> Terms:
    """Whoever knows what schedules change."""
    assert _terms is not None
    return _terms


def schedules() -> Schedules:
    """Whoever has schedules; an app that has them fills the port before the first request."""
    assert _schedules is not None
    return _schedules
