"""The product category: the top of the catalog."""

from __future__ import annotations

from django.db import models

from accounts.models import TenantModel, known, unique_reference
from catalog.models.choices import TaxCategory


class ProductCategory(TenantModel):
    """Groups products; its tax category holds for whatever below it names none."""

    prefix = "proc"
    object_type = "PRODUCT_CATEGORY"

    reference = models.CharField(max_length=256)
    name = models.CharField(max_length=1000)
    description = models.TextField(null=True, blank=True)
    tax_category = models.CharField(max_length=16, choices=TaxCategory.choices, default=TaxCategory.STANDARD)
    display_order = models.IntegerField(null=True, blank=True)
    customer_public_id = models.CharField(
        max_length=32, null=True, blank=True, help_text="Set where this is private to one customer."
    )

    class Meta:
        verbose_name_plural = "product categories"
        constraints = [
            unique_reference("product_category"),
            known("tax_category", TaxCategory, model="product_category"),
        ]
