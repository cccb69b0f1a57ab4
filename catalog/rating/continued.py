"""A part of a pricing period: what its usage adds to what the earlier parts came to.

Where a price is for a longer period than is billed, its bands, blocks and included volume go on from one
bill to the next. A part costs what the usage so far costs, less what the usage before cost; so the parts of
a period always add up to the whole, to the last digit, whatever the price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from catalog.rating import arithmetic
from catalog.rating.details import Detail, DetailKind
from catalog.rating.rated import Rated, Sequel
from catalog.rating.types import ZERO
from catalog.rating.usage import Usage
from catalog.rating.volume import State

Key = tuple[DetailKind, int]


def after(whole: Rated, before: Rated) -> Rated:
    """What the usage ``before`` leaves of ``whole``, the usage of the period so far, both by one price.

    Quantities may fall below zero where a calculation or a correction takes back, and amounts where a
    volume price becomes cheaper for all units.
    """
    with arithmetic.exact():
        return Rated(
            whole.config,
            _usage(whole.usage, before.usage),
            whole.currency or before.currency,
            whole.billable - before.billable,
            whole.included - before.included,
            whole.amount - before.amount,
            tuple(_details(whole.details, before.details)),
            _state(whole, before),
            whole.tiering,
            whole.reused - before.reused,
            Sequel(whole, before),
        )


def _usage(whole: Usage, before: Usage) -> Usage:
    values = whole.values
    if values is not None and before.values is not None:
        values = tuple((Counter(values) - Counter(before.values)).elements())
    events = whole.events - before.events
    return replace(whole, quantity=whole.quantity - before.quantity, events=events, values=values)


def _state(whole: Rated, before: Rated) -> State:
    """What was left of the included volume and of bundles where the part begins."""
    had = whole.state.free(whole.config)
    return State(had - before.included if had else whole.state.available, whole.state.carried - before.reused)


def _details(whole: Iterable[Detail], before: Iterable[Detail]) -> Iterable[Detail]:
    """What each band charges more, in the order of bands."""
    now, then = _by_place(whole), _by_place(before)
    for key in sorted({*now, *then}, key=lambda each: (each[1], list(DetailKind).index(each[0]))):
        detail = _less(now.get(key), then.get(key))
        if detail.amount or detail.quantity:
            yield detail


def _by_place(details: Iterable[Detail]) -> dict[Key, Detail]:
    """The details of a rating; it has at most one of a kind in each band."""
    return {(each.kind, each.place.order if each.place else 0): each for each in details}


def _less(now: Detail | None, then: Detail | None) -> Detail:
    """What ``now`` charges more than ``then``, of one kind and band; one of them may not charge there."""
    if then is None:
        assert now is not None
        return now
    one = now or then._replace(quantity=ZERO, amount=ZERO, times=None if then.times is None else ZERO)
    times = None if one.times is None else one.times - (then.times or ZERO)
    return one._replace(quantity=one.quantity - then.quantity, amount=one.amount - then.amount, times=times)
