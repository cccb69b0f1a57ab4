"""Products & plans > Product catalog: categories, products and their items as one tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from catalog.models import PricingItemProductItem, Product, ProductItem, Status
from catalog.selectors import products as selectors
from desk import palette
from desk.components.actions import Action
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.editors.products import MODELS, TYPES, item_words
from desk.operators import Operator
from desk.palette import Jump, Named
from desk.screens.lists import ListScreen
from desk.screens.products_plans.product_moves import calls_to_move
from desk.services import product_setup
from desk.tables import Bulk, Choice, Column, Figure, Moment, Table, statuses, unless
from desk.tables import Status as StatusColumn

EXAMPLE = Call(
    "POST",
    "/v1/products",
    {"category_id": "platform", "name": "API", "reference": "api", "status": "ACTIVE"},
)


def _calls_to_archive(rows: Sequence[Product]) -> list[Call]:
    """Each product with those of its items that go with it: one query for the items of all."""
    found: dict[int, list[ProductItem]] = defaultdict(list)
    for item in ProductItem.objects.filter(product__in=rows).order_by("pk"):
        found[item.product_id].append(item)
    return [call for row in rows for call in calls_to_move("archive", row, found[row.pk])]


class ProductCatalog(ListScreen):
    """A row per product, under its category, with its items below it."""

    permission = "PRODUCT.VIEW"
    template = "desk/products_plans/catalog.html"
    description = "What you sell. Each item becomes a line on the invoice."
    table = Table(
        key="product-catalog",
        one="product",
        many="products",
        default="category",
        columns=[
            Column(name="name", label="Name", of="name", more="reference", sort="name"),
            Column(name="category", label="Category", of="category.name", sort="category__name"),
            Figure(name="items", label="Items", of=lambda row: len(row.shown_items)),
            Figure(name="plans", label="Used in plans", of="plan_count"),
            StatusColumn(name="status", of="status", sort="status"),
            Moment(name="created", label="Created", of="created_at", sort="created_at", optional=True),
        ],
        filters=[
            statuses(Status.values),
            Choice(
                name="model",
                label="Model",
                path="items__model_type",
                choices=[(name, label) for name, (label, _) in MODELS.items()],
            ),
            Choice(
                name="type",
                label="On the invoice",
                path="items__type",
                choices=[(name, label.partition(".")[0]) for name, label in TYPES],
            ),
        ],
        search=("name", "reference", "public_id", "category__name", "items__name", "items__reference"),
        bulk=[
            Bulk(
                name="archive",
                label="Archive",
                permission="PRODUCT.STATUS.UPDATE",
                run=product_setup.archive,
                calls=_calls_to_archive,
                refuses=unless("DRAFT", "ACTIVE", "DEPRECATED"),
                says="Archived products are hidden with their items and can no longer be changed.",
            )
        ],
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        """Three things to start from, each a form that is filled in already."""
        new = reverse("desk:product-new")
        return Empty(
            "Add what you sell",
            "A product holds the items that you charge for: usage, a fee every period, or a single charge.",
            Action("New product", new, "PRODUCT.CREATE", "primary"),
            Action("Use the API calls example", f"{new}?example=usage", "PRODUCT.CREATE", "ghost"),
            call=EXAMPLE,
        )

    def rows(self) -> QuerySet[Any]:
        rows = Product.objects.for_platform(self.operator.platform).select_related("category")
        return rows.distinct()

    def decorated(self, rows: list[Any]) -> list[Any]:
        """Each product with its items and in how many plans they are priced: two queries."""
        found: dict[int, list[ProductItem]] = defaultdict(list)
        items = selectors.items(self.operator.platform).filter(product__in=rows).prefetch_related(None)
        for item in items.select_related("meter_value_calculation__meter").order_by("name", "pk"):
            found[item.product_id].append(item)
        plans = plan_counts(self.operator.platform.pk, [item.pk for each in found.values() for item in each])
        last = ""
        for row in rows:
            row.shown_items = found[row.pk]
            for item in row.shown_items:
                item.model_word = item_words(item)  # type: ignore[attr-defined]
                item.plan_count = plans.get(item.pk, 0)
            row.plan_count = max((item.plan_count for item in row.shown_items), default=0)
            row.opens_category = row.category.name != last
            last = row.category.name
        return rows

    def href(self, row: Any) -> str:
        return reverse("desk:product", args=[row.public_id])

    def actions(self) -> list[Action]:
        return [Action("New product", reverse("desk:product-new"), "PRODUCT.CREATE", "primary", key="n")]

    def call(self) -> Call:
        return Call("GET", "/v1/products")


def plan_counts(platform_id: int, items: list[int]) -> dict[int, int]:
    """Product item -> in how many pricing plans it has a price."""
    links = PricingItemProductItem.objects.filter(platform_id=platform_id, product_item_id__in=items)
    counted = links.values("product_item_id").annotate(plans=Count("version__pricing_plan", distinct=True))
    return {row["product_item_id"]: row["plans"] for row in counted}


def products_like(operator: Operator, text: str) -> QuerySet[Any]:
    """Products by name, reference or id of their own or of an item."""
    rows = Product.objects.for_platform(operator.platform)
    named = Q(name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    items = ProductItem.objects.for_platform(operator.platform).filter(named)
    named |= Q(pk__in=items.values("product"))
    return rows.filter(named)


palette.register(
    Named("Products", "tag", "PRODUCT.VIEW", products_like, "product", order=("name", "pk")),
    Jump("New product", "product-new", "PRODUCT.CREATE"),
)
