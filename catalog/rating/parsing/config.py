"""A pricing item config (a rule) from JSON to ``types.Config``: what parses can be stored.

The whole of the reference's PricingItemConfig is accepted. What rates becomes types; what is stored
but does not rate yet, or cannot be billed yet, is listed by field in ``Config.unrated`` and
``Config.unbilled``. Every fault raises ``InvalidField`` or
``MissingField`` with the dotted field (``bands.0.amount.quantity``), and nothing else is ever raised.
The periods of a price, its seats and when it bills are the catalog's and billing's, not read here.
"""

from __future__ import annotations

from catalog.rating.comparisons import Condition, Expression
from catalog.rating.parsing import config_bands, config_conditions, config_modifiers
from catalog.rating.parsing.config_conditions import Names
from catalog.rating.parsing.facts import Facts
from catalog.rating.parsing.reading import Fields
from catalog.rating.types import Band, Config, PricingType, ValueType
from kit.errors import InvalidField, MissingField

NOTHING: frozenset[str] = frozenset()


def parse(data: object, *, path: str = "", numbers: Names = NOTHING) -> Config:
    """The config in ``data``, any JSON value; ``path`` prefixes the field of every error and problem.

    ``numbers`` holds the references and ids of the meter properties of type NUMBER, whose values are
    compared as numbers; the comparators by size always do so.
    """
    fields = Fields(data, path)
    facts = Facts()
    pricing_type = _pricing_type(fields)
    bands = _bands(fields, pricing_type, facts)
    included = config_modifiers.included_volume(fields, pricing_type, facts)
    tests = config_conditions.read(fields, "conditions", numbers)
    rollover = config_modifiers.rollover(fields, pricing_type, bands, facts)
    tiering = config_modifiers.tiering_conditions(fields, pricing_type, numbers, facts)
    group = config_modifiers.volume_group(fields, pricing_type, facts)
    split = config_modifiers.split(fields, pricing_type, numbers, facts)
    config_modifiers.note_others(fields, facts)
    if pricing_type is PricingType.PASS_THROUGH:
        facts.prices(ValueType.AMOUNT, fields.at("pricing_type"))
    return Config(
        pricing_type=pricing_type,
        bands=bands,
        currency=facts.currency,
        value_type=facts.value_type,
        included_volume=included.volume,
        conditions=tuple(test for test in tests if isinstance(test, Condition)),
        expressions=tuple(test for test in tests if isinstance(test, Expression)),
        order=fields.integer("order"),
        tiering_conditions=tiering,
        volume_group=group,
        split=split,
        reset=included.reset,
        rollover=rollover,
        unrated=tuple(facts.unrated),
        unbilled=tuple(facts.unbilled),
    )


def _pricing_type(fields: Fields) -> PricingType:
    """``pricing_type``, also called ``type`` and mirrored in ``details``; names that differ are refused."""
    details = fields.child("details")
    named = [(fields, "pricing_type"), (fields, "type")]
    if details is not None:
        named.append((details, "pricing_type"))
    found: PricingType | None = None
    for parent, name in named:
        given = parent.choice(name, PricingType)
        if found is not None and given not in (None, found):
            raise InvalidField(f"contradicts pricing_type {found}", field=parent.at(name))
        found = found or given
    if found is None:
        raise MissingField(field=fields.at("pricing_type"))
    return found


def _bands(fields: Fields, pricing_type: PricingType, facts: Facts) -> tuple[Band, ...]:
    """The bands, which may stand in the mirror ``details`` too; a mirror that differs is refused."""
    details = fields.child("details")
    if details is None or not details.has("bands"):
        return config_bands.read(fields, pricing_type, facts)
    if not fields.has("bands"):
        return config_bands.read(details, pricing_type, facts)
    bands = config_bands.read(fields, pricing_type, facts)
    mirror = Facts()
    if config_bands.read(details, pricing_type, mirror) != bands or mirror.currency != facts.currency:
        raise InvalidField("contradicts bands", field=details.at("bands"))
    return bands
