"""The conditions of a config, from JSON: comparisons on meter properties, all of which must hold."""

from __future__ import annotations

from catalog.rating.facts import Facts
from catalog.rating.reading import Fields
from catalog.rating.types import Comparator, Condition
from kit.errors import InvalidField, MissingField

MAX_CONDITIONS = 50
MAX_VALUES = 1000

ONE_VALUE = frozenset({Comparator.EQUALS, Comparator.NOT_EQUALS})
MANY_VALUES = frozenset({Comparator.IN, Comparator.NOT_IN})


def read(parent: Fields, facts: Facts) -> tuple[Condition, ...]:
    """The ``conditions`` of ``parent``; empty makes it the default rule."""
    fields = parent.child("conditions")
    if fields is None:
        return ()
    if fields.child("expression"):
        facts.note_unrated(fields.at("expression"), "an expression of conditions does not rate yet")
    if fields.children("configs", at_most=MAX_CONDITIONS):
        facts.note_unrated(fields.at("configs"), "nested condition configs do not rate yet")
    entries = fields.children("meter_properties", at_most=MAX_CONDITIONS)
    return tuple(_condition(entry, facts) for entry in entries)


def _condition(entry: Fields, facts: Facts) -> Condition:
    comparator = entry.choice("comparator", Comparator)
    if comparator is None:
        raise MissingField(field=entry.at("comparator"))
    return Condition(_meter_property(entry), comparator, _values(entry, comparator, facts))


def _meter_property(entry: Fields) -> str:
    """The property's reference, or its id; both may stand here or in a nested ``meter_property``."""
    nested = entry.child("meter_property")
    candidates = [entry.text("reference"), nested and nested.text("reference"), entry.text("id")]
    candidates.append(nested and nested.text("id"))
    name = next((candidate for candidate in candidates if candidate), None)
    if not isinstance(name, str):
        raise MissingField(field=entry.at("reference"))
    return name


def _values(entry: Fields, comparator: Comparator, facts: Facts) -> tuple[str, ...]:
    value = entry.text("value")
    values = entry.texts("values", at_most=MAX_VALUES)
    if comparator in ONE_VALUE:
        if value is None:
            raise MissingField(field=entry.at("value"))
        return (value,)
    if comparator in MANY_VALUES:
        if not values:
            raise MissingField(field=entry.at("values"))
        return values
    facts.note_unrated(entry.at("comparator"), f"the comparator {comparator} does not rate yet")
    if value is not None and values:
        raise InvalidField("give value or values, not both", field=entry.at("values"))
    return values if value is None else (value,)
