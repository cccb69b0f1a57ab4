"""Writing the nodes of a price tree: everything is checked first, then one INSERT per table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from accounts.context import Context
from catalog.models import (
    Pricing,
    PricingCategory,
    PricingEntitlement,
    PricingGroup,
    PricingItem,
    PricingItemConfig,
    PricingItemConfigProperty,
    PricingItemProductItem,
    PricingPlanVersion,
    PricingProduct,
    ProductType,
    SelectionConstraint,
)
from catalog.services import configs, entitlements, tree_walk
from catalog.services.tree_links import Links, feature_key
from catalog.services.tree_walk import Node
from kit import ids
from kit.errors import InvalidField

PARENTS_FIRST = (
    PricingCategory,
    PricingGroup,
    Pricing,
    PricingProduct,
    PricingEntitlement,
    PricingItem,
    PricingItemProductItem,
    PricingItemConfig,
    PricingItemConfigProperty,
)
ENTITLEMENT_LINK = ("feature_id", "feature_reference", "overwrite")


class Writer:
    """Gathers the rows of one version's nodes; ``save`` inserts them.

    ``kept`` holds the public ids that the nodes had before they were replaced: a node that names
    one of them keeps it.
    """

    def __init__(
        self,
        *,
        ctx: Context,
        version: PricingPlanVersion,
        links: Links,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self.ctx = ctx
        self.version = version
        self.links = links
        self.kept = set(kept)
        self.rows: dict[Any, list[Any]] = defaultdict(list)
        self.moved: dict[str, str] = {}

    def save(self) -> None:
        """Insert what was gathered, parents first."""
        for model in PARENTS_FIRST:
            model.objects.bulk_create(self.rows[model])

    def category(self, node: Node, *, position: int, path: str) -> PricingCategory:
        """A pricing category with all below it."""
        product_category = self.links.categories[node["product_category"]["public_id"]]
        if any(row.product_category == product_category for row in self.rows[PricingCategory]):
            raise InvalidField("is named twice", field=f"{path}.product_category_id")
        row: PricingCategory = self._node(PricingCategory, node, position, product_category=product_category)
        self._pricings(node.get("ungrouped"), f"{path}.pricings", category=row)
        for index, (at, group) in enumerate(
            tree_walk.each(node.get("pricing_groups"), f"{path}.pricing_groups")
        ):
            self.group(group, position=index, path=at, category=row)
        return row

    def plain_category(self, product_category: Any, *, position: int) -> PricingCategory:
        """A pricing category with nothing below it yet."""
        row: PricingCategory = self._node(PricingCategory, {}, position, product_category=product_category)
        return row

    def group(
        self, node: Node, *, position: int, path: str, category: PricingCategory | None
    ) -> PricingGroup:
        """A pricing group with its pricings."""
        row: PricingGroup = self._node(
            PricingGroup,
            node,
            position,
            category=category,
            name=node.get("name"),
            product_type=node.get("product_type") or ProductType.DEFAULT,
            selection_constraint=node.get("selection_constraint") or SelectionConstraint.ANY,
        )
        if category:
            self._pricings(node.get("pricings"), f"{path}.pricings".lstrip("."), category=category, group=row)
        return row

    def pricing(
        self,
        node: Node,
        *,
        position: int,
        path: str,
        category: PricingCategory,
        group: PricingGroup | None = None,
    ) -> Pricing:
        """A pricing with all below it."""
        row: Pricing = self._node(
            Pricing,
            node,
            position,
            category=category,
            group=group,
            name=node.get("name"),
            product_type=node.get("product_type") or ProductType.DEFAULT,
            **_original(node),
        )
        self.below(row, node, path=path)
        return row

    def below(self, pricing: Pricing, node: Node, *, path: str) -> None:
        """The products, entitlements and items of a pricing, as far as the node names them."""
        products = [self.links.products[key] for key in node.get("product_links") or ()]
        for index, product in enumerate(dict.fromkeys(products)):
            self._link(PricingProduct, index, pricing=pricing, product=product)
        prefix = f"{path}." if path else ""
        self._entitlements(pricing, node, f"{prefix}entitlements")
        for index, (at, item) in enumerate(tree_walk.each(node.get("items"), f"{prefix}items")):
            self._item(item, index, at, pricing)

    def _pricings(self, nodes: Sequence[Node] | None, path: str, **parents: Any) -> None:
        for index, (at, node) in enumerate(tree_walk.each(nodes, path)):
            self.pricing(node, position=index, path=at, **parents)

    def _entitlements(self, pricing: Pricing, node: Node, path: str) -> None:
        seen = set()
        for index, (at, entry) in enumerate(tree_walk.each(node.get("entitlements"), path)):
            feature = self.links.features[feature_key(entry, at)]
            if feature in seen:
                raise InvalidField("is granted twice", field=f"{at}.feature_id")
            seen.add(feature)
            entitlements.assert_fits(feature=feature, entry=entry, path=at)
            value = {name: given for name, given in entry.items() if name not in ENTITLEMENT_LINK}
            value["override"] = bool(entry.get("override") or entry.get("overwrite"))
            self._link(PricingEntitlement, index, pricing=pricing, feature=feature, value=value)

    def _item(self, node: Node, position: int, path: str, pricing: Pricing) -> None:
        row: PricingItem = self._node(
            PricingItem,
            node,
            position,
            pricing=pricing,
            pricing_currency_configs=self._choices(node, "pricing_currency_configs", path),
            billing_period_configs=self._choices(node, "billing_period_configs", path),
            **_original(node),
        )
        items = [self.links.product_items[key] for key in node.get("product_item_links") or ()]
        for index, product_item in enumerate(dict.fromkeys(items)):
            self._link(PricingItemProductItem, index, pricing_item=row, product_item=product_item)
        for index, (at, config) in enumerate(tree_walk.each(node.get("configs"), f"{path}.configs")):
            self._config(config, index, at, row)

    def _config(self, node: Node, position: int, path: str, item: PricingItem) -> None:
        body, parsed, properties = configs.normalized(node, links=self.links, path=path)
        row: PricingItemConfig = self._node(
            PricingItemConfig,
            node,
            position,
            pricing_item=item,
            order=parsed.order,
            pricing_type=parsed.pricing_type.value,
            currency=parsed.currency,
            billing_in_advance=bool(node.get("billing_in_advance")),
            body=body,
        )
        for index, meter_property in enumerate(properties):
            self._link(PricingItemConfigProperty, index, config=row, meter_property=meter_property)

    def _choices(self, holder: Node, name: str, path: str) -> list[dict[str, Any]]:
        """Rules per currency or per billing period: stored as JSON, each rule judged and given its id."""
        chosen = []
        for at, choice in tree_walk.each(holder.get(name), f"{path}.{name}"):
            kept = {key: value for key, value in choice.items() if key != "configs"}
            rules = tree_walk.each(choice.get("configs"), f"{at}.configs")
            kept["configs"] = [
                {
                    **configs.normalized(node, links=self.links, path=inner)[0],
                    "id": self._public_id(PricingItemConfig, node.get("id")),
                }
                for inner, node in rules
            ]
            if "billing_period_configs" in choice:
                kept["billing_period_configs"] = self._choices(choice, "billing_period_configs", at)
            chosen.append(kept)
        return chosen

    def _node(self, model: Any, node: Node, position: int, **fields: Any) -> Any:
        row = model.stamped(
            platform=self.ctx.platform,
            at=self.ctx.at,
            version=self.version,
            position=position,
            display_order=node.get("display_order"),
            **fields,
        )
        row.public_id = self._public_id(model, node.get("public_id") or node.get("id"))
        self.rows[model].append(row)
        return row

    def _public_id(self, model: Any, given: str | None) -> str:
        """The id the node had before, or a new one. An id is given to one node only."""
        if given in self.kept and ids.looks_like(given, prefix=model.prefix):
            self.kept.discard(given)
            return given
        made = ids.new(model.prefix, at=self.ctx.at)
        if given:
            self.moved[given] = made
        return made

    def _link(self, model: Any, position: int, **fields: Any) -> None:
        row = model(platform=self.ctx.platform, version=self.version, position=position, **fields)
        self.rows[model].append(row)


def _original(node: Node) -> dict[str, Any]:
    """What it stands for, where ``original_prices`` says so: a plan's own prices stand for none."""
    return {"original": node.get("original_row"), "override": node.get("override_kind")}
