"""Activation of a version: the whole tree is judged before any customer can be billed by it.

What cannot be billed yet is refused here, so that a rated invoice never meets it. All problems are
found; the first, in the order of the tree, is raised with its field, and with all of them beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.context import Context
from catalog.models import PlanVariant, PricingPlanVersion, ProductItem, SelectionConstraint, Status
from catalog.rating.types import Problem
from catalog.selectors import plans, priced
from catalog.selectors.whole_trees import Whole
from catalog.services import activation_choices, activation_items, activation_rules, entitlements
from catalog.services.activation_facts import Facts, calculations
from kit.errors import UnableToProcess
from kit.period import Period, PeriodType
from metering.models import MeterProperty
from metering.services import keying

NEEDS_ONE = (SelectionConstraint.AT_LEAST_ONE, SelectionConstraint.EXACTLY_ONE)
AT_MOST_ONE = (SelectionConstraint.AT_MOST_ONE, SelectionConstraint.EXACTLY_ONE)


def prepared(*, ctx: Context, version: PricingPlanVersion) -> dict[str, Any]:
    """Judge the locked DRAFT ``version`` and get its meters ready for the properties its rules ask for.

    The answer is what activation writes into the version: its currencies, where it named none.
    Raises UnableToProcess with the first problem, and all in ``problems``.
    """
    tree = plans.versions(ctx.platform).get(pk=version.pk)
    facts = Facts()
    found = problems(tree, facts)
    if found:
        first = UnableToProcess(
            found[0].message,
            field=found[0].field,
            resource_type=version.object_type,
            resource_id=version.public_id,
        )
        raise first.with_all([{"field": each.field, "message": each.message} for each in found])
    key(ctx, facts)
    used = list(facts.used)
    if version.pricing_currencies or not used:
        return {}
    return {"pricing_currencies": used, "default_pricing_currency": used[0]}


def problems(tree: PricingPlanVersion, facts: Facts) -> list[Problem]:
    """Everything that stands in the way of activating the version, in the order of the tree."""
    gather(tree, facts)
    return list(dict.fromkeys(_of_version(tree, facts)))


def problems_of(whole: Whole, facts: Facts) -> list[Problem]:
    """The same of a tree that was read whole. One query."""
    _gathered(whole.version, facts, whole.product_items)
    return list(dict.fromkeys(_of_version(whole.version, facts)))


def gather(tree: PricingPlanVersion, facts: Facts) -> None:
    """Read what the tree is judged by."""
    _gathered(tree, facts, priced.items(tree))


def _gathered(tree: PricingPlanVersion, facts: Facts, items: dict[int, ProductItem]) -> None:
    facts.items = items
    meters = {each.meter_id for each in calculations(list(facts.items.values()))}
    facts.properties, facts.optional = priced.properties(tree.platform, meters)
    facts.currencies = tuple(tree.pricing_currencies)
    facts.billing_periods = tuple(
        Period(PeriodType(option["period"]["type"]), option["period"]["value"])
        for option in tree.billing_periods
    )


def _of_version(tree: PricingPlanVersion, facts: Facts) -> Iterator[Problem]:
    if tree.pricing_plan.variant == PlanVariant.RATE_CARD:
        yield Problem("pricing_plan_id", "rate cards cannot be billed yet")
    categories: list[Any] = tree.categories  # type: ignore[attr-defined]
    if not any(category.ungrouped or category.pricing_groups.all() for category in categories):
        yield Problem("pricing_categories", "a version needs at least one pricing")
    yield from of_categories(categories, facts)


def of_categories(categories: Sequence[Any], facts: Facts) -> Iterator[Problem]:
    """Is everything in these pricing categories billable?"""
    for index, category in enumerate(categories):
        at = f"pricing_categories.{index}"
        for position, pricing in enumerate(category.ungrouped):
            yield from of_pricing(pricing, f"{at}.pricings.{position}", facts)
        for place, group in enumerate(category.pricing_groups.all()):
            yield from _of_group(group, f"{at}.pricing_groups.{place}", facts)


def _of_group(group: Any, at: str, facts: Facts) -> Iterator[Problem]:
    """A group has something to choose; alternatives that exclude each other may price the same items."""
    pricings = group.pricings.all()
    if not pricings and group.selection_constraint in NEEDS_ONE:
        yield Problem(f"{at}.pricings", f"{group.selection_constraint} needs a pricing to choose")
    before, seen = set(facts.seen), set(facts.seen)
    for position, pricing in enumerate(pricings):
        if group.selection_constraint in AT_MOST_ONE:
            facts.seen = set(before)
        yield from of_pricing(pricing, f"{at}.pricings.{position}", facts)
        seen |= facts.seen
    facts.seen = seen


def of_pricing(pricing: Any, at: str, facts: Facts) -> Iterator[Problem]:
    """Is everything in it in use, complete and billable?"""
    for index, link in enumerate(pricing.product_links.all()):
        if link.product.status != Status.ACTIVE:
            yield Problem(f"{at}.product_ids.{index}", f"the product is {link.product.status}, not ACTIVE")
    items = pricing.items.all()
    if not items and not pricing.entitlements.all():
        yield Problem(f"{at}.items", "a pricing needs items or entitlements")
    for index, granted in enumerate(pricing.entitlements.all()):
        if entitlements.is_empty(feature=granted.feature, value=granted.value):
            what = f"the entitlement to {granted.feature.reference} has no value"
            yield Problem(f"{at}.entitlements.{index}", what)
    for index, item in enumerate(items):
        yield from _of_item(item, f"{at}.items.{index}", facts)


def _of_item(item: Any, at: str, facts: Facts) -> Iterator[Problem]:
    product_items = [facts.items[link.product_item_id] for link in item.product_item_links.all()]
    if not product_items:
        yield Problem(f"{at}.product_item_ids", "value required, but not set")
        return
    yield from activation_items.problems(product_items, f"{at}.product_item_ids", facts)
    choices = activation_choices.of_item(item, at)
    for choice in choices:
        yield from activation_rules.of_choice(choice, product_items, facts)
    yield from activation_choices.problems(item, choices, at, facts)


def key(ctx: Context, facts: Facts) -> None:
    """Let usage be told apart by the properties that the rules ask for, meter by meter in key order."""
    for meter, properties in sorted(facts.asked.items(), key=lambda pair: pair[0].pk):
        rows: list[MeterProperty] = sorted(properties, key=lambda row: row.pk)
        keying.ensure_keyed(ctx=ctx, meter=meter, properties=rows)
