"""What bounds a charge: included volume, fewest and most units, floor and cap per event, never below zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from catalog.rating import arithmetic
from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import ZERO, Band


def take_included(quantity: Decimal, included_volume: Decimal) -> tuple[Decimal, Decimal]:
    """``(taken, rest)``: the free part comes off first, before blocks and bands see the quantity."""
    if not included_volume:
        return ZERO, quantity
    taken = min(quantity, included_volume)
    return taken, quantity - taken


def uncovered(values: Iterable[Decimal], included: Decimal) -> list[Decimal]:
    """What is left of single events where ``included`` of their sum is free: the smallest are free first.

    A negative event first undoes one of its own size. Of the event that is free in part the rest is left;
    what is zero or negative stays as it is. So the order of the events is irrelevant.
    """
    known = sorted(values)
    undone = Counter(-value for value in known if value < 0)
    rest = []
    for value in known:
        if value > 0 and undone[value]:
            undone[value] -= 1
        elif value > 0:
            free = min(value, included)
            included -= free
            rest += [value - free] if value > free else []
        elif not value:
            rest.append(value)
    return [*rest, *(-value for value in undone.elements())]


def shared(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """``amount`` in proportion to the weights: 24 places, and the last weight above zero takes the rest."""
    parts = [ZERO for _ in weights]
    bearing = [index for index, weight in enumerate(weights) if weight]
    rest, total = amount, sum(weights, ZERO)
    for index in bearing[:-1]:
        parts[index] = arithmetic.part(weights[index], amount, total)
        rest -= parts[index]
    for index in bearing[-1:]:
        parts[index] = rest
    return parts


def charged_units(band: Band, quantity: Decimal) -> Decimal:
    """The units a reached band charges: at least its minimum, at most its maximum number."""
    fewest, most = band.minimum_number, band.maximum_number
    if fewest is not None and quantity < fewest:
        return fewest
    return most if most is not None and quantity > most else quantity


def below_floor(amount: Decimal, floor: Decimal | None) -> bool:
    """Whether one event's amount is raised to the floor."""
    return floor is not None and amount < floor


def above_cap(amount: Decimal, cap: Decimal | None) -> bool:
    """Whether one event's amount is lowered to the cap."""
    return cap is not None and amount > cap


def never_below_zero(details: list[Detail]) -> list[Detail]:
    """The same lines and, where they sum below zero, one more that brings them to it."""
    total = total_of(details)
    if total < 0:
        return [*details, Detail(DetailKind.NOT_BELOW_ZERO, ZERO, -total)]
    return details


def total_of(details: Iterable[Detail]) -> Decimal:
    """The exact sum of the detail amounts."""
    total = ZERO
    for detail in details:
        total += detail.amount
    return total
