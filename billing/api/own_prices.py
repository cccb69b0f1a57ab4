"""A schedule's own prices in the API, and the plan's prices with them in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rest_framework import serializers

from billing.models import PricingPlanSchedule
from catalog.api.pricing_plan_versions import PricingPlanVersionSerializer
from catalog.api.tree_shape import KeysField, PricingCategorySerializer, PricingSerializer
from catalog.models import PricingPlanVersion
from catalog.selectors import plans
from catalog.services import own_prices
from kit.api.links import LinkField

Json = dict[str, Any]
SPECIFIC = "SPECIFIC"


class PlanField(LinkField):
    """The plan, or the version, of a schedule; null where the schedule is priced by itself."""

    def get_attribute(self, instance: PricingPlanSchedule) -> Any:
        alone = instance.own_version_id == instance.pricing_plan_version_id
        return None if alone else super().get_attribute(instance)


class OverridePricingSerializer(PricingSerializer):
    """A pricing that stands for one of the plan's; what it leaves out is as in the plan."""

    product_ids = KeysField("product", source="product_links", required=False, allow_null=True)


class OfSchedule(serializers.ListSerializer):
    """What a schedule has for itself, read from the tree behind it."""

    def get_attribute(self, instance: PricingPlanSchedule) -> PricingPlanSchedule:
        return instance

    def to_representation(self, data: Any) -> list[Any]:
        tree = tree_of(data)
        return [] if tree is None else [self.shown(each) for each in self.rows(tree)]

    def __init__(
        self, *args: Any, rows: Callable[[PricingPlanVersion], Iterable[Any]], **kwargs: Any
    ) -> None:
        self.rows = rows
        super().__init__(*args, **kwargs)

    def shown(self, row: Any) -> Any:
        """One of them."""
        child: Any = self.child
        return child.to_representation(row)


def override_pricings() -> serializers.Field:
    """The field of a schedule."""
    child = OverridePricingSerializer()
    return OfSchedule(child=child, rows=own_prices.standing, required=False, allow_null=True)


def pricing_categories() -> serializers.Field:
    """The field of a schedule."""
    child = PricingCategorySerializer()
    return OfSchedule(child=child, rows=own_prices.further, required=False, allow_null=True)


def tree_of(schedule: PricingPlanSchedule) -> PricingPlanVersion | None:
    """The tree of the schedule's own prices, as it was loaded with it or read now and kept on the row."""
    own = schedule.own_version
    if own is not None and not hasattr(own, "categories"):
        own = schedule.own_version = plans.trees(schedule.platform).get(pk=own.pk)
    return own


def plan_version_id(schedule: PricingPlanSchedule) -> str | None:
    """The version of the schedule's plan; None where it is priced by itself."""
    alone = schedule.own_version_id == schedule.pricing_plan_version_id
    return None if alone else schedule.pricing_plan_version.public_id


def combined(schedule: PricingPlanSchedule) -> Json:
    """The plan's version as the API shows it, with the schedule's own prices in their place."""
    rows = plans.trees(schedule.platform)
    plan = _shown(rows.get(pk=schedule.pricing_plan_version_id))
    tree = tree_of(schedule)
    if tree is None or schedule.own_version_id == schedule.pricing_plan_version_id:
        return plan
    standing = {
        each["original_pricing_id"]: each
        for each in OverridePricingSerializer(own_prices.standing(tree), many=True).data
    }
    for category in plan["pricing_categories"]:
        for holder in (category, *category["pricing_groups"]):
            holder["pricings"] = [_pricing(each, standing.get(each["id"])) for each in holder["pricings"]]
    plan["pricing_categories"] += PricingCategorySerializer(own_prices.further(tree), many=True).data
    return plan


def _shown(version: PricingPlanVersion) -> Json:
    return dict(PricingPlanVersionSerializer(version).data)


def _pricing(plan: Json, own: Json | None) -> Json:
    if own is None:
        return plan
    if own["override"] != SPECIFIC:
        return own
    return {**own, "items": _merged(plan["items"], own["items"], "original_pricing_item_id", _item)}


def _item(plan: Json, own: Json) -> Json:
    if own["override"] != SPECIFIC:
        return own
    merged = _merged(plan["configs"], own["configs"], "original_pricing_item_config_id", lambda _, new: new)
    return {**own, "configs": merged}


def _merged(plan: list[Json], own: list[Json], link: str, join: Any) -> list[Json]:
    """The plan's nodes, each with the own one that stands for it, then those that stand for none."""
    standing = {each[link]: each for each in own if each[link]}
    kept = [join(each, standing[each["id"]]) if each["id"] in standing else each for each in plan]
    return [*kept, *(each for each in own if not each[link])]
