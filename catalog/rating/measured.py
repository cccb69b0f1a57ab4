"""Usage kept apart by property values: what a period's usage looks like before the rules see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from catalog.rating.types import ZERO
from catalog.rating.usage import Usage
from kit.money import EXACT


class MeteredUsage(Protocol):
    """The usage of one calculation, by property key.

    A key maps properties, as the conditions of rules name them, to values. ``over`` aggregates the
    usage of the keys at these positions; only metering knows how, since a maximum or a distinct count
    does not add up. It includes the single events where a rule needs them (``rate.needs_events``). Of no
    positions it answers zero in the value's own type.
    """

    @property
    def keys(self) -> Sequence[Mapping[str, str]]: ...

    def over(self, positions: Sequence[int]) -> Usage: ...


@dataclass(frozen=True, slots=True)
class Sibling:
    """What another subscription of a group used of the same item: it counts for the bands, billed elsewhere.

    ``deciding`` is its usage in the calculation that decides the bands, where that is not the one billed.
    """

    usage: MeteredUsage | None
    deciding: MeteredUsage | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One quantity under its properties; ``count`` says of how many events, None of one."""

    properties: Mapping[str, str]
    quantity: Decimal
    count: int | None = None


class ToldUsage:
    """Quantities that somebody tells, summed up: the calculator's usage. ``currency`` None for numbers."""

    def __init__(self, told: Iterable[Told], currency: str | None = None) -> None:
        self._currency = currency
        by_key: dict[tuple[tuple[str, str], ...], list[Told]] = {}
        for each in told:
            by_key.setdefault(tuple(sorted(each.properties.items())), []).append(each)
        self._told = list(by_key.values())

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [several[0].properties for several in self._told]

    def over(self, positions: Sequence[int]) -> Usage:
        """The sum; the single values only where each is one event."""
        told = [each for position in positions for each in self._told[position]]
        if all(each.count is None for each in told):
            return Usage.of_events((each.quantity for each in told), currency=self._currency)
        quantity = ZERO
        for each in told:
            quantity = EXACT.add(quantity, each.quantity)
        events = sum(1 if each.count is None else each.count for each in told)
        return Usage(quantity, self._currency, events, calculation="SUM")
