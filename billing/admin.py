"""The support admin of parties, subscriptions and invoices: all of it read-only.

A final invoice is locked in the database as well; a wrong one is answered by a new document.
"""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import LinkAdmin, TenantAdmin
from billing.models import (
    BillingEntity,
    Contact,
    CouponRedemption,
    Customer,
    ExchangeRate,
    Invoice,
    InvoiceLine,
    KeptFigure,
    MigratedSubscription,
    NumberSequence,
    PeriodCursor,
    PricingPlanMigration,
    PricingPlanSchedule,
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
    PromotionCode,
    PromotionCodeCustomer,
    SimulatedCustomer,
    Simulation,
    SubscriptionGroupMember,
)
from kit import money


@admin.register(BillingEntity)
class BillingEntityAdmin(TenantAdmin):
    """Who sends invoices."""

    list_display = ("reference", "legal_name", "status", "is_default", "timezone")
    list_filter = ("status", "is_default")
    search_fields = ("reference", "legal_name", "tax_id__exact")


@admin.register(Customer)
class CustomerAdmin(TenantAdmin):
    """Who pays."""

    list_display = ("reference", "name", "type", "status", "email")
    list_filter = ("status", "type")
    search_fields = ("reference", "name", "email")
    date_hierarchy = "created_at"


@admin.register(Contact)
class ContactAdmin(TenantAdmin):
    """Whom to write to."""

    list_display = ("reference", "customer", "name", "email")
    search_fields = ("reference", "name", "email", "customer__reference")


@admin.register(PricingPlanSubscription)
class SubscriptionAdmin(TenantAdmin):
    """Who pays for what. A subscription whose invoicing failed says why in “parked reason”."""

    list_display = ("reference", "customer", "billing_entity", "status", "activated_at", "parked_at")
    list_filter = ("status", "billing_time", ("parked_at", admin.EmptyFieldListFilter))
    search_fields = ("reference", "customer__reference", "customer__name")
    date_hierarchy = "created_at"


@admin.register(PricingPlanSchedule)
class ScheduleAdmin(TenantAdmin):
    """Which plan version is in force when."""

    list_display = ("subscription", "pricing_plan_version", "type", "start_at", "end_at")
    list_filter = ("type",)
    search_fields = ("subscription__reference", "subscription__public_id__exact")
    date_hierarchy = "start_at"


@admin.register(PromotionCode)
class PromotionCodeAdmin(TenantAdmin):
    """What customers type to redeem a coupon."""

    list_display = ("code", "coupon", "status", "number_of_redemptions", "maximum_redemptions")
    list_filter = ("status",)
    search_fields = ("code_key", "coupon__reference")


@admin.register(PromotionCodeCustomer)
class PromotionCodeCustomerAdmin(LinkAdmin):
    """Which customers a code is for."""

    list_display = ("promotion_code", "customer")
    search_fields = ("promotion_code__code_key", "customer__reference")


@admin.register(CouponRedemption)
class CouponRedemptionAdmin(LinkAdmin):
    """Which subscription has redeemed which coupon."""

    list_display = ("coupon", "promotion_code", "customer", "subscription", "redeemed_at")
    search_fields = ("coupon__reference", "customer__reference", "subscription__reference")
    date_hierarchy = "redeemed_at"


@admin.register(ExchangeRate)
class ExchangeRateAdmin(TenantAdmin):
    """What invoices convert prices by. Rates come and go by the API; none is ever changed."""

    list_display = ("base_currency", "currency", "rate", "timestamp", "source", "withdrawn_at")
    list_filter = ("base_currency", "currency", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("source", "public_id__exact")
    date_hierarchy = "timestamp"


@admin.register(Invoice)
class InvoiceAdmin(TenantAdmin):
    """Invoices. A draft's amounts are computed when it is read, in Desk or by the API, and not stored."""

    list_display = (
        "invoice_number",
        "customer",
        "status",
        "period_start",
        "total",
    )
    list_filter = ("status", "type", "payment_status", "on_hold")
    search_fields = ("invoice_number__startswith", "customer__reference", "subscription__reference")
    date_hierarchy = "invoice_date"

    @admin.display(description="total", empty_value="computed on read")
    def total(self, invoice: Invoice) -> str | None:
        """What a frozen invoice comes to; a draft has no stored amounts."""
        if invoice.content is None:
            return None
        return f"{money.plain(invoice.amount_including_tax)} {invoice.currency}"


@admin.register(InvoiceLine)
class InvoiceLineAdmin(LinkAdmin):
    """Lines of final invoices."""

    list_display = ("public_id", "invoice", "description", "quantity", "amount_excluding_tax", "tax_amount")
    search_fields = ("public_id__exact", "invoice__public_id__exact", "invoice__invoice_number__exact")
    list_filter = ("is_usage",)


@admin.register(PeriodCursor)
class PeriodCursorAdmin(LinkAdmin):
    """Where each subscription's next period starts."""

    list_display = ("subscription", "next_start")
    search_fields = ("subscription__reference", "subscription__public_id__exact")
    date_hierarchy = "next_start"


@admin.register(NumberSequence)
class NumberSequenceAdmin(LinkAdmin):
    """The last number that an issuer has given out; moving it by hand would leave a gap."""

    list_display = ("billing_entity", "kind", "key", "taken")
    list_filter = ("kind",)
    search_fields = ("billing_entity__reference",)


@admin.register(PricingPlanMigration)
class PlanMigrationAdmin(TenantAdmin):
    """Subscriptions on their way to another plan version."""

    list_display = ("public_id", "from_version", "to_version", "status", "start_at")
    list_filter = ("status",)
    list_select_related = ("from_version__pricing_plan", "to_version__pricing_plan")
    search_fields = ("to_version__public_id__exact", "from_version__public_id__exact")
    date_hierarchy = "created_at"


@admin.register(MigratedSubscription)
class MigratedSubscriptionAdmin(LinkAdmin):
    """How far each subscription of a migration is, and what stands in its way."""

    list_display = ("migration", "subscription", "state", "pending", "starts_at")
    list_filter = ("state", "pending")
    search_fields = ("migration__public_id__exact", "subscription__public_id__exact")


@admin.register(Simulation)
class SimulationAdmin(TenantAdmin):
    """Versions tried on past usage in the background."""

    list_display = ("public_id", "version", "against", "start_at", "end_at")
    search_fields = ("version__public_id__exact",)
    date_hierarchy = "created_at"


@admin.register(SimulatedCustomer)
class SimulatedCustomerAdmin(LinkAdmin):
    """The customers of a simulation; empty outcomes are still to be computed."""

    list_display = ("simulation", "customer")
    list_filter = (("outcomes", admin.EmptyFieldListFilter),)
    search_fields = ("simulation__public_id__exact", "customer__public_id__exact")


@admin.register(PricingPlanSubscriptionGroup)
class PricingPlanSubscriptionGroupAdmin(TenantAdmin):
    """Subscriptions whose volumes count together."""

    list_display = ("reference", "name", "owner_customer", "created_at")
    search_fields = ("reference", "name", "owner_customer__reference")
    date_hierarchy = "created_at"


@admin.register(SubscriptionGroupMember)
class SubscriptionGroupMemberAdmin(LinkAdmin):
    """Which subscription is or was in which group."""

    list_display = ("group", "subscription", "joined_at", "left_at")
    search_fields = ("group__reference", "subscription__reference")


@admin.register(KeptFigure)
class KeptFigureAdmin(LinkAdmin):
    """What a figure of Home came to when it was last drawn up; it is drawn up again by itself."""

    list_display = ("platform", "kind", "drawn_at", "good_until")
    list_filter = ("kind",)
    search_fields = ("platform__name",)
