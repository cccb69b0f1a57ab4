"""A part of a period: what a fee costs for it, and how that is told. Usage is never prorated."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalog.rating import arithmetic, steps
from catalog.rating.rated import Rated
from kit.money import plain


def amount_of(rated: Rated, fraction: Decimal) -> Decimal:
    """The unrounded amount for this part (1 is a whole period), exactly."""
    with arithmetic.exact():
        return rated.amount * fraction


def details_of(rated: Rated, fraction: Decimal) -> list[dict[str, Any]]:
    """The details of the whole period, and what this part is less (or more), which add up to it."""
    details = rated.detail_dicts()
    with arithmetic.exact():
        change = amount_of(rated, fraction) - rated.amount
    if not change or not details:
        return details
    amount = {"quantity": plain(change), "currency": rated.currency}
    named = {"type": "PRORATION", "description": _words(fraction), "amount": amount}
    return [*details, {**dict.fromkeys(details[0]), **named}]


def steps_of(rated: Rated, fraction: Decimal) -> list[dict[str, Any]]:
    """The steps of the rating with the part between the total and the rounding."""
    amount = amount_of(rated, fraction)
    part = {
        "type": "PRORATION",
        "description": _words(fraction),
        "fraction": plain(fraction),
        "amount": plain(amount),
    }
    before = [step for step in rated.step_dicts() if step["type"] != "ROUNDING"]
    return [*before, part, *steps.rounding(amount, rated.currency)]


def _words(fraction: Decimal) -> str:
    return f"{plain(fraction)} of the period"
