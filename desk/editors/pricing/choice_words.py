"""What a subscription chooses of a plan: add-ons, and groups of alternatives with what they demand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.models import Pricing, PricingGroup, ProductType, SelectionConstraint

CONSTRAINTS = {
    SelectionConstraint.ANY: "Choose any of them, or none",
    SelectionConstraint.AT_LEAST_ONE: "Choose at least one",
    SelectionConstraint.AT_MOST_ONE: "Choose one at most",
    SelectionConstraint.EXACTLY_ONE: "Choose exactly one",
}
NEEDS_ONE = (SelectionConstraint.AT_LEAST_ONE, SelectionConstraint.EXACTLY_ONE)
NAMELESS = "Alternatives"


@dataclass(frozen=True)
class Choice:
    """One group of a version, or its add-ons (without ``key``); ``members`` are what is chosen from."""

    key: str
    name: str
    demand: str
    members: tuple[str, ...]

    @property
    def words(self) -> str:
        """``Choose exactly one: Gold, Silver``."""
        return f"{self.demand}: {', '.join(self.members)}" if self.members else self.demand


def demand(group: PricingGroup) -> str:
    """``Choose exactly one``, ``Choose exactly one, or leave it out``."""
    said = CONSTRAINTS[SelectionConstraint(group.selection_constraint)]
    may_be_left = group.product_type == ProductType.ADDON and group.selection_constraint in NEEDS_ONE
    return f"{said}, or leave it out" if may_be_left else said


def name(group: PricingGroup) -> str:
    """A group that the API made may have no name."""
    return group.name or NAMELESS


def sold(pricing: Pricing) -> str:
    """How a subscription gets it: ``add-on``, ``in Support level``; nothing where it always does."""
    if pricing.group is not None:
        return f"in {name(pricing.group)}"
    return "add-on" if pricing.product_type == ProductType.ADDON else ""


def of(pricings: Iterable[tuple[Pricing, str]], groups: Iterable[PricingGroup] = ()) -> list[Choice]:
    """What is chosen from these pricings, each with what it sells: first the groups, then the add-ons.

    A pricing comes once for each of its items: without a name it is called by them. ``groups`` may be
    empty.
    """
    found: dict[str, PricingGroup] = {group.public_id: group for group in groups}
    members: dict[str, dict[str, list[str]]] = {}
    for pricing, item in pricings:
        if pricing.group is not None:
            found[pricing.group.public_id] = pricing.group
        elif pricing.product_type != ProductType.ADDON:
            continue
        key = pricing.group.public_id if pricing.group else ""
        called = members.setdefault(key, {}).setdefault(pricing.public_id, [])
        called[:] = [pricing.name] if pricing.name else [*called, item]
    told = {key: tuple(" and ".join(each) for each in rows.values()) for key, rows in members.items()}
    chosen = [Choice(key, name(row), demand(row), told.get(key, ())) for key, row in found.items()]
    addons = [Choice("", "Add-ons", CONSTRAINTS[SelectionConstraint.ANY], told[""])] if "" in told else []
    return [*chosen, *addons]


def started(pricing: Pricing) -> dict[str, Any]:
    """What the form of how it is sold begins with: nothing else stops being everyone's by an oversight."""
    group = pricing.group.public_id if pricing.group else ""
    covers = "ALL" if sold(pricing) else "ALONE"
    return {"sold": group or pricing.product_type, "name": pricing.name or "", "covers": covers}
