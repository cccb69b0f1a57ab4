"""A product: its items, the plans that price them, what can be done to it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import PricingItemProductItem, Product, Status
from catalog.selectors import products as selectors
from desk import navigation
from desk.components.actions import Action
from desk.components.badges import word
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.products import item_words
from desk.screens.details import DetailScreen, Tab
from desk.screens.products_plans.catalog_list import plan_counts


class ProductDetail(DetailScreen):
    """Tabs: items, plans, activity, API object."""

    permission = "PRODUCT.VIEW"
    menu = "product-catalog"
    model = Product
    route = "product"
    template = "desk/products_plans/product.html"

    def rows(self) -> QuerySet[Any]:
        return selectors.products(self.operator.platform)

    def facts(self) -> list[Fact]:
        tax = word(self.row.tax_category) if self.row.tax_category else "As the category"
        return [
            Fact("Category", self.row.category.name),
            Fact("Tax category", tax),
            Fact("Description", self.row.description or "None"),
        ]

    def tabs(self) -> list[Tab]:
        self.items = list(
            selectors.items(self.operator.platform)
            .filter(product=self.row)
            .prefetch_related(None)
            .select_related("meter_value_calculation__meter")
            .order_by("name", "pk")
        )
        return [
            Tab("items", "Items", "desk/products_plans/product_items.html", len(self.items)),
            Tab("plans", "Plans", "desk/products_plans/product_plans.html"),
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name == "items":
            return self._items()
        if tab.name == "plans":
            return {"plans": self._plans()}
        return {}

    def _items(self) -> dict[str, Any]:
        counts = plan_counts(self.operator.platform.pk, [item.pk for item in self.items])
        for item in self.items:
            item.plan_count = counts.get(item.pk, 0)  # type: ignore[attr-defined]
            item.model_word = item_words(item)  # type: ignore[attr-defined]
        used = any(counts.values())
        active = self.row.status == Status.ACTIVE and bool(self.items)
        plans = navigation.address("pricing-plan-new") if active and not used else ""
        return {"items": self.items, "next_plan": plans, "can_edit": self.row.status != Status.ARCHIVED}

    def _plans(self) -> list[Any]:
        links = PricingItemProductItem.objects.filter(
            platform=self.operator.platform, product_item__product=self.row
        ).select_related("version__pricing_plan", "product_item")
        return list(links.order_by("version__pricing_plan__name", "-version__version", "pk"))

    def actions(self) -> list[Action]:
        row = self.row
        if row.status == Status.ARCHIVED:
            return []
        found = [
            Action("Edit", reverse("desk:product-edit", args=[row.public_id]), "PRODUCT.UPDATE", key="e"),
        ]
        add = reverse("desk:product-item-new", args=[row.public_id])
        if row.status == Status.DRAFT:
            found.append(Action("Add item", add, "PRODUCT_ITEM.CREATE"))
            found.append(self.move("activate", "Activate", "primary"))
        else:
            found.append(Action("Add item", add, "PRODUCT_ITEM.CREATE", "primary", key="n"))
        return found

    def more(self) -> list[Action]:
        status = self.row.status
        found = []
        if status == Status.ACTIVE:
            found.append(self.move("deprecate", "Deprecate"))
        if status != Status.ARCHIVED:
            found.append(self.move("archive", "Archive"))
        if status == Status.DRAFT:
            found.append(self.move("delete", "Delete", "bad", "PRODUCT.DELETE"))
        return found

    def move(self, verb: str, label: str, style: str = "", permission: str = "") -> Action:
        """A dialog that says what the change means, then makes it."""
        url = reverse("desk:product-move", args=[self.row.public_id, verb])
        return Action(label, url, permission or "PRODUCT.STATUS.UPDATE", style, opens="dialog")

    def call(self) -> Call | None:
        return Call("GET", f"/v1/products/{self.row.public_id}") if hasattr(self, "row") else None
