"""Invoices: the stored billing periods of a subscription, and what was billed for them.

A row exists from the moment its period begins. While it is a DRAFT its content is computed on read;
once FINAL it is a frozen document that the database itself refuses to change (migration 0002).
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q

from accounts.models import TenantModel, known
from kit.period import Span

ZERO = Decimal(0)


class InvoiceStatus(models.TextChoices):
    DRAFT = "DRAFT"
    FINAL = "FINAL"
    VOID = "VOID"
    ARCHIVED = "ARCHIVED"


class InvoiceType(models.TextChoices):
    STANDARD = "STANDARD"
    CREDIT = "CREDIT"
    ONE_OFF = "ONE_OFF"
    ONE_OFF_CREDIT = "ONE_OFF_CREDIT"


class Occasion(models.TextChoices):
    """Why there is an invoice.

    What is due in advance at the start, a period, usage after the end, or items that someone had charged.
    """

    OPENING = "OPENING"
    PERIOD = "PERIOD"
    SUPPLEMENT = "SUPPLEMENT"
    ON_DEMAND = "ON_DEMAND"


class PaymentStatus(models.TextChoices):
    UNPAID = "UNPAID"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    OVERPAID = "OVERPAID"


class Invoice(TenantModel):
    """One invoice of one customer.

    ``period_start`` and ``period_end`` are the half-open usage span. An OPENING invoice has an empty
    one; so has a SUPPLEMENT, which bills late usage of a subscription that has ended and gives back fees
    for a time after its end, and one ON_DEMAND, whose ``demand`` says what was asked for: the schedule and
    the pricing items, by public id.
    ``finalize_at`` is when a draft becomes final by itself. ``usage_cutoff`` is the instant at which a
    final invoice read its usage. The amounts are of the whole invoice, in ``currency``; on a draft they
    are what it came to at ``totals_at``. ``prices`` holds the rules it was rated by.
    """

    prefix = "invo"
    object_type = "INVOICE"
    shapes_matching = False

    billing_entity = models.ForeignKey("billing.BillingEntity", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("billing.Customer", on_delete=models.PROTECT, related_name="invoices")
    subscription = models.ForeignKey(
        "billing.PricingPlanSubscription", null=True, on_delete=models.PROTECT, related_name="invoices"
    )
    type = models.CharField(max_length=16, choices=InvoiceType.choices, default=InvoiceType.STANDARD)
    status = models.CharField(max_length=16, choices=InvoiceStatus.choices, default=InvoiceStatus.DRAFT)
    occasion = models.CharField(max_length=16, choices=Occasion.choices, default=Occasion.PERIOD)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    finalize_at = models.DateTimeField()
    on_hold = models.BooleanField(default=False)

    invoice_number = models.CharField(max_length=120, null=True, blank=True)
    invoice_date = models.DateTimeField()
    due_date = models.DateTimeField(null=True, blank=True)
    finalized_at = models.DateTimeField(null=True, blank=True)
    usage_cutoff = models.DateTimeField(null=True, blank=True)
    purchase_order_number = models.CharField(max_length=200, null=True, blank=True)

    currency = models.CharField(max_length=3)
    amount_excluding_tax = models.DecimalField(max_digits=38, decimal_places=12, default=ZERO)
    tax_amount = models.DecimalField(max_digits=38, decimal_places=12, default=ZERO)
    amount_including_tax = models.DecimalField(max_digits=38, decimal_places=12, default=ZERO)
    totals_at = models.DateTimeField(null=True, blank=True)

    paid = models.BooleanField(default=False)
    paid_amount = models.DecimalField(max_digits=38, decimal_places=12, default=ZERO)
    payment_status = models.CharField(
        max_length=16, choices=PaymentStatus.choices, default=PaymentStatus.UNPAID
    )

    demand = models.JSONField(null=True, blank=True)
    content = models.JSONField(null=True, blank=True)
    parties = models.JSONField(null=True, blank=True)
    prices = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            known("type", InvoiceType, model="invoice"),
            known("status", InvoiceStatus, model="invoice"),
            known("occasion", Occasion, model="invoice"),
            known("payment_status", PaymentStatus, model="invoice"),
            models.CheckConstraint(
                condition=Q(period_start__lte=models.F("period_end")), name="invoice_period_in_order"
            ),
            # A draft that is voided never had a number nor content; a final invoice has both.
            models.CheckConstraint(
                condition=~Q(status="FINAL")
                | Q(
                    invoice_number__isnull=False,
                    finalized_at__isnull=False,
                    usage_cutoff__isnull=False,
                    content__isnull=False,
                    parties__isnull=False,
                ),
                name="invoice_final_is_complete",
            ),
            models.UniqueConstraint(
                fields=["subscription", "occasion", "period_start"],
                condition=Q(type="STANDARD") & ~Q(status="VOID") & ~Q(occasion="ON_DEMAND"),
                name="invoice_one_per_period",
            ),
            models.CheckConstraint(
                condition=Q(occasion="ON_DEMAND", demand__isnull=False)
                | (~Q(occasion="ON_DEMAND") & Q(demand__isnull=True)),
                name="invoice_demand_on_demand",
            ),
            models.UniqueConstraint(
                fields=["billing_entity", "invoice_number"],
                condition=Q(invoice_number__isnull=False),
                name="invoice_number_unique",
            ),
        ]
        indexes = [
            models.Index(
                fields=["platform", "finalize_at"],
                condition=Q(status="DRAFT", on_hold=False),
                name="invoice_due",
            ),
            models.Index(fields=["platform", "created_at", "id"], name="invoice_listed"),
            models.Index(fields=["customer", "status"], name="invoice_of_customer"),
            models.Index(fields=["platform", "period_start", "id"], name="invoice_by_period"),
            models.Index(fields=["platform", "invoice_number", "id"], name="invoice_by_number"),
            models.Index(fields=["platform", "due_date", "id"], name="invoice_by_due_date"),
            models.Index(fields=["platform", "status", "period_start", "id"], name="invoice_by_status"),
            models.Index(fields=["platform", "currency", "invoice_date"], name="invoice_by_currency"),
            models.Index(
                fields=["platform", "due_date"],
                condition=Q(status="FINAL") & ~Q(payment_status__in=("PAID", "OVERPAID")),
                name="invoice_owed",
            ),
        ]

    def __str__(self) -> str:
        return self.invoice_number or self.public_id

    @property
    def period(self) -> Span:
        """The half-open span whose usage this invoice bills."""
        return Span(self.period_start, self.period_end)
