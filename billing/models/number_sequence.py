"""The numbers of invoices: where each sequence without gaps stands."""

from __future__ import annotations

from django.db import models

from accounts.models import known


class NumberKind(models.TextChoices):
    """Which documents count together."""

    INVOICE = "INVOICE"
    CREDIT = "CREDIT"


class NumberSequence(models.Model):
    """How many numbers of one sequence are taken; locked while numbers are handed out.

    ``key`` is the numbering year of a sequence that starts again each year, otherwise empty.
    """

    platform = models.ForeignKey(
        "accounts.Platform", on_delete=models.PROTECT, related_name="+", editable=False
    )
    billing_entity = models.ForeignKey("billing.BillingEntity", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=NumberKind.choices, default=NumberKind.INVOICE)
    key = models.CharField(max_length=8, default="", blank=True)
    taken = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            known("kind", NumberKind, model="number_sequence"),
            models.UniqueConstraint(fields=["billing_entity", "kind", "key"], name="number_sequence_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.billing_entity} {self.kind} {self.key}".strip()
