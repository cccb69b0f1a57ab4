"""Single pricings and groups of a schedule's own prices: one node of its tree is added, changed, removed.

The tree is written anew as a whole by whoever owns the schedule (``ports.Schedules``); nodes keep their ids.
A pricing that names an ``original`` stands for one of the plan; any other is one more, below its product
category.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from accounts.context import Context
from accounts.models import Platform
from catalog import ports
from catalog.models import Pricing, PricingGroup, PricingPlanVersion
from catalog.ports import Prices
from catalog.services import tree_links
from catalog.services.own_prices import CATEGORIES, OVERRIDES
from catalog.services.tree_walk import Node
from kit.errors import InvalidField, MissingField, TallydeskError

SCHEDULE = "schedule_id"
# What an update does not change: where the node stands.
PLACE = frozenset(("public_id", "version", "group", SCHEDULE, "original", "override"))
Row = Pricing | PricingGroup


def owner(row: Row) -> str | None:
    """The id of the schedule that has it for itself."""
    return row.version.pricing_plan.schedule_public_id


def create(*, ctx: Context, model: type[Row], fields: Node) -> Row:
    """A pricing or a group with its pricings, of the schedule that ``fields`` names."""
    node = {
        name: value
        for name, value in fields.items()
        if name not in ("public_id", "version", "group", SCHEDULE)
    }
    group: PricingGroup | None = fields.get("group")
    known: set[str] = set()
    edit = _Edit(ctx.platform)

    def add(overrides: Sequence[Node], categories: Sequence[Node]) -> Prices:
        edit.read(overrides, categories)
        known.update(node["public_id"] for _, node in edit.placed(model))
        edit.add(model, node, group)
        return edit.prices

    version = edit.run(ctx, fields[SCHEDULE], add)
    rows: Any = model.objects.filter(platform=ctx.platform, version=version)
    made: Row = rows.exclude(public_id__in=known).latest("pk")
    return made


def update(*, ctx: Context, instance: Row, fields: Node) -> Row:
    """Change the given fields of a node; the lists that are sent take the place of the old ones."""
    if fields.get(SCHEDULE, owner(instance)) != owner(instance) or fields.get("version"):
        raise InvalidField("it stays with its schedule", field="pricing_plan_schedule_id")
    values = {name: value for name, value in fields.items() if name not in PLACE}
    edit = _Edit(ctx.platform)

    def change(overrides: Sequence[Node], categories: Sequence[Node]) -> Prices:
        edit.read(overrides, categories)
        edit.find(instance).update(values)
        return edit.prices

    version = edit.run(ctx, owner(instance) or "", change)
    rows: Any = type(instance).objects.filter(platform=ctx.platform, version=version)
    changed: Row = rows.get(public_id=instance.public_id)
    return changed


def delete(*, ctx: Context, instance: Row) -> None:
    """Remove a node; where it stood for one of the plan, the plan's price holds again."""
    edit = _Edit(ctx.platform)

    def remove(overrides: Sequence[Node], categories: Sequence[Node]) -> Prices:
        edit.read(overrides, categories)
        edit.remove(instance)
        return edit.prices

    edit.run(ctx, owner(instance) or "", remove)


class _Edit:
    """One change to the bodies of a schedule's prices; ``path`` is where the node in question stands."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.overrides: list[Node] = []
        self.categories: list[Node] = []
        self.path = ""

    @property
    def prices(self) -> Prices:
        return self.overrides, self.categories

    def run(
        self, ctx: Context, schedule_id: str, edit: Callable[[Sequence[Node], Sequence[Node]], Prices]
    ) -> PricingPlanVersion | None:
        """Have it written; errors name their field within the node."""
        try:
            return ports.schedules().reprice(ctx=ctx, schedule_id=schedule_id, edit=edit)
        except TallydeskError as error:
            if self.path and error.field:
                error.field = error.field.removeprefix(f"{self.path}.")
            raise

    def read(self, overrides: Sequence[Node], categories: Sequence[Node]) -> None:
        self.overrides, self.categories = list(overrides), deepcopy(list(categories))

    def placed(self, model: type[Row]) -> Iterator[tuple[str, Node]]:
        """The nodes of this kind with their paths; those that stand below others too."""
        if model is Pricing:
            for place, node in enumerate(self.overrides):
                yield f"{OVERRIDES}.{place}", node
        for index, category in enumerate(self.categories):
            at = f"{CATEGORIES}.{index}"
            yield from self._below(at, category, model)

    def _below(self, at: str, category: Node, model: type[Row]) -> Iterator[tuple[str, Node]]:
        for place, group in enumerate(category["pricing_groups"]):
            inner = f"{at}.pricing_groups.{place}"
            if model is PricingGroup:
                yield inner, group
            else:
                yield from (
                    (f"{inner}.pricings.{number}", each) for number, each in enumerate(group["pricings"])
                )
        if model is Pricing:
            for place, node in enumerate(category["ungrouped"]):
                yield f"{at}.pricings.{place}", node

    def find(self, row: Row) -> Node:
        """The node that is the row."""
        for path, node in self.placed(type(row)):
            if node["public_id"] == row.public_id:
                self.path = path
                return node
        raise InvalidField("has been removed meanwhile", field="id")

    def add(self, model: type[Row], node: Node, group: PricingGroup | None) -> None:
        """Put it where it belongs."""
        if model is Pricing and node.get("original"):
            self.overrides.append(node)
            self.path = f"{OVERRIDES}.{len(self.overrides) - 1}"
            return
        if group is not None:
            if all(each["public_id"] != group.public_id for _, each in self.placed(PricingGroup)):
                raise InvalidField("belongs to other prices", field="pricing_group_id")
            members = self.find(group)["pricings"]
            members.append(node)
            self.path = f"{self.path}.pricings.{len(members) - 1}"
            return
        index, category = self._category(node if model is Pricing else _first(node))
        name, path = ("ungrouped", "pricings") if model is Pricing else ("pricing_groups", "pricing_groups")
        category[name].append(node)
        self.path = f"{CATEGORIES}.{index}.{path}.{len(category[name]) - 1}"

    def remove(self, row: Row) -> None:
        """Take it out, with a category of which nothing is left."""
        self.find(row)
        self.overrides = [each for each in self.overrides if each["public_id"] != row.public_id]
        for category in self.categories:
            holders = [(category, "ungrouped"), (category, "pricing_groups")]
            holders += [(group, "pricings") for group in category["pricing_groups"]]
            for holder, name in holders:
                holder[name] = [each for each in holder[name] if each["public_id"] != row.public_id]
        self.categories = [each for each in self.categories if each["ungrouped"] or each["pricing_groups"]]

    def _category(self, pricing: Node) -> tuple[int, Node]:
        """The category of the pricing's first product, a new one where there is none."""
        if not pricing.get("product_links"):
            raise MissingField(field="product_ids")
        links = tree_links.resolve(self.platform, pricings=[("", pricing)])
        named = links.products[pricing["product_links"][0]].category.public_id
        for index, category in enumerate(self.categories):
            if category["product_category"]["public_id"] == named:
                return index, category
        self.categories.append(
            {"product_category": {"public_id": named}, "ungrouped": [], "pricing_groups": []}
        )
        return len(self.categories) - 1, self.categories[-1]


def _first(group: Node) -> Node:
    members: Sequence[Node] = group.get("pricings") or ()
    if not members:
        raise MissingField("a group of a schedule has at least one pricing", field="pricings")
    return members[0]
