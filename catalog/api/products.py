"""``/v1/products``."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Searched, Updated, Upserted
from catalog.api.fields import (
    CustomerIdField,
    IdentityField,
    display_order_field,
    status_field,
    tax_category_field,
)
from catalog.models import Feature, Product, ProductCategory, ProductType, Status
from catalog.selectors import products as selectors
from catalog.services import product_items, products
from kit.api.fields import EnumField, ReferenceField, TextField, expanded, reserved
from kit.api.filters import Equals, Linked, NotYet, OneOf
from kit.api.links import LinkField
from kit.errors import InvalidField

ALIGN = OpenApiParameter(
    "align_product_item_status", {"type": "boolean"}, description="Move the product's items too."
)


class FeatureLinksField(serializers.ListField):
    """The features of a product: ``[{id, reference}]``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=IdentityField(Feature), max_length=100, **kwargs)

    def get_attribute(self, instance: Product) -> list[Feature]:
        return [link.feature for link in instance.feature_links.all()]


class ProductSerializer(serializers.Serializer):
    """What is sold; priced through its items."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    category_id = LinkField(ProductCategory, source="category")
    parent_product_id = LinkField(Product, source="parent_product", required=False, allow_null=True)
    name = TextField(required=True)
    reference = ReferenceField()
    description = TextField()
    status = status_field()
    product_type = EnumField(choices=ProductType.values, required=False, allow_null=True)
    tax_category = tax_category_field()
    features = FeatureLinksField(required=False, allow_null=True)
    display_order = display_order_field()
    customer_id = CustomerIdField()
    vars().update(expanded("category"))
    vars().update(reserved("custom_fields", "linked_integrations", "billing_entity_id"))


class ProductViewSet(Listed, Retrieved, Created, Updated, Upserted, Deleted, Searched):
    """Products."""

    tag = "products"
    permissions = crud(
        "PRODUCT",
        activate="PRODUCT.STATUS.UPDATE",
        deprecate="PRODUCT.STATUS.UPDATE",
        archive="PRODUCT.STATUS.UPDATE",
    )
    model = Product
    serializer_class = ProductSerializer
    service: ClassVar[ModuleType] = products
    selector = selectors.products
    by_reference = True
    filters = [
        OneOf("statuses[]", "status", tuple(Status.values)),
        Linked("product_category_id", "category"),
        Equals("customer_id", "customer_public_id"),
        NotYet("custom_field"),
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
        "product_type": "product_type",
        "category_id": "category__public_id",
        "customer_id": "customer_public_id",
    }
    parameters = {name: [ALIGN] for name in ("update", "destroy", "activate", "deprecate", "archive")}
    requests: dict[str, Any] = {"activate": None, "deprecate": None, "archive": None}

    def update(self, request: Request, pk: str) -> Response:
        """Change the fields that are sent; aligned items move with a new status."""
        aligned = self._aligned()
        answer = super().update(request, pk)
        if aligned and "status" in request.data:
            self._align()
        return answer

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a DRAFT that is not in use; with ``align_product_item_status`` its items go with it."""
        if not self._aligned():
            return super().destroy(request, pk)
        instance = self.instance()
        was = self.rendered(instance)
        products.delete_with_items(ctx=self.ctx, instance=instance)
        return Response(was)

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Open the product for use."""
        return self._moved(products.activate)

    @action(detail=True, methods=["post"])
    def deprecate(self, request: Request, pk: str) -> Response:
        """Close the product to new use."""
        return self._moved(products.deprecate)

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Hide the product."""
        return self._moved(products.archive)

    def _moved(self, verb: Callable[..., Product]) -> Response:
        aligned = self._aligned()
        product = verb(ctx=self.ctx, instance=self.instance())
        if aligned:
            self._align()
        return self.one(product)

    def _align(self) -> None:
        product = self.instance()
        product_items.align(ctx=self.ctx, product=product, status=product.status)

    def _aligned(self) -> bool:
        raw = self.request.query_params.get("align_product_item_status", "false")
        if raw not in ("true", "false"):
            raise InvalidField("must be true or false", field="align_product_item_status")
        return bool(raw == "true")
