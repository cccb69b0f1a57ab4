"""Where products and items go: activate, deprecate, archive, delete them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.urls import reverse

from catalog.models import Product, ProductItem, Status
from catalog.selectors import products as selectors
from catalog.services import product_items, products
from desk.components.curl import Call
from desk.screens.moves import MoveScreen
from desk.screens.products_plans import product_changes
from desk.services import product_setup

# verb: (button, past, permission's last word, what it means for a product, for an item)
VERBS = {
    "activate": ("Activate", "activated", "It can be put into pricing plans, and what it is stays fixed."),
    "deprecate": (
        "Deprecate",
        "deprecated",
        "It cannot be put into new plans. Plans that have it keep billing.",
    ),
    "archive": (
        "Archive",
        "archived",
        "It is hidden and can no longer be changed. Plans that have it keep billing.",
    ),
    "delete": ("Delete", "deleted", "It is removed for good. Only a draft that no plan prices can be."),
}
STATUSES = {"activate": Status.ACTIVE, "deprecate": Status.DEPRECATED, "archive": Status.ARCHIVED}


class Move(MoveScreen):
    """A product, and with it its items."""

    menu = "product-catalog"
    verbs, what = VERBS, "product"

    @property
    def permission(self) -> str:  # type: ignore[override]
        return "PRODUCT.DELETE" if self.kwargs["verb"] == "delete" else "PRODUCT.STATUS.UPDATE"

    @cached_property
    def row(self) -> Any:
        return product_changes.one(selectors.products(self.operator.platform), self.kwargs["pk"], "product")

    def consequences(self) -> list[tuple[str, str]]:
        return [*super().consequences(), *self.also()]

    def also(self) -> list[tuple[str, str]]:
        return [("tag", "Its items move with it.")] if self.kwargs["verb"] != "delete" else []

    def calls(self, form: Any) -> list[Call]:
        """The product and with it its items: items go first where the product goes for good."""
        verb, items = self.kwargs["verb"], list(self.row.items.order_by("pk"))
        if verb == "delete":
            return [
                *(_call(verb, "product-items", item) for item in items),
                _call(verb, "products", self.row),
            ]
        return calls_to_move(verb, self.row, items)

    def save(self, form: Any) -> str:
        verb = self.kwargs["verb"]
        if verb == "delete":
            products.delete_with_items(ctx=self.operator.ctx, instance=self.row)
            return reverse("desk:product-catalog")
        product_setup.move(ctx=self.operator.ctx, instance=self.row, verb=verb)
        return self.cancel_url()

    def cancel_url(self) -> str:
        return reverse("desk:product", args=[self.row.public_id])


class MoveItem(Move):
    """The same for one item."""

    what = "item"

    @property
    def permission(self) -> str:  # type: ignore[override]
        return f"PRODUCT_ITEM.{self.kwargs['verb'].upper()}"

    @cached_property
    def row(self) -> Any:
        return product_changes.one(selectors.items(self.operator.platform), self.kwargs["pk"], "product item")

    def also(self) -> list[tuple[str, str]]:
        return []

    def calls(self, form: Any) -> list[Call]:
        return [_call(self.kwargs["verb"], "product-items", self.row)]

    def save(self, form: Any) -> str:
        url = self.cancel_url()
        getattr(product_items, self.kwargs["verb"])(ctx=self.operator.ctx, instance=self.row)
        return url

    def cancel_url(self) -> str:
        return reverse("desk:product", args=[self.row.product.public_id])


def calls_to_move(verb: str, product: Product, items: Sequence[ProductItem]) -> list[Call]:
    """The product, and those of its items that can follow it."""
    following = [item for item in items if product_items.FLOW.allows(item.status, STATUSES[verb])]
    return [_call(verb, "products", product), *(_call(verb, "product-items", item) for item in following)]


def _call(verb: str, path: str, row: Any) -> Call:
    own = f"/v1/{path}/{row.public_id}"
    return Call("DELETE", own) if verb == "delete" else Call("POST", f"{own}/{verb}")
