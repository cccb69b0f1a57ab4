"""Split pricing: usage of one rule by the values of some properties, in an order that never changes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import NamedTuple

from catalog.rating.rules.conditions import Properties, number_of
from catalog.rating.types import ZERO, Config, Split
from kit.money import plain

LONGEST = 100
"""Places before or after the point up to which a number is written out."""


class Value(NamedTuple):
    """The values of the split properties on one line, None for a property the events lack."""

    values: tuple[str | None, ...]
    positions: tuple[int, ...]


def by_value(config: Config, keys: Sequence[Properties]) -> list[Value]:
    """The positions in ``keys`` for each line: numbers by size, texts by code point, missing ones last."""
    found: dict[tuple[str | None, ...], list[int]] = {}
    for position, key in enumerate(keys):
        values = tuple(_value(split, key.get(split.meter_property)) for split in config.split)
        found.setdefault(values, []).append(position)
    return [Value(values, tuple(found[values])) for values in sorted(found, key=_rank)]


def _value(split: Split, value: str | None) -> str | None:
    number = number_of(value) if split.numeric else None
    return value if number is None else _canonical(number)


def _canonical(number: Decimal) -> str:
    """One way to write a number, with all its digits; one too long to write out keeps its exponent."""
    if abs(number.adjusted()) < LONGEST:
        return plain(number)
    exact = Context(prec=len(number.as_tuple().digits), Emin=MIN_EMIN, Emax=MAX_EMAX)
    return str(number.normalize(exact))


def _rank(values: tuple[str | None, ...]) -> list[tuple[int, Decimal, str]]:
    return [_rank_of(value) for value in values]


def _rank_of(value: str | None) -> tuple[int, Decimal, str]:
    if value is None:
        return 2, ZERO, ""
    number = number_of(value)
    return (1, ZERO, value) if number is None else (0, number, value)
