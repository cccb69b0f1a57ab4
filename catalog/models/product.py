"""The product: what is sold."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform, TenantModel, known, unique_reference
from catalog.models.choices import ProductType, Status, TaxCategory
from catalog.models.feature import Feature
from catalog.models.product_category import ProductCategory


class Product(TenantModel):
    """Sold in plans through its product items."""

    prefix = "prod"
    object_type = "PRODUCT"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000)
    description = models.TextField(null=True, blank=True)
    category = models.ForeignKey(ProductCategory, on_delete=models.PROTECT, related_name="products")
    parent_product = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="child_products"
    )
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    product_type = models.CharField(max_length=16, choices=ProductType.choices, default=ProductType.DEFAULT)
    tax_category = models.CharField(
        max_length=16, choices=TaxCategory.choices, null=True, blank=True, help_text="Empty: as the category."
    )
    display_order = models.IntegerField(null=True, blank=True)
    customer_public_id = models.CharField(
        max_length=32, null=True, blank=True, help_text="Set where this is private to one customer."
    )

    class Meta:
        constraints = [
            unique_reference("product"),
            known("status", Status, model="product"),
            known("product_type", ProductType, model="product"),
            known("tax_category", TaxCategory, model="product"),
        ]


class ProductFeature(models.Model):
    """A feature that a product carries, at its place in the product's list."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="feature_links")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="product_links")
    position = models.PositiveIntegerField()

    class Meta:
        verbose_name = "product"
        verbose_name_plural = "features of products"
        constraints = [models.UniqueConstraint(fields=["product", "feature"], name="product_feature_unique")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.feature_id}"
