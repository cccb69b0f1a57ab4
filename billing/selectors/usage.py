"""Usage as invoices price it: metering's rows behind the ``MeteredUsage`` that ``billing.calc`` asks for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from accounts.models import Platform
from catalog.rating.usage import Usage
from kit.money import plain
from kit.period import Span, format_instant
from metering import aggregation
from metering.services import usage as metering

Values = Mapping[str, tuple[Decimal, ...]]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted: a calculation of the catalog, as metering is asked for it.

    ``currency`` is set for AMOUNT values: only usage in that currency is billed on the invoice.
    ``single`` asks for the single events too, for prices with a floor or cap per event.
    """

    meter_id: int
    calculation_type: str
    meter_value_id: int | None
    meter_property_id: int | None = None
    currency: str | None = None
    single: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """The usage of one subscription's customer over one span.

    Events that name the subscription count in the whole span, those that name none only in the parts
    that it ``won`` over the customer's other subscriptions.
    """

    customer_id: int
    subscription_id: int
    measure: Measure
    span: Span
    won: tuple[Span, ...]

    @property
    def pieces(self) -> tuple[Span, ...]:
        """Spans that together are the whole, each won or lost as one."""
        edges = {self.span.start, self.span.end}
        edges |= {edge for part in self.won for edge in (part.start, part.end)}
        return tuple(Span(*pair) for pair in pairwise(sorted(edges)))

    def takes(self, piece: Span, subscription_id: int | None, currency: str | None) -> bool:
        """Whether what was used in this piece under these names is billed here."""
        if self.measure.currency is not None and currency != self.measure.currency:
            return False
        if subscription_id is None:
            return any(part.contains(piece.start) for part in self.won)
        return subscription_id == self.subscription_id


@dataclass(frozen=True)
class MeteredRows:
    """The rows of one ``Wanted``, by property key."""

    rows: tuple[metering.Row, ...]
    wanted: Wanted
    values: Values | None = None

    @property
    def measure(self) -> Measure:
        """What was counted."""
        return self.wanted.measure

    @cached_property
    def keys(self) -> Sequence[Mapping[str, str]]:
        """Listed once: a line of every value asks for them."""
        return [row.properties for row in self.rows]

    def over(self, positions: Sequence[int]) -> Usage:
        measure = self.measure
        state = aggregation.merge(self.rows[position].state for position in positions)
        of_value = measure.meter_value_id is not None
        quantity = aggregation.quantity(state, calculation_type=measure.calculation_type, of_value=of_value)
        return Usage(
            quantity,
            currency=measure.currency,
            events=state.events,
            values=self._values(positions),
            calculation=measure.calculation_type,
        )

    def after(self, before: MeteredRows) -> MeteredRows:
        """The usage of both pieces of time; the keys of ``before`` come first."""
        values = self.values
        if values is not None and before.values is not None:
            keys = dict.fromkeys([*before.values, *values])
            values = {key: (*before.values.get(key, ()), *values.get(key, ())) for key in keys}
        return MeteredRows((*before.rows, *self.rows), self.wanted, values)

    def count(self, positions: Sequence[int]) -> int:
        """How many units are behind these keys."""
        return sum(self.rows[position].state.n for position in positions)

    def facts(self, positions: Sequence[int]) -> list[str]:
        """What metering knows of these keys, in an order of its own."""
        return sorted(json.dumps(_facts(self.rows[position]), sort_keys=True) for position in positions)

    def _values(self, positions: Sequence[int]) -> tuple[Decimal, ...] | None:
        if self.values is None:
            return None
        keys = {_key(self.rows[position].properties) for position in positions}
        return tuple(value for key in sorted(keys) for value in self.values.get(key, ()))


def checksum(parts: Iterable[tuple[MeteredRows, Sequence[int]]]) -> str:
    """SHA-256 over what metering knows of these keys: the same usage gives the same sum."""
    known = [fact for rows, positions in parts for fact in rows.facts(positions)]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def read(
    *, platform: Platform, wanted: Sequence[Wanted], cutoff: datetime | None = None
) -> dict[Wanted, MeteredRows]:
    """The usage of everything that is wanted: one statement, and one more where single events are needed.

    Rows of another currency than the invoice's, and of events that name another subscription, are
    not billed here and left out.
    """
    distinct = list(dict.fromkeys(wanted))
    asked = [(each, piece) for each in distinct for piece in each.pieces]
    questions = [question(each, piece) for each, piece in asked]
    rows: dict[Wanted, list[metering.Row]] = {each: [] for each in distinct}
    answers = metering.read(platform=platform, questions=questions, cutoff=cutoff)
    for (each, piece), answer in zip(asked, answers, strict=True):
        rows[each] += [row for row in answer if each.takes(piece, row.subscription_id, row.currency)]
    singles = _singles(platform, distinct, cutoff)
    return {each: MeteredRows(tuple(found), each, _values(singles.get(each))) for each, found in rows.items()}


def question(wanted: Wanted, span: Span) -> metering.Question:
    """What metering is asked for."""
    measure = wanted.measure
    return metering.Question(
        customer_id=wanted.customer_id,
        meter_id=measure.meter_id,
        span=span,
        meter_value_id=measure.meter_value_id,
        meter_property_id=measure.meter_property_id,
    )


def _singles(
    platform: Platform, wanted: Sequence[Wanted], cutoff: datetime | None
) -> dict[Wanted, dict[str, list[Decimal]]]:
    """For each whose price looks at single events: property key -> their numbers."""
    single = [each for each in wanted if each.measure.single]
    asked = [(each, piece) for each in single for piece in each.pieces]
    questions = [question(each, piece) for each, piece in asked]
    found: dict[Wanted, dict[str, list[Decimal]]] = {each: {} for each in single}
    for place, row in metering.singles(platform=platform, questions=questions, cutoff=cutoff):
        each, piece = asked[place]
        if each.takes(piece, row.subscription_id, row.currency):
            found[each].setdefault(_key(row.properties), []).extend(row.numbers)
    return found


def _values(found: Mapping[str, Sequence[Decimal]] | None) -> Values | None:
    return None if found is None else {key: tuple(values) for key, values in found.items()}


def _key(properties: Mapping[str, str]) -> str:
    return json.dumps(dict(properties), sort_keys=True)


def _facts(row: metering.Row) -> dict[str, object]:
    state = row.state
    return {
        "subscription": row.subscription_id,
        "currency": row.currency,
        "properties": dict(row.properties),
        "n": state.n,
        "events": state.events,
        "sum": plain(state.sum),
        "max": None if state.max is None else plain(state.max),
        "min": None if state.min is None else plain(state.min),
        "last": None if state.last is None else [format_instant(state.last.timestamp), state.last.event_id],
        "distinct": sorted(state.distinct),
    }
