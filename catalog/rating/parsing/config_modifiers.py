"""What stands around the price in a config: included volume, bundles, combined volume, splits, from JSON.

Each modifier becomes types where it rates; what rates but no invoice can bill yet is noted as
unbilled, what does not rate as unrated.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from catalog.rating.comparisons import Test
from catalog.rating.parsing import config_conditions
from catalog.rating.parsing.config_conditions import Names
from catalog.rating.parsing.facts import Facts
from catalog.rating.parsing.reading import Fields
from catalog.rating.types import TOP_UPS, ZERO, Band, BlockPrice, PricingType, ResetType, Split
from kit.errors import InvalidField
from kit.money import EXACT, round_half_up

MAX_GRANTS = 50
MAX_SPLITS = 20

WITHOUT_SPLIT = TOP_UPS | {PricingType.FIXED, PricingType.NONE}


class Included(NamedTuple):
    """How much is free, and when it is full again."""

    volume: Decimal = ZERO
    reset: ResetType = ResetType.PERIOD


def included_volume(fields: Fields, pricing_type: PricingType, facts: Facts) -> Included:
    """``default_included_volume``: one quantity, full again each period without ``reset_type``."""
    included = fields.child("default_included_volume")
    if included is None:
        return Included()
    if pricing_type in (PricingType.FIXED, PricingType.NONE):
        raise InvalidField(f"a {pricing_type} price has no volume to include", field=included.path)
    reset = included.choice("reset_type", ResetType) or ResetType.PERIOD
    return Included(facts.measure(fields, "default_included_volume") or ZERO, reset)


def rollover(fields: Fields, pricing_type: PricingType, bands: tuple[Band, ...], facts: Facts) -> bool:
    """``top_up.rollover``: whether the unused part of the bundles is kept for the next period.

    A bundle that is kept costs a minor unit, or nothing on purpose: units would be kept that nobody was
    charged for (B25).
    """
    top_up = fields.child("top_up")
    keeps = top_up is not None and top_up.flag("rollover")
    if top_up is not None and pricing_type not in TOP_UPS:
        facts.note_unrated(top_up.path, "top_up needs a TOP_UP price")
    elif keeps:
        for index, band in enumerate(bands):
            if _rounds_to_nothing(band, facts.currency):
                message = "a bundle that is kept costs at least half a minor unit, or nothing"
                facts.note_unbilled(f"{fields.at('bands')}.{index}", message)
    return keeps


def _rounds_to_nothing(band: Band, currency: str | None) -> bool:
    """Whether one bundle of the band has a price, of which the line of an invoice would show nothing."""
    bundle = band.price.amount if isinstance(band.price, BlockPrice) else ZERO
    amount = EXACT.add(bundle, band.fixed_amount or ZERO)
    return currency is not None and amount != 0 and round_half_up(amount, currency) == 0


def volume_group(fields: Fields, pricing_type: PricingType, facts: Facts) -> str | None:
    """``volume_group_reference``: rules that name the same one combine their volumes."""
    reference = fields.text("volume_group_reference") or None
    if reference is not None:
        _needs_bands(fields.at("volume_group_reference"), pricing_type, facts)
    return reference


def tiering_conditions(
    fields: Fields, pricing_type: PricingType, numbers: Names, facts: Facts
) -> tuple[Test, ...]:
    """``tiering_conditions``: which usage counts towards the band."""
    tests = config_conditions.read(fields, "tiering_conditions", numbers)
    if tests:
        _needs_bands(fields.at("tiering_conditions"), pricing_type, facts)
    return tests


def split(fields: Fields, pricing_type: PricingType, numbers: Names, facts: Facts) -> tuple[Split, ...]:
    """``split_pricing``: a line for each value of these properties."""
    holder = fields.child("split_pricing")
    entries = holder.children("meter_properties", at_most=MAX_SPLITS) if holder else []
    if holder is not None and entries and pricing_type in WITHOUT_SPLIT:
        facts.note_unrated(holder.path, f"a {pricing_type} price cannot be split")
    names = [config_conditions.property_name(entry) for entry in entries]
    return tuple(
        Split(name, config_conditions.is_number(entry, name, numbers))
        for entry, name in zip(entries, names, strict=True)
    )


def note_others(fields: Fields, facts: Facts) -> None:
    """What does not change the price, but cannot be billed yet."""
    if fields.children("wallet_grants", at_most=MAX_GRANTS):
        facts.note_unbilled(fields.at("wallet_grants"), "wallet grants cannot be billed yet")
    fields.flag("on_demand")
    conditions = fields.child("conditions")
    for entry in (
        conditions.children("configs", at_most=config_conditions.MAX_CONDITIONS) if conditions else ()
    ):
        if entry.text("id") is not None:
            facts.note_unbilled(entry.at("id"), "a condition that names another rule cannot be billed yet")


def _needs_bands(field: str, pricing_type: PricingType, facts: Facts) -> None:
    """Bundles are bought one by one, and cannot be shared; a price without bands is left as it is."""
    if pricing_type in TOP_UPS:
        facts.note_unrated(field, f"a {pricing_type} price cannot take its bands from another volume")
