"""The product item: what becomes a line of an invoice."""

from __future__ import annotations

from django.db import models

from accounts.models import Platform, TenantModel, known, unique_reference
from catalog.models.choices import ItemType, ModelType, Status, TaxCategory
from catalog.models.product import Product
from metering.models import MeterValueCalculation


class ProductItem(TenantModel):
    """A part of a product that is priced by itself."""

    prefix = "proi"
    object_type = "PRODUCT_ITEM"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000)
    description = models.TextField(null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="items")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.DRAFT)
    type = models.CharField(max_length=16, choices=ItemType.choices, default=ItemType.REVENUE)
    model_type = models.CharField(max_length=32, choices=ModelType.choices)
    meter_value_calculation = models.ForeignKey(
        MeterValueCalculation, on_delete=models.PROTECT, null=True, blank=True, related_name="product_items"
    )
    tiering_meter_value_calculation = models.ForeignKey(
        MeterValueCalculation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tiered_product_items",
        help_text="Where another quantity than the billed one decides the tier.",
    )
    conditions = models.JSONField(
        null=True, blank=True, help_text="usage_based.conditions: which events count for this item."
    )
    tax_category = models.CharField(
        max_length=16, choices=TaxCategory.choices, null=True, blank=True, help_text="Empty: as the product."
    )
    display_order = models.IntegerField(null=True, blank=True)
    unit_name_singular = models.CharField(max_length=200, null=True, blank=True)
    unit_name_plural = models.CharField(max_length=200, null=True, blank=True)
    customer_public_id = models.CharField(
        max_length=32, null=True, blank=True, help_text="Set where this is private to one customer."
    )

    class Meta:
        constraints = [
            unique_reference("product_item"),
            known("status", Status, model="product_item"),
            known("type", ItemType, model="product_item"),
            known("model_type", ModelType, model="product_item"),
            known("tax_category", TaxCategory, model="product_item"),
        ]


class ProductItemReport(models.Model):
    """A calculation that reports show beside the item, at its place in the item's list."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    product_item = models.ForeignKey(ProductItem, on_delete=models.CASCADE, related_name="report_links")
    meter_value_calculation = models.ForeignKey(
        MeterValueCalculation, on_delete=models.PROTECT, related_name="report_links"
    )
    position = models.PositiveIntegerField()

    class Meta:
        verbose_name = "product item"
        verbose_name_plural = "reports of product items"
        constraints = [
            models.UniqueConstraint(
                fields=["product_item", "meter_value_calculation"], name="product_item_report_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_item_id} {self.meter_value_calculation_id}"
