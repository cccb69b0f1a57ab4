"""Which pricings of versions can be chosen, and in which groups."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Platform
from catalog.models import Pricing, ProductType


def pricings(platform: Platform, versions: Iterable[int]) -> list[Pricing]:
    """The pricings of these versions with their groups and the pricings they stand for: one query."""
    rows = Pricing.objects.filter(platform=platform, version__in=set(versions))
    return list(
        rows.select_related("group", "original__group", "category__product_category").order_by(
            "category__position", "position", "pk"
        )
    )


def is_optional(pricing: Pricing) -> bool:
    """Whether it has to be chosen, as an add-on or as one of a group; as that which it stands for."""
    shown = pricing.original or pricing
    return shown.product_type == ProductType.ADDON or shown.group_id is not None
