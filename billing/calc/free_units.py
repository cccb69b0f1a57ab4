"""What some units of usage are worth: the price with them less the price without."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from billing.calc.targets import Target
from billing.calc.totals import ZERO
from catalog.rating import continued
from catalog.rating.rate import needs_events, rate
from catalog.rating.rated import Rated
from kit.money import EXACT


def worth(targets: Sequence[Target], units: Decimal) -> Decimal:
    """The part of these usage charges that `units` cover, taken from the targets in their order.

    A fee per event stays: the transaction took place. Prices with a floor or cap per event know no
    single unit, and are left alone.
    """
    found, left = ZERO, units
    for target in targets:
        if target.rated is None or needs_events(target.rated.config):
            continue
        given = min(left, target.rated.billable)
        left = EXACT.subtract(left, given)
        found = EXACT.add(found, _part(target, given))
    return found


def _part(target: Target, units: Decimal) -> Decimal:
    """The same part of the charge as of the rated amount: conversion and markup stay in proportion."""
    rated = target.rated
    assert rated is not None
    if not rated.amount or not units:
        return ZERO
    less = _without(rated, units).amount
    saved = max(EXACT.subtract(rated.amount, less), ZERO)
    return EXACT.divide(EXACT.multiply(target.amount, saved), rated.amount)


def _without(rated: Rated, units: Decimal) -> Rated:
    """The same rating with so many units less; a part of a longer period goes on from where it did."""
    if rated.sequel is not None:
        whole, before = rated.sequel
        return continued.after(_without(whole, units), before)
    usage = replace(rated.usage, quantity=EXACT.subtract(rated.usage.quantity, units))
    return rate(rated.config, usage, state=rated.state, tiering=rated.tiering)
