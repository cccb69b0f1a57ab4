"""Which add-ons and alternatives of a version are tried with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.models import PricingGroup, ProductType
from desk.editors.pricing.book import Book
from desk.editors.pricing.choice_words import NEEDS_ONE

ASKED = "choices"
"""Sent with every form: without it, it is the first look at the page."""


@dataclass(frozen=True, slots=True)
class Option:
    """A box: ``key`` is the pricing's, ``name`` what it sells and how."""

    key: str
    name: str
    how: str
    ticked: bool


def of(book: Book, data: Mapping[str, str]) -> list[Option]:
    """A box for each. At first those are ticked that a checkout begins with: the first, where one must be."""
    found: dict[str, Option] = {}
    groups: set[int] = set()
    for each in book.items:
        pricing, key = each.pricing_item.pricing, each.pricing_item.pricing.public_id
        if not each.sold or key in found:
            continue
        group: PricingGroup | None = pricing.group
        is_first = group is not None and group.pk not in groups and demands(group)
        groups |= {group.pk} if group else set()
        ticked = bool(data.get(f"on_{key}")) if ASKED in data else is_first
        found[key] = Option(key, pricing.name or each.item.name, each.sold, ticked)
    return list(found.values())


def demands(group: PricingGroup) -> bool:
    """Whether a subscription must have one of it."""
    return group.product_type != ProductType.ADDON and group.selection_constraint in NEEDS_ONE
