"""The prices of one schedule alone: a hidden plan with one version, whose tree billing asks for.

It holds the pricings that stand for those of the schedule's plan (overrides), and further ones. Its tree is
judged as at an activation when it is written; it stays a DRAFT, because whoever owns the schedule decides
until when it may change, and is written anew as a whole where more than its numbers differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.context import Context
from catalog.models import (
    PlanType,
    Pricing,
    PricingCategory,
    PricingItemConfig,
    PricingPlan,
    PricingPlanVersion,
)
from catalog.selectors import plans
from catalog.services import activation, original_prices, own_price_numbers, tree_links, tree_walk, trees
from catalog.services.activation_facts import Facts
from catalog.services.tree_walk import Node, Placed
from catalog.services.tree_write import Writer
from kit.errors import InvalidField

OVERRIDES, CATEGORIES = "override_pricings", "pricing_categories"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose prices they are: a schedule, with its plan's version (None without a plan)."""

    schedule_id: str
    name: str
    customer_id: str
    currency: str
    plan: PricingPlanVersion | None = None


class Planted(NamedTuple):
    """The version with its tree, and the new id of every node that could not keep the one it was named by."""

    version: PricingPlanVersion
    moved: Mapping[str, str]


def plant(
    *,
    ctx: Context,
    holder: Holder,
    overrides: Sequence[Node],
    categories: Sequence[Node],
    kept: frozenset[str] = frozenset(),
) -> Planted:
    """Write and judge the tree. Raises InvalidField, MissingField or ReferencedNotFound naming the field.

    Nodes that name one of the ids in ``kept`` keep it.
    """
    version = _version(ctx, holder)
    filled = original_prices.filled(ctx.platform, holder.plan, overrides, OVERRIDES)
    placed = list(tree_walk.each(categories, CATEGORIES))
    pricings: list[Placed] = [*filled, *tree_walk.pricings(categories, CATEGORIES)]
    links = tree_links.resolve(ctx.platform, pricings=pricings, categories=placed)
    writer = Writer(ctx=ctx, version=version, links=links, kept=kept)
    for position, (at, further_node) in enumerate(placed):
        writer.category(further_node, position=position, path=at)
    paths: dict[str, str] = {}
    for position, (at, node) in enumerate(filled):
        category = _category(writer, links.products[node["product_links"][0]].category)
        row = writer.pricing(node, position=position, path=at, category=category)
        paths[row.public_id] = at
    writer.save()
    tree = plans.trees(ctx.platform).get(pk=version.pk)
    _judge(ctx, tree, paths, holder.plan)
    return Planted(tree, writer.moved)


def other_numbers(
    *, ctx: Context, plan: PricingPlanVersion, version: PricingPlanVersion, overrides: Sequence[Node]
) -> list[PricingItemConfig] | None:
    """The rules of ``version`` that these overrides give other numbers; None where they say more than that.

    The tree comes loaded, and has the new numbers afterwards: ``store_numbers`` writes them. Raises what
    ``plant`` raises.
    """
    if further(version):
        return None
    filled = original_prices.filled(ctx.platform, plan, overrides, OVERRIDES)
    rows = standing(version)
    found = own_price_numbers.changed(ctx.platform, filled, rows)
    if found is None:
        return None
    for row, body in found:
        row.body, row.updated_at = body, ctx.at
    if found:
        version.platform = ctx.platform
        paths = {row.public_id: at for row, (at, _) in zip(rows, filled, strict=True)}
        _judge(ctx, version, paths, plan)
    return [row for row, _ in found]


def store_numbers(rows: Sequence[PricingItemConfig]) -> None:
    """Write them, once nothing is read any more that is kept under the platform's counter."""
    if rows:
        PricingItemConfig.objects.bulk_update(rows, ["body", "updated_at"])


def loaded(version: PricingPlanVersion) -> PricingPlanVersion:
    """The version with its tree, read where it was not loaded with it."""
    return version if hasattr(version, "categories") else plans.trees(version.platform).get(pk=version.pk)


def uproot(version: PricingPlanVersion) -> frozenset[str]:
    """Delete the tree of a version that another replaces, and give its names free; the ids of its nodes."""
    known = trees.ids(version)
    PricingCategory.objects.filter(platform=version.platform, version=version).delete()
    plan = version.pricing_plan
    plan.schedule_public_id, plan.reference = None, f"{plan.reference}-replaced"
    plan.save(update_fields=["schedule_public_id", "reference"])
    return known


def drop(version: PricingPlanVersion) -> None:
    """Delete the version, which no schedule has any more, with its plan."""
    plan = version.pricing_plan
    version.delete()
    plan.delete()


def nodes(version: PricingPlanVersion) -> tuple[list[Node], list[Node]]:
    """(the overrides, the categories) of a version as the bodies that would plant it again."""
    tree = loaded(version)
    return [trees.pricing_node(each) for each in standing(tree)], trees.category_nodes(further(tree))


def standing(tree: PricingPlanVersion) -> list[Pricing]:
    """The pricings of the tree that stand for the plan's, in the order in which they were given."""
    every = [each for category in tree.categories for each in category.ungrouped]  # type: ignore[attr-defined]
    return sorted((each for each in every if each.original_id), key=lambda each: each.position)


def further(tree: PricingPlanVersion) -> list[PricingCategory]:
    """Its categories without them; what is left empty is left out."""
    kept: list[Any] = []
    for category in tree.categories:  # type: ignore[attr-defined]
        rest = copy(category)
        rest.ungrouped = [each for each in category.ungrouped if each.original_id is None]
        if rest.ungrouped or rest.pricing_groups.all():
            kept.append(rest)
    return kept


def _version(ctx: Context, holder: Holder) -> PricingPlanVersion:
    fields = {"schedule_public_id": holder.schedule_id, "reference": holder.schedule_id}
    amount_type = {"amount_type": holder.plan.pricing_plan.amount_type} if holder.plan else {}
    plan = PricingPlan.stamped(
        platform=ctx.platform,
        at=ctx.at,
        name=holder.name,
        type=PlanType.CUSTOM,
        customer_public_id=holder.customer_id,
        pricing_currencies=[holder.currency],
        **fields,
        **amount_type,
    )
    plan.save(force_insert=True)
    version: PricingPlanVersion = PricingPlanVersion.stamped(
        platform=ctx.platform,
        at=ctx.at,
        pricing_plan=plan,
        version=1,
        default_pricing_currency=holder.currency,
        pricing_currencies=[holder.currency],
    )
    version.save(force_insert=True)
    return version


def _category(writer: Writer, product_category: Any) -> PricingCategory:
    known: list[PricingCategory] = writer.rows[PricingCategory]
    found = next((row for row in known if row.product_category == product_category), None)
    return found or writer.plain_category(product_category, position=len(known))


def _judge(
    ctx: Context, tree: PricingPlanVersion, paths: Mapping[str, str], plan: PricingPlanVersion | None
) -> None:
    """The schedule needs prices in its currency; beside them may stand those that its plan has in others."""
    facts = Facts(beside=tuple(plan.pricing_currencies) if plan else ())
    activation.gather(tree, facts)
    found = [
        problem
        for pricing in standing(tree)
        for problem in activation.of_pricing(pricing, paths[pricing.public_id], facts)
    ]
    found += activation.of_categories(further(tree), facts)
    for problem in found:
        raise InvalidField(problem.message, field=problem.field)
    activation.key(ctx, facts)
