"""The API requests that the forms of add-ons and groups stand for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from catalog.models import Pricing, PricingGroup, PricingPlanVersion, ProductType
from desk.components.curl import Call

GROUPS = "/v1/pricing-groups"
JOINING = "Its prices join with PATCH /v1/pricings/{id}: pricing_group_id is the id of the answer."
ALONE = "Of the whole pricing: for one item alone, take it out of items and make a pricing of it."


def sold(pricing: Pricing, sent: dict[str, Any], *, alone: bool) -> Call:
    """How a pricing is sold."""
    is_kind = sent["sold"] in ProductType.values
    kind, group = (sent["sold"], None) if is_kind else (ProductType.DEFAULT.value, sent["sold"])
    body = {"name": sent["name"] or None, "product_type": kind, "pricing_group_id": group}
    return Call("PATCH", _path(pricing), body, note=ALONE if alone else "")


def made(version: PricingPlanVersion, row: dict[str, Any]) -> Call:
    """A group, with nothing in it yet."""
    return Call("POST", GROUPS, {"pricing_plan_version_id": version.public_id, **row}, note=JOINING)


def changed(
    group: PricingGroup, row: dict[str, Any], pricings: Sequence[Pricing], members: Collection[str]
) -> list[Call]:
    """A group's own fields, then each pricing that comes or goes."""
    coming = [each for each in pricings if each.public_id in members and each.group_id != group.pk]
    going = [each for each in pricings if each.public_id not in members and each.group_id == group.pk]
    return [Call("PATCH", f"{GROUPS}/{group.public_id}", row), *map(_left, going), *_joined(group, coming)]


def apart(group: PricingGroup, members: Sequence[Pricing]) -> list[Call]:
    """All of it goes, then the group."""
    return [*map(_left, members), Call("DELETE", f"{GROUPS}/{group.public_id}")]


def _left(pricing: Pricing) -> Call:
    body = {"pricing_group_id": None, "product_type": ProductType.ADDON.value}
    return Call("PATCH", _path(pricing), body)


def _joined(group: PricingGroup, pricings: Sequence[Pricing]) -> list[Call]:
    body = {"pricing_group_id": group.public_id, "product_type": ProductType.DEFAULT.value}
    return [Call("PATCH", _path(each), body) for each in pricings]


def _path(pricing: Pricing) -> str:
    return f"/v1/pricings/{pricing.public_id}"
