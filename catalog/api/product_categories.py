"""``/v1/product-categories``."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Searched, Updated, Upserted
from catalog.api.fields import CustomerIdField, display_order_field, tax_category_field
from catalog.models import ProductCategory
from catalog.selectors import products as selectors
from catalog.services import product_categories
from kit.api.fields import ReferenceField, TextField
from kit.api.filters import Equals


class ProductCategorySerializer(serializers.Serializer):
    """The top of the catalog, with the tax category that holds below it."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    name = TextField(required=True)
    reference = ReferenceField()
    description = TextField()
    tax_category = tax_category_field()
    display_order = display_order_field()
    customer_id = CustomerIdField()


class ProductCategoryViewSet(Listed, Retrieved, Created, Updated, Upserted, Deleted, Searched):
    """Product categories."""

    tag = "productCategories"
    permissions = crud("PRODUCT_CATEGORY")
    model = ProductCategory
    serializer_class = ProductCategorySerializer
    service: ClassVar[ModuleType] = product_categories
    selector = selectors.categories
    by_reference = True
    filters = [Equals("customer_id", "customer_public_id")]
    orderable = {name: name for name in ("name", "reference", "display_order", "created_at", "updated_at")}
    searchable = {
        "id": "public_id",
        "name": "name",
        "reference": "reference",
        "description": "description",
        "tax_category": "tax_category",
        "customer_id": "customer_public_id",
    }
