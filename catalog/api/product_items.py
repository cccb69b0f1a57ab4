"""``/v1/product-items``."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Searched, Updated, Upserted
from catalog.api.product_item_shape import ProductItemSerializer
from catalog.models import ProductItem, Status
from catalog.selectors import products as selectors
from catalog.services import product_items
from kit.api.filters import Equals, Linked, NotYet, OneOf


class ProductItemViewSet(Listed, Retrieved, Created, Updated, Upserted, Deleted, Searched):
    """Product items."""

    tag = "productItems"
    permissions = crud(
        "PRODUCT_ITEM",
        activate="PRODUCT_ITEM.ACTIVATE",
        deprecate="PRODUCT_ITEM.DEPRECATE",
        archive="PRODUCT_ITEM.ARCHIVE",
    )
    model = ProductItem
    serializer_class = ProductItemSerializer
    service: ClassVar[ModuleType] = product_items
    selector = selectors.items
    by_reference = True
    filters = [
        Linked("product_id", "product"),
        NotYet("custom_field"),
        Equals("customer_id", "customer_public_id"),
        OneOf("statuses[]", "status", tuple(Status.values)),
    ]
    orderable = {
        name: name for name in ("name", "reference", "status", "display_order", "created_at", "updated_at")
    }
    searchable = {
        "id": "public_id",
        "name": "name",
        "reference": "reference",
        "description": "description",
        "status": "status",
        "type": "type",
        "model_type": "model_type",
        "product_id": "product__public_id",
        "customer_id": "customer_public_id",
    }
    requests: dict[str, Any] = {"activate": None, "deprecate": None, "archive": None}

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Open the item for use; a usage-based item needs its calculation."""
        return self._moved(product_items.activate)

    @action(detail=True, methods=["post"])
    def deprecate(self, request: Request, pk: str) -> Response:
        """Close the item to new use."""
        return self._moved(product_items.deprecate)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Hide the item."""
        return self._moved(product_items.archive)

    def _moved(self, verb: Callable[..., ProductItem]) -> Response:
        return self.one(verb(ctx=self.ctx, instance=self.instance()))
