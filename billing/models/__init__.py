"""Who owes what: issuers, customers, what they agreed to, and their invoices."""

from billing.models.billing_entity import BillingEntity, BillingEntityStatus
from billing.models.contact import Contact
from billing.models.coupon import CouponRedemption, PromotionCode, PromotionCodeCustomer
from billing.models.customer import Customer, CustomerStatus, CustomerType, SelectorFallback
from billing.models.exchange_rate import ExchangeRate
from billing.models.invoice import Invoice, InvoiceStatus, InvoiceType, Occasion, PaymentStatus
from billing.models.invoice_line import InvoiceLine, LineType
from billing.models.kept_figure import FigureKind, KeptFigure
from billing.models.number_sequence import NumberKind, NumberSequence
from billing.models.period_cursor import PeriodCursor
from billing.models.plan_migration import (
    MigratedSubscription,
    MigrationState,
    MigrationStatus,
    PricingPlanMigration,
    WithoutCounterpart,
)
from billing.models.schedule import PricingPlanSchedule, ScheduleType
from billing.models.simulation import SimulatedCustomer, Simulation
from billing.models.subscription import (
    PeriodUnit,
    PricingPlanSubscription,
    SubscriptionBillingTime,
    SubscriptionStatus,
)
from billing.models.subscription_group import PricingPlanSubscriptionGroup, SubscriptionGroupMember

__all__ = [
    "BillingEntity",
    "BillingEntityStatus",
    "Contact",
    "CouponRedemption",
    "Customer",
    "CustomerStatus",
    "CustomerType",
    "ExchangeRate",
    "FigureKind",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "InvoiceType",
    "KeptFigure",
    "LineType",
    "MigratedSubscription",
    "MigrationState",
    "MigrationStatus",
    "NumberKind",
    "NumberSequence",
    "Occasion",
    "PaymentStatus",
    "PeriodCursor",
    "PeriodUnit",
    "PricingPlanMigration",
    "PricingPlanSchedule",
    "PricingPlanSubscription",
    "PricingPlanSubscriptionGroup",
    "PromotionCode",
    "PromotionCodeCustomer",
    "ScheduleType",
    "SelectorFallback",
    "SimulatedCustomer",
    "Simulation",
    "SubscriptionBillingTime",
    "SubscriptionGroupMember",
    "SubscriptionStatus",
    "WithoutCounterpart",
]
