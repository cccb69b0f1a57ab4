"""The lines of invoices: one charge, discount or commitment each, with what explains it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import known
from billing.models.invoice import ZERO, Invoice


class LineType(models.TextChoices):
    """A charge, or what a schedule adds to its charges or takes off them."""

    REVENUE = "REVENUE"
    COMMITMENT = "COMMITMENT"
    DISCOUNT = "DISCOUNT"


class InvoiceLine(models.Model):
    """A line of a final invoice, with the usage it was computed from.

    ``config_id`` and its siblings are public ids of the catalog, copied: a document outlives what it
    was made from. ``usage_count``, ``usage_quantity`` and ``usage_checksum`` (SHA-256 over the usage
    rows) are frozen, so that a replay, or usage that arrives later, can be told from what was billed.
    ``amount`` is as quoted (with or without tax), rounded to the minor unit; on a late line it is the
    difference, as are ``included_taken``, the units that an included volume covered, and
    ``bundle_change``, what it added to prepaid bundles less what it used of earlier ones; both are kept
    where what is left goes on in the next period (``billing.calc.carrying``). ``late_of`` is the final
    invoice whose period a late line bills. A discount or commitment stands beside the item
    ``pricing_item_id``; it has no rule and no quantity, and ``term`` says where it stands among the terms of
    its schedule. ``coupon_id`` names the coupon that takes a discount off. ``split_values`` are those of the
    split properties that a line by property value is for.
    """

    platform = models.ForeignKey(
        "accounts.Platform", on_delete=models.PROTECT, related_name="+", editable=False
    )
    public_id = models.CharField(max_length=32, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    late_of = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="late_lines")
    position = models.PositiveIntegerField()
    type = models.CharField(max_length=16, choices=LineType.choices, default=LineType.REVENUE)
    schedule_id = models.CharField(max_length=32)
    pricing_item_id = models.CharField(max_length=32)
    config_id = models.CharField(max_length=32, blank=True, default="")
    coupon_id = models.CharField(max_length=32, blank=True, default="")
    term = models.CharField(max_length=100, blank=True, default="")
    description = models.CharField(max_length=500)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    is_usage = models.BooleanField()
    quantity = models.DecimalField(max_digits=60, decimal_places=24)
    amount = models.DecimalField(max_digits=38, decimal_places=12)
    amount_excluding_tax = models.DecimalField(max_digits=38, decimal_places=12)
    tax_amount = models.DecimalField(max_digits=38, decimal_places=12)
    usage_count = models.BigIntegerField(default=0)
    usage_quantity = models.DecimalField(max_digits=60, decimal_places=24, default=ZERO)
    usage_checksum = models.CharField(max_length=64, blank=True, default="")
    included_taken = models.DecimalField(max_digits=60, decimal_places=24, default=ZERO)
    bundle_change = models.DecimalField(max_digits=60, decimal_places=24, default=ZERO)
    split_values = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            known("type", LineType, model="invoice_line"),
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_unique"),
        ]
        indexes = [
            models.Index(fields=["late_of"], name="invoice_line_late_of"),
            models.Index(
                fields=["coupon_id", "invoice"], condition=~Q(coupon_id=""), name="invoice_line_of_coupon"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.description} ({self.public_id})"
