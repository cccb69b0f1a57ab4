"""Exact aggregation: the state of any set of entries, merged in any order, split anywhere.

An entry is one value of one event. States form a commutative monoid with ``EMPTY`` as its neutral
element, so a sum over hours plus a sum over the loose events at the edges is the sum over the period.
Nothing here knows time zones, tables or the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from kit.money import EXACT, MAX_DECIMALS, total

ZERO = Decimal(0)
QUANTUM = Decimal(1).scaleb(-MAX_DECIMALS)


@dataclass(frozen=True, slots=True, order=True)
class Last:
    """The latest value: of two at one instant, the one stored under the larger key."""

    timestamp: datetime
    event_id: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class State:
    """What must be known of entries to answer every calculation.

    ``n`` counts units: an entry counts for its ``count``, one unless said otherwise. ``events``
    counts the events, for a COUNT of no value. ``distinct`` holds the values of the counted property.
    """

    n: int = 0
    events: int = 0
    sum: Decimal = ZERO
    max: Decimal | None = None
    min: Decimal | None = None
    last: Last | None = None
    distinct: frozenset[str] = frozenset()

    def merge(self, other: State) -> State:
        """The state of both sets of entries together."""
        return merge((self, other))


EMPTY = State()


def entry(
    value: Decimal | None,
    *,
    timestamp: datetime,
    event_id: int,
    count: int = 1,
    is_first: bool = True,
    distinct: str | None = None,
) -> State:
    """The state of one value of one event; without a value it counts and adds nothing."""
    return State(
        n=count,
        events=count if is_first else 0,
        sum=value if value is not None else ZERO,
        max=value,
        min=value,
        last=None if value is None else Last(timestamp, event_id, value),
        distinct=frozenset() if distinct is None else frozenset({distinct}),
    )


def merge(states: Iterable[State]) -> State:
    """All of them together; ``EMPTY`` when there are none.

    At once: adding one after the other would copy the distinct values of all before for each of them.
    """
    several = tuple(states)
    return State(
        n=sum(each.n for each in several),
        events=sum(each.events for each in several),
        sum=total(each.sum for each in several),
        max=max((each.max for each in several if each.max is not None), default=None),
        min=min((each.min for each in several if each.min is not None), default=None),
        last=max((each.last for each in several if each.last is not None), default=None),
        distinct=frozenset[str]().union(*(each.distinct for each in several)),
    )


def quantity(state: State, *, calculation_type: str, of_value: bool = True) -> Decimal:
    """The billed quantity. No entries give zero, whatever is calculated (B31).

    AVERAGE is the sum over the units, rounded half up to 12 decimals. COUNT counts units of the
    calculation's value, or events when it names no value (``of_value=False``).
    """
    match calculation_type:
        case "SUM":
            return state.sum
        case "COUNT":
            return Decimal(state.n if of_value else state.events)
        case "MAX":
            return state.max if state.max is not None else ZERO
        case "MIN":
            return state.min if state.min is not None else ZERO
        case "AVERAGE":
            return _average(state)
        case "LATEST":
            return state.last.value if state.last else ZERO
        case "UNIQUE":
            return Decimal(len(state.distinct))
    raise ValueError(f"unknown calculation {calculation_type}")


def state_of(
    quantity: Decimal,
    *,
    calculation_type: str,
    count: int,
    timestamp: datetime,
    event_id: int,
    distinct: str | None = None,
) -> State:
    """A state of which the calculation gives this quantity back: what someone tells who knows no entries.

    ``count`` says of how many units an AVERAGE or a SUM is. UNIQUE has the one value ``distinct``, since
    numbers of distinct values do not add up. Raises ValueError for a COUNT that is not whole.
    """
    match calculation_type:
        case "COUNT":
            if quantity != int(quantity):
                raise ValueError(f"no such count: {quantity}")
            return State(n=int(quantity), events=int(quantity))
        case "AVERAGE":
            return State(n=count, events=count, sum=EXACT.multiply(quantity, Decimal(count)))
        case _:
            return entry(quantity, timestamp=timestamp, event_id=event_id, count=count, distinct=distinct)


def _average(state: State) -> Decimal:
    if not state.n:
        return ZERO
    exact = EXACT.divide(state.sum, Decimal(state.n))
    return exact.quantize(QUANTUM, rounding=ROUND_HALF_UP, context=EXACT)
