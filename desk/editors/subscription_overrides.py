"""The changes of one phase as its service takes them, and as the API does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from desk.editors.price_parts import changed
from desk.editors.subscription_offer import Rule
from kit.money import plain

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a phase has beside its plan, as ``services.schedules`` takes it; None leaves it as it is.

    ``prices`` names each own price by ``<rule>_<band>_<kind>``: two phases with equal ones agree.
    """

    choices: list[Json] | None = None
    volumes: list[Json] | None = None
    overrides: list[Json] | None = None
    prices: dict[str, str] | None = None
    seats: list[Json] | None = None


def named(own: Sequence[tuple[Rule, dict[str, Decimal]]]) -> dict[str, str]:
    """Each own price by ``<rule>_<band>_<kind>``."""
    return {f"{rule.key}_{key}": plain(value) for rule, prices in own for key, value in prices.items()}


def overrides(own: Sequence[tuple[Rule, dict[str, Decimal]]]) -> list[Json]:
    """The rules with other prices, below the items and pricings that they stand in: those parts alone."""
    pricings: dict[str, dict[str, list[Json]]] = {}
    for rule, prices in own:
        config = changed(rule.terms.body, prices) | {"original_pricing_item_config_id": rule.key}
        items = pricings.setdefault(rule.item.pricing_id, {})
        items.setdefault(rule.item.pricing_item_id, []).append(config)
    return [
        {"original": pricing, "override": "SPECIFIC", "items": [_item(*each) for each in items.items()]}
        for pricing, items in pricings.items()
    ]


def _item(key: str, configs: list[Json]) -> Json:
    return {"original": key, "override": "SPECIFIC", "configs": configs}


def for_api(changes: Changes) -> Json:
    """The fields of ``/v1/pricing-plan-schedules`` that say the same."""
    pricings = [
        {
            "original_pricing_id": each["original"],
            "override": each["override"],
            "items": [
                {
                    "original_pricing_item_id": item["original"],
                    "override": item["override"],
                    "configs": item["configs"],
                }
                for item in each["items"]
            ],
        }
        for each in changes.overrides or ()
    ]
    said = {
        "enabled_pricings": changes.choices,
        "included_volumes": changes.volumes,
        "seats_values": changes.seats,
        "override_pricings": pricings,
    }
    return {name: value for name, value in said.items() if value}
