"""A pricing item config (a rule) from JSON to ``types.Config``: what parses can be stored.

The whole of the reference's PricingItemConfig is accepted. What rates becomes types; what is stored
but does not rate yet is listed in ``Config.unrated`` by field. Every fault raises ``InvalidField`` or
``MissingField`` with the dotted field (``bands.0.amount.quantity``), and nothing else is ever raised.
The periods of a price, its seats and when it bills are the catalog's and billing's, not read here.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from catalog.rating import config_bands, config_conditions
from catalog.rating.facts import Facts
from catalog.rating.reading import Fields
from catalog.rating.types import ZERO, Band, Config, Percentage, PricingType, ValueType
from kit.errors import InvalidField, MissingField

TOP_UPS = frozenset({PricingType.FLAT_TOP_UP, PricingType.TIERED_TOP_UP, PricingType.STAIR_STEP_TOP_UP})
MAX_GRANTS = 50
MAX_SPLITS = 20


class ResetType(StrEnum):
    """When an included volume is full again."""

    PERIOD = "PERIOD"
    SCHEDULE = "SCHEDULE"
    NEVER = "NEVER"


def parse(data: object, *, path: str = "") -> Config:
    """The config in ``data``, any JSON value; ``path`` prefixes the field of every error and problem."""
    fields = Fields(data, path)
    facts = Facts()
    pricing_type = _pricing_type(fields)
    if pricing_type in TOP_UPS:
        facts.note_unrated(fields.at("pricing_type"), f"{pricing_type} does not rate yet")
    bands = _bands(fields, pricing_type, facts)
    included_volume = _included_volume(fields, pricing_type, bands, facts)
    conditions = config_conditions.read(fields, facts)
    _note_modifiers(fields, facts)
    if pricing_type is PricingType.PASS_THROUGH:
        facts.prices(ValueType.AMOUNT, fields.at("pricing_type"))
    return Config(
        pricing_type=pricing_type,
        bands=bands,
        currency=facts.currency,
        value_type=facts.value_type,
        included_volume=included_volume,
        conditions=conditions,
        order=fields.integer("order"),
        unrated=tuple(facts.unrated),
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


def _included_volume(
    fields: Fields, pricing_type: PricingType, bands: tuple[Band, ...], facts: Facts
) -> Decimal:
    included = fields.child("default_included_volume")
    if included is None:
        return ZERO
    if pricing_type in (PricingType.FIXED, PricingType.NONE):
        raise InvalidField(f"a {pricing_type} price has no volume to include", field=included.path)
    reset_type = included.choice("reset_type", ResetType)
    if reset_type not in (None, ResetType.PERIOD):
        facts.note_unrated(included.at("reset_type"), f"the reset type {reset_type} does not rate yet")
    if any(isinstance(band.price, Percentage) and band.price.per_event for band in bands):
        message = "an included volume beside a minimum or maximum per event does not rate yet"
        facts.note_unrated(included.path, message)
    return facts.measure(fields, "default_included_volume") or ZERO


def _note_modifiers(fields: Fields, facts: Facts) -> None:
    """What changes the price around the model and is stored for later."""
    split = fields.child("split_pricing")
    notes = [
        ("top_up", fields.child("top_up") is not None),
        ("tiering_conditions", fields.child("tiering_conditions") is not None),
        ("volume_group_reference", bool(fields.text("volume_group_reference"))),
        ("split_pricing", bool(split and split.children("meter_properties", at_most=MAX_SPLITS))),
        ("wallet_grants", bool(fields.children("wallet_grants", at_most=MAX_GRANTS))),
        ("on_demand", fields.flag("on_demand")),
    ]
    for name, present in notes:
        if present:
            facts.note_unrated(fields.at(name), f"{name} does not rate yet")
