"""The lower half of a price tree: pricing items and their configs (rules)."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.models import known
from catalog.models.choices import Override
from catalog.models.pricing import Pricing, TreeLink, TreeNode
from catalog.models.product_item import ProductItem
from metering.models import MeterProperty


class PricingItem(TreeNode):
    """The price of one product item, or of several whose volume is combined.

    ``original`` and ``override`` are as on a pricing.
    """

    prefix = "prii"
    object_type = "PRICING_ITEM"

    pricing = models.ForeignKey(Pricing, on_delete=models.CASCADE, related_name="items")
    pricing_currency_configs: models.JSONField[Any, Any] = models.JSONField(
        default=list, help_text="Rules per currency, as the API shows them."
    )
    billing_period_configs: models.JSONField[Any, Any] = models.JSONField(
        default=list, help_text="Rules per billing period, as the API shows them."
    )
    original = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacements"
    )
    override = models.CharField(max_length=8, choices=Override.choices, null=True, blank=True)

    class Meta:
        constraints = [known("override", Override, model="pricing_item")]


class PricingItemProductItem(TreeLink):
    """A product item that a pricing item prices."""

    pricing_item = models.ForeignKey(PricingItem, on_delete=models.CASCADE, related_name="product_item_links")
    product_item = models.ForeignKey(ProductItem, on_delete=models.PROTECT, related_name="pricing_item_links")

    class Meta:
        verbose_name = "pricing item"
        verbose_name_plural = "product items of pricing items"
        constraints = [
            models.UniqueConstraint(
                fields=["pricing_item", "product_item"], name="pricing_item_product_unique"
            )
        ]


class PricingItemConfig(TreeNode):
    """A rule: which usage it prices, and how.

    ``body`` is the contract's JSON, normalized; the columns beside it are what queries ask for.
    ``catalog.rating.parsing.config`` is the only reader of prices in it.
    """

    prefix = "pico"
    object_type = "PRICING_ITEM_CONFIG"

    pricing_item = models.ForeignKey(PricingItem, on_delete=models.CASCADE, related_name="configs")
    order = models.PositiveIntegerField(null=True, blank=True)
    pricing_type = models.CharField(max_length=32)
    currency = models.CharField(max_length=3, null=True, blank=True)
    billing_in_advance = models.BooleanField(default=False)
    body: models.JSONField[Any, Any] = models.JSONField()


class PricingItemConfigProperty(TreeLink):
    """A meter property that a rule's conditions or its split name; it cannot be deleted meanwhile."""

    config = models.ForeignKey(PricingItemConfig, on_delete=models.CASCADE, related_name="property_links")
    meter_property = models.ForeignKey(MeterProperty, on_delete=models.PROTECT, related_name="config_links")

    class Meta:
        verbose_name = "pricing item config"
        verbose_name_plural = "properties in pricing item configs"
        constraints = [
            models.UniqueConstraint(
                fields=["config", "meter_property"], name="pricing_item_config_property_unique"
            )
        ]
