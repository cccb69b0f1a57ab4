"""The prices that a schedule has for itself: overrides of its plan's, and further ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.context import Context
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms
from catalog.models import Override, PricingItemConfig, PricingPlanVersion
from catalog.rating.rules.rules import RuleSet
from catalog.services import own_prices
from catalog.services.own_prices import CATEGORIES, OVERRIDES, Holder, store_numbers
from kit.errors import InvalidField, MissingField

LISTS = (OVERRIDES, CATEGORIES)
# What names prices by id.
TERMS = ("discount", "markup", "commitment", "seats_values", "included_volumes", "enabled_pricings")
__all__ = [
    "CATEGORIES",
    "LISTS",
    "OVERRIDES",
    "copy",
    "drop",
    "names_prices",
    "other_numbers",
    "require",
    "stands_alone",
    "store_numbers",
    "write",
]
Sent = Mapping[str, Any]


def names_prices(fields: Sent) -> bool:
    """Whether a request says what the schedule's own prices are, be it that it has none."""
    return any(name in fields for name in LISTS)


def stands_alone(fields: Sent) -> bool:
    """Whether a schedule is priced by itself, without a plan."""
    named = ("pricing_plan_version", "pricing_plan", "pricing_plan_version_selector")
    return fields.get(CATEGORIES) is not None and not any(fields.get(name) for name in named)


def other_numbers(
    *, ctx: Context, schedule: PricingPlanSchedule, fields: Sent
) -> list[PricingItemConfig] | None:
    """What is sent as other numbers of the prices that the schedule has; None where it is more than that.

    ``schedule.own_version`` has them afterwards; ``store_numbers`` writes them when all else is checked and
    stored, because a price that was read meanwhile may be kept. Raises what ``write`` raises.
    """
    own, plan = schedule.own_version, schedule.pricing_plan_version
    if own is None or own.pk == plan.pk or fields.get(CATEGORIES) or fields.get(OVERRIDES) is None:
        return None
    if own.default_pricing_currency != schedule.pricing_currency:
        return None
    schedule.own_version = own_prices.loaded(own)
    return own_prices.other_numbers(
        ctx=ctx, plan=plan, version=schedule.own_version, overrides=fields[OVERRIDES]
    )


def write(
    *, ctx: Context, schedule: PricingPlanSchedule, plan: PricingPlanVersion | None, fields: Sent
) -> PricingPlanVersion | None:
    """Write the lists that are sent; one that is not sent stays. None where nothing is left.

    The tree is written anew as a whole: a node that is named by the id it had keeps it. ``schedule`` may be
    unsaved, and has the new version afterwards; the terms of one that had no prices of its own name the new
    nodes where they named the sent ones. Raises what ``catalog.services.own_prices.plant`` raises.
    """
    old, kept = schedule.own_version, frozenset[str]()
    lists: list[Sequence[Any]] = [[], []]
    if old is not None:
        lists = list(own_prices.nodes(old))
    for index, name in enumerate(LISTS):
        if name in fields:
            lists[index] = fields[name] or []
    if plan is None and lists[0]:
        raise MissingField("there is no plan whose prices could be replaced", field="pricing_plan_version_id")
    if old is not None:
        kept = own_prices.uproot(old)
    made = None
    if plan is None or any(lists):
        holder = _holder(schedule, plan)
        planted = own_prices.plant(ctx=ctx, holder=holder, overrides=lists[0], categories=lists[1], kept=kept)
        made = planted.version
        if old is None:
            _rename(schedule, planted.moved)
    _exchange(schedule, made, plan)
    return made


def copy(*, ctx: Context, source: PricingPlanSchedule, target: PricingPlanSchedule) -> None:
    """Give the unsaved ``target`` prices like those of ``source``, and let its terms name them."""
    if source.own_version is None:
        return
    alone = source.own_version_id == source.pricing_plan_version_id
    plan = None if alone else source.pricing_plan_version
    overrides, categories = own_prices.nodes(source.own_version)
    holder = _holder(target, plan)
    planted = own_prices.plant(ctx=ctx, holder=holder, overrides=overrides, categories=categories)
    target.own_version = planted.version
    if alone:
        target.pricing_plan_version = planted.version
    _rename(target, planted.moved)


def _rename(schedule: PricingPlanSchedule, names: Mapping[str, str]) -> None:
    """Let the terms name the nodes as they are called now."""
    for name in TERMS:
        setattr(schedule, name, _renamed(getattr(schedule, name), names))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Terms with the new names of what they name."""
    if isinstance(value, dict):
        return {key: _renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def drop(version: PricingPlanVersion | None) -> None:
    """Delete what a schedule that is gone had for itself."""
    if version is not None:
        own_prices.uproot(version)
        own_prices.drop(version)


def _holder(schedule: PricingPlanSchedule, plan: PricingPlanVersion | None) -> Holder:
    subscription = schedule.subscription
    return Holder(
        schedule_id=schedule.public_id,
        name=f"Prices of {subscription.reference or subscription.public_id}",
        customer_id=subscription.customer.public_id,
        currency=schedule.pricing_currency,
        plan=plan,
    )


def _exchange(
    schedule: PricingPlanSchedule, made: PricingPlanVersion | None, plan: PricingPlanVersion | None
) -> None:
    """Give the schedule the new version, stored so that the old one can go."""
    old = schedule.own_version
    schedule.own_version = made
    if plan is None and made is not None:
        schedule.pricing_plan_version = made
    if old is not None:
        columns = {"own_version": made, "pricing_plan_version": schedule.pricing_plan_version}
        PricingPlanSchedule.objects.filter(pk=schedule.pk).update(**columns)
        own_prices.drop(old)


def require(schedule: PricingPlanSchedule) -> None:
    """Raise InvalidField where own prices do not suit the plan's: unreachable rules, an item sold twice."""
    if schedule.own_version_id is None:
        return
    items = agreed_prices.sold(schedule)
    for item in items:
        if item.own is not None and item.own.item is Override.SPECIFIC:
            for problem in RuleSet([rule.config for rule in item.rules]).problems():
                raise InvalidField(f"{item.description}: {problem.message}", field=OVERRIDES)
    _once(items)


def _once(items: Sequence[ItemTerms]) -> None:
    seen: dict[str, ItemTerms] = {}
    for item in items:
        for sold in () if item.optional else item.product_items:
            if sold["id"] in seen:
                field = OVERRIDES if item.own else CATEGORIES
                raise InvalidField(f"the product item {sold['reference']} is priced twice", field=field)
            seen[sold["id"]] = item
