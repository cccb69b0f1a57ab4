"""Whether a test holds for the meter properties of one event.

A property the event lacks (or has as null) equals nothing, contains nothing and has no size: only
the negative comparators and EMPTY hold for it. So NOT_EQUALS, NOT_IN, NOT_CONTAINS and NOT_EMPTY are
always the exact opposite of their positive forms. Text compares by code point, case included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from catalog.rating.comparisons import Comparator, Condition, Expression, Operator, Test

AnyTest = TypeVar("AnyTest", Condition, Expression, Test)
Properties = Mapping[str, str | None]
"""Meter properties of one event by reference, and by id where conditions name ids."""

OPPOSITES = {
    Comparator.NOT_EQUALS: Comparator.EQUALS,
    Comparator.NOT_IN: Comparator.IN,
    Comparator.NOT_EMPTY: Comparator.EMPTY,
    Comparator.NOT_CONTAINS: Comparator.CONTAINS,
}
BY_SIZE: dict[Comparator, Callable[[Decimal, Decimal], bool]] = {
    Comparator.GREATER_THAN: lambda value, bound: value > bound,
    Comparator.GREATER_THAN_OR_EQUALS: lambda value, bound: value >= bound,
    Comparator.LESS_THAN: lambda value, bound: value < bound,
    Comparator.LESS_THAN_OR_EQUALS: lambda value, bound: value <= bound,
}
COMPARISONS: dict[Comparator, Callable[[Decimal, Decimal], bool]] = {
    Comparator.EQUALS: lambda value, bound: value == bound,
    Comparator.NOT_EQUALS: lambda value, bound: value != bound,
    **BY_SIZE,
}
"""How two amounts can be compared."""


def holds(test: Test, properties: Properties) -> bool:
    """Whether a condition or an expression holds."""
    if isinstance(test, Condition):
        return _compares(test, properties.get(test.meter_property))
    held = sum(holds(operand, properties) for operand in test.operands)
    match test.operator:
        case Operator.AND:
            return held == len(test.operands)
        case Operator.OR:
            return held > 0
        case Operator.XOR:
            return held == 1


def conditions_in(test: Test) -> Iterator[Condition]:
    """Every condition inside a test, from left to right."""
    if isinstance(test, Expression):
        for operand in test.operands:
            yield from conditions_in(operand)
    else:
        yield test


def rename(test: AnyTest, names: Mapping[str, str]) -> AnyTest:
    """The same test with its properties called by other names; those without one stay."""
    if isinstance(test, Expression):
        return replace(test, operands=tuple(rename(operand, names) for operand in test.operands))
    return replace(test, meter_property=names.get(test.meter_property, test.meter_property))


def number_of(text: str | None) -> Decimal | None:
    """The finite number a property value says; None for anything else. Nothing is expanded."""
    if text is None or "_" in text or not text.isascii():
        return None
    try:
        number = Decimal(text.strip())
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _compares(condition: Condition, value: str | None) -> bool:
    positive = OPPOSITES.get(condition.comparator)
    if positive is not None:
        return not _positive(positive, condition, value)
    return _positive(condition.comparator, condition, value)


def _positive(comparator: Comparator, condition: Condition, value: str | None) -> bool:
    if comparator is Comparator.EMPTY:
        return not value
    if value is None:
        return False
    if comparator is Comparator.CONTAINS:
        return any(part in value for part in condition.values)
    if condition.numeric:
        return _numbers(comparator, condition, number_of(value))
    return value in condition.values


def _numbers(comparator: Comparator, condition: Condition, value: Decimal | None) -> bool:
    if value is None:
        return False
    compare = BY_SIZE.get(comparator)
    bounds = (Decimal(bound) for bound in condition.values)
    return any(value == bound for bound in bounds) if compare is None else compare(value, next(bounds))
