"""The upper half of a price tree: pricing categories, pricing groups, pricings and what they grant.

Every node names its version, so that one query per table reads a whole tree and one trigger guards it.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.models import Platform, TenantModel, known
from catalog.models.choices import Override, ProductType, SelectionConstraint
from catalog.models.feature import Feature
from catalog.models.pricing_plan import PricingPlanVersion
from catalog.models.product import Product
from catalog.models.product_category import ProductCategory


class TreeNode(TenantModel):
    """A node of a version's price tree. ``position`` is its place among its siblings."""

    version = models.ForeignKey(PricingPlanVersion, on_delete=models.CASCADE, related_name="%(class)ss")
    position = models.PositiveIntegerField()
    display_order = models.IntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class PricingCategory(TreeNode):
    """The prices of one product category."""

    prefix = "prca"
    object_type = "PRICING_CATEGORY"

    product_category = models.ForeignKey(
        ProductCategory, on_delete=models.PROTECT, related_name="pricing_categories"
    )

    class Meta:
        verbose_name_plural = "pricing categories"
        constraints = [
            models.UniqueConstraint(fields=["version", "product_category"], name="pricing_category_unique")
        ]


class PricingGroup(TreeNode):
    """Alternative pricings. Without a pricing it belongs to no category yet."""

    prefix = "prig"
    object_type = "PRICING_GROUP"

    category = models.ForeignKey(
        PricingCategory, on_delete=models.CASCADE, null=True, blank=True, related_name="pricing_groups"
    )
    name = models.CharField(max_length=1000, null=True, blank=True)
    product_type = models.CharField(max_length=16, choices=ProductType.choices, default=ProductType.DEFAULT)
    selection_constraint = models.CharField(
        max_length=16, choices=SelectionConstraint.choices, default=SelectionConstraint.ANY
    )

    class Meta:
        constraints = [
            known("product_type", ProductType, model="pricing_group"),
            known("selection_constraint", SelectionConstraint, model="pricing_group"),
        ]


class Pricing(TreeNode):
    """The price block of a product (or of several).

    On a customer's own version ``original`` is the plan's pricing that it replaces, as far as ``override``
    says; both are empty on what is added, and everywhere in a plan.
    """

    prefix = "pric"
    object_type = "PRICING"

    category = models.ForeignKey(PricingCategory, on_delete=models.CASCADE, related_name="pricings")
    group = models.ForeignKey(
        PricingGroup, on_delete=models.CASCADE, null=True, blank=True, related_name="pricings"
    )
    name = models.CharField(max_length=1000, null=True, blank=True)
    product_type = models.CharField(max_length=16, choices=ProductType.choices, default=ProductType.DEFAULT)
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacements"
    )
    override = models.CharField(max_length=8, choices=Override.choices, null=True, blank=True)

    class Meta:
        constraints = [
            known("product_type", ProductType, model="pricing"),
            known("override", Override, model="pricing"),
        ]


class TreeLink(models.Model):
    """Ties a node to something outside its tree, at its place in the node's list."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PricingPlanVersion, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.position}"


class PricingProduct(TreeLink):
    """A product of a pricing."""

    pricing = models.ForeignKey(Pricing, on_delete=models.CASCADE, related_name="product_links")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="pricing_links")

    class Meta:
        verbose_name = "pricing"
        verbose_name_plural = "products of pricings"
        constraints = [models.UniqueConstraint(fields=["pricing", "product"], name="pricing_product_unique")]


class PricingEntitlement(TreeLink):
    """A feature that a pricing grants, with the value it grants."""

    pricing = models.ForeignKey(Pricing, on_delete=models.CASCADE, related_name="entitlements")
    feature = models.ForeignKey(Feature, on_delete=models.PROTECT, related_name="entitlements")
    value: models.JSONField[Any, Any] = models.JSONField(
        default=dict, help_text="One of number, switch, amount, enum, string; and override."
    )

    class Meta:
        verbose_name = "entitlement"
        constraints = [
            models.UniqueConstraint(fields=["pricing", "feature"], name="pricing_entitlement_unique")
        ]
