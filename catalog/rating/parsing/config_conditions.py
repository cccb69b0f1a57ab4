"""The conditions of a config, from JSON: comparisons on meter properties, all of which must hold.

``meter_properties`` lists comparisons, ``expression`` nests them under AND, OR and XOR, ``configs`` are
further sets of conditions; whatever stands in them must hold together.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog.rating.comparisons import Comparator, Condition, Expression, Operator, Test
from catalog.rating.parsing.reading import Fields
from catalog.rating.rules.conditions import BY_SIZE, number_of
from kit.errors import InvalidField, MissingField

MAX_CONDITIONS = 50
MAX_VALUES = 1000
MAX_DEPTH = 10

ONE_VALUE = frozenset({Comparator.EQUALS, Comparator.NOT_EQUALS, *BY_SIZE})
NO_VALUE = frozenset({Comparator.EMPTY, Comparator.NOT_EMPTY})
PARTS = frozenset({Comparator.CONTAINS, Comparator.NOT_CONTAINS})
NUMBER = "NUMBER"

Names = frozenset[str]
"""References and ids of the meter properties of type NUMBER."""


def read(parent: Fields, name: str, numbers: Names) -> tuple[Test, ...]:
    """The conditions in ``parent.name``, all of which must hold; empty when there are none."""
    fields = parent.child(name)
    return () if fields is None else tuple(_set(fields, numbers, depth=1))


def property_name(entry: Fields) -> str:
    """The property's reference, or its id; both may stand here or in a nested ``meter_property``."""
    nested = entry.child("meter_property")
    candidates = [entry.text("reference"), nested and nested.text("reference"), entry.text("id")]
    candidates.append(nested and nested.text("id"))
    name = next((candidate for candidate in candidates if candidate), None)
    if not isinstance(name, str):
        raise MissingField(field=entry.at("reference"))
    return name


def is_number(entry: Fields, name: str, numbers: Names) -> bool:
    """Whether the property is of type NUMBER: it is among ``numbers``, or shown so where it is named."""
    nested = entry.child("meter_property")
    return name in numbers or (nested is not None and nested.raw("type") == NUMBER)


def _set(fields: Fields, numbers: Names, depth: int) -> Iterator[Test]:
    _limit(fields, depth)
    for entry in fields.children("meter_properties", at_most=MAX_CONDITIONS):
        yield condition(entry, numbers)
    expression = fields.child("expression")
    if expression is not None:
        yield _expression(expression, numbers, depth + 1)
    for entry in fields.children("configs", at_most=MAX_CONDITIONS):
        yield from _set(entry, numbers, depth + 1)


def _expression(fields: Fields, numbers: Names, depth: int) -> Expression:
    _limit(fields, depth)
    operator = fields.choice("operator", Operator)
    if operator is None:
        raise MissingField(field=fields.at("operator"))
    operands = fields.children("operands", at_most=MAX_CONDITIONS)
    if not operands:
        raise MissingField(field=fields.at("operands"))
    return Expression(operator, tuple(_operand(operand, numbers, depth) for operand in operands))


def _operand(fields: Fields, numbers: Names, depth: int) -> Test:
    nested, expression = fields.child("meter_property"), fields.child("expression")
    if (nested is None) == (expression is None):
        raise InvalidField("give one of meter_property and expression", field=fields.path)
    if expression is not None:
        return _expression(expression, numbers, depth + 1)
    assert nested is not None
    return condition(nested, numbers)


def _limit(fields: Fields, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidField(f"conditions nest deeper than {MAX_DEPTH} levels", field=fields.path)


def condition(entry: Fields, numbers: Names) -> Condition:
    """One comparison; it compares numbers by size, and those of a NUMBER property by value."""
    comparator = entry.choice("comparator", Comparator)
    if comparator is None:
        raise MissingField(field=entry.at("comparator"))
    name = property_name(entry)
    values = _values(entry, comparator)
    numeric = comparator in BY_SIZE or (comparator not in PARTS and is_number(entry, name, numbers))
    field = entry.at("value" if comparator in ONE_VALUE else "values")
    if numeric and any(number_of(value) is None for value in values):
        raise InvalidField("must be a number, to compare with a number", field=field)
    return Condition(name, comparator, values, numeric)


def _values(entry: Fields, comparator: Comparator) -> tuple[str, ...]:
    value = entry.text("value")
    values = entry.texts("values", at_most=MAX_VALUES)
    if comparator in NO_VALUE:
        return ()
    if comparator in PARTS:
        return _parts(entry, value, values)
    if comparator in ONE_VALUE:
        if value is None:
            raise MissingField(field=entry.at("value"))
        return (value,)
    if not values:
        raise MissingField(field=entry.at("values"))
    return values


def _parts(entry: Fields, value: str | None, values: tuple[str, ...]) -> tuple[str, ...]:
    """The texts looked for: one, or several of which any will do."""
    if value is not None and values:
        raise InvalidField("give value or values, not both", field=entry.at("values"))
    found = values if value is None else (value,)
    if not all(found) or not found:
        raise MissingField("every text contains an empty one: name a part", field=entry.at("value"))
    return found
