"""What the catalog asks of the apps above it, which fill these ports when they are ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from accounts.context import Context
from catalog.models import PricingPlanVersion
from catalog.rating.period_part import PeriodPart
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
class AdjustedLine:
    """A rated amount as an invoice would bear it: ``amount`` rounded, ``details`` that add up to it."""

    amount: Decimal
    unrounded: Decimal
    details: Sequence[Json]
    steps: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What is billed in ``currency``: the lines, and the discounts and shortfalls beside them."""

    currency: str
    amount: Decimal
    lines: Sequence[AdjustedLine]
    adjustments: Sequence[Json]


class Terms(Protocol):
    """What a schedule changes about prices is billing's to say."""

    def adjust(
        self,
        *,
        ctx: Context,
        rated: Sequence[Rated],
        terms: Mapping[str, Any],
        model_type: str | None,
        part: PeriodPart | None = None,
    ) -> Adjusted:
        """These rated amounts, each of which has a line, by ``terms`` (the calculator's).

        ``part`` is the part of a period that is billed, at most one, where they are fees.

        Raises InvalidField for amounts in another currency and InvalidOperation without an exchange rate.
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
