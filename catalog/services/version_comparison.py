"""What differs between two versions of prices: their trees with references for ids, node by node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Platform
from catalog.models import Feature, Product, ProductCategory, ProductItem
from catalog.services.differences import Difference, between
from metering.models import MeterProperty

# What the trees of versions name by id.
NAMED: tuple[Any, ...] = (ProductCategory, Product, ProductItem, Feature, MeterProperty)
# What tells versions apart without being a price.
IDENTIFYING = ("pricing_plan_id", "version", "status", "pricing_plan")


@dataclass(frozen=True, slots=True)
class Comparison:
    """From one version to another: what came, what went, what is another value."""

    added: tuple[Difference, ...]
    removed: tuple[Difference, ...]
    changed: tuple[Difference, ...]


def references(platform: Platform) -> dict[str, str]:
    """public id -> reference of all that price trees name; one query per kind."""
    return {
        public_id: reference
        for model in NAMED
        for public_id, reference in model.objects.filter(platform=platform).values_list(
            "public_id", "reference"
        )
    }


def of(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    """Compare two versions as plain JSON that names everything by reference."""
    found = list(between(_prices(before), _prices(after)))
    return Comparison(
        added=tuple(each for each in found if each.before is None),
        removed=tuple(each for each in found if each.after is None),
        changed=tuple(each for each in found if each.before is not None and each.after is not None),
    )


def _prices(version: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in version.items() if name not in IDENTIFYING}
