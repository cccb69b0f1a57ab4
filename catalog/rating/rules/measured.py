"""Usage kept apart by property values: what a period's usage looks like before the rules see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from catalog.rating.usage import Usage
from kit.errors import InvalidField
from metering import aggregation

TOLD = datetime(1, 1, 1, tzinfo=UTC)
"""What is told has no instants, only an order."""


class Of(StrEnum):
    """What is told: single events, or quantities that are aggregated already."""

    EVENTS = "EVENTS"
    QUANTITIES = "QUANTITIES"


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
class OneKey:
    """A quantity that is known, of nothing in particular: all of it has one key, without properties."""

    usage: Usage

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return ({},)

    def over(self, positions: Sequence[int]) -> Usage:
        return self.usage if positions else Usage(Decimal(0), self.usage.currency, 0, ())


@dataclass(frozen=True, slots=True)
class Told:
    """One quantity under its properties; ``count`` says of how many events, None of one."""

    properties: Mapping[str, str]
    quantity: Decimal
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Combining:
    """How quantities that somebody tells become one: by which calculation, and of what they are.

    EVENTS are aggregated as metering aggregates them; QUANTITIES are aggregated already, each by itself.
    ``counted`` is the property whose values UNIQUE counts.
    """

    calculation: str = "SUM"
    counted: str | None = None
    of: Of = Of.EVENTS


SUMMED = Combining()


class ToldUsage:
    """Quantities that somebody tells, in order of time: the calculator's usage.

    ``currency`` None for numbers. ``over`` raises InvalidField where the numbers of distinct values under
    several properties would have to be added up.
    """

    def __init__(
        self, told: Iterable[Told], currency: str | None = None, combining: Combining = SUMMED
    ) -> None:
        self._currency, self._combining = currency, combining
        by_key: dict[tuple[tuple[str, str], ...], list[tuple[int, Told]]] = {}
        for place, each in enumerate(told):
            by_key.setdefault(tuple(sorted(each.properties.items())), []).append((place, each))
        self._told = list(by_key.values())

    @property
    def currency(self) -> str | None:
        """That of all quantities; None for numbers."""
        return self._currency

    @cached_property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [several[0][1].properties for several in self._told]

    def over(self, positions: Sequence[int]) -> Usage:
        """What they come to together; the single values only of a sum in which each is one event."""
        told = [each for position in positions for each in self._told[position]]
        kind = self._combining.calculation
        if kind == "SUM" and all(each.count is None for _, each in told):
            return Usage.of_events((each.quantity for _, each in told), currency=self._currency)
        events = sum(1 if each.count is None else each.count for _, each in told)
        return Usage(self._quantity(told), self._currency, events, calculation=kind)

    def _quantity(self, told: Sequence[tuple[int, Told]]) -> Decimal:
        kind, counted = self._combining.calculation, self._combining.counted
        if kind == "UNIQUE" and self._combining.of is Of.QUANTITIES:
            if len(told) == 1 and counted not in told[0][1].properties:
                return told[0][1].quantity
            if any(counted not in each.properties for _, each in told):
                message = "numbers of distinct values do not add up: name the counted property in each"
                raise InvalidField(message, field="meter_values")
        state = aggregation.merge(self._state(place, each) for place, each in told)
        return aggregation.quantity(state, calculation_type=kind)

    def _state(self, place: int, told: Told) -> aggregation.State:
        kind, counted = self._combining.calculation, self._combining.counted
        count = 1 if told.count is None else told.count
        distinct = None if counted is None else told.properties.get(counted)
        if self._combining.of is Of.QUANTITIES:
            return aggregation.state_of(
                told.quantity,
                calculation_type=kind,
                count=count,
                timestamp=TOLD,
                event_id=place,
                distinct=distinct,
            )
        return aggregation.entry(
            told.quantity, timestamp=TOLD, event_id=place, count=count, distinct=distinct
        )
