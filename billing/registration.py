"""What billing tells the apps below about itself, once, when Django is ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import Platform, TenantModel
from accounts.services import sweeps
from accounts.services.sweeps import Sweep
from billing.api import (
    billing_entities,
    codes_as_code,
    contacts,
    customers,
    exchange_rates,
    invoice_view,
    plan_migrations,
    promotion_codes,
    schedules,
    subscription_groups,
    subscription_shape,
)
from billing.api.cost_prediction import Forecaster
from billing.models import (
    BillingEntity,
    Contact,
    Customer,
    ExchangeRate,
    Invoice,
    PricingPlanMigration,
    PricingPlanSchedule,
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
    PromotionCode,
)
from billing.selectors import coupons, invoices, parties, subscriptions
from billing.selectors import plan_migrations as selectors
from billing.selectors import subscription_groups as group_selectors
from billing.services.customers.directory import Directory
from billing.services.invoices import finalize, periods, supplements
from billing.services.plan_migrations import deciding, sweep
from billing.services.previews import simulations
from billing.services.previews.calculated_terms import CalculatedTerms
from billing.services.subscriptions import cancel
from billing.services.subscriptions.schedule_prices import Schedules
from billing.services.usage.matching import Matcher
from catalog import ports as catalog_ports
from catalog.api.as_code import kinds
from kit.api import expand
from metering import ports
from webhooks.services import rendering

Render = Callable[[Any], dict[str, Any]]
Resource = tuple[type[TenantModel], Callable[[Platform], Any], Render, str]
RESOURCES: list[Resource] = [
    (BillingEntity, parties.billing_entities, billing_entities.render, "billing_entity_id"),
    (Customer, parties.customers, customers.render, "customer_id"),
    (Contact, parties.contacts, contacts.render, "contact_id"),
    (
        PricingPlanSubscription,
        subscriptions.subscriptions,
        subscription_shape.render,
        "pricing_plan_subscription_id",
    ),
    (
        PricingPlanSubscriptionGroup,
        group_selectors.groups,
        subscription_groups.render,
        "pricing_plan_subscription_group_id",
    ),
    (PricingPlanMigration, selectors.migrations, plan_migrations.render, "pricing_plan_migration_id"),
    (PromotionCode, coupons.promotion_codes, promotion_codes.render, "promotion_code_id"),
    (PricingPlanSchedule, subscriptions.schedules, schedules.render, "pricing_plan_schedule_id"),
]


def register_all() -> None:
    """Renderers for the outbox, loaders for ``expand[]``, sweeps for what falls due, metering's ports."""
    for model, rows, render, field in RESOURCES:
        rendering.register(model.object_type, render)
        expand.register(field, _loader(rows, render))
    for field in ("customer_ids", "owner_customer_id"):
        expand.register(field, _loader(parties.customers, customers.render))
    rendering.register(Invoice.object_type, invoice_view.render)
    rendering.register(ExchangeRate.object_type, exchange_rates.render)
    expand.register("invoice_id", _loader(invoices.rows, invoice_view.render))
    # What ends goes first, so that no period is opened for it at the same instant.
    sweeps.register(Sweep("subscriptions.end", cancel.end_due, every=60, next_due=cancel.next_due))
    sweeps.register(Sweep("invoices.open", periods.sweep, every=60, next_due=periods.next_due))
    sweeps.register(Sweep("invoices.finalize", finalize.sweep, every=60, next_due=finalize.next_due))
    sweeps.register(Sweep(deciding.SWEEP, sweep.run, every=60))
    sweeps.register(Sweep(simulations.SWEEP, simulations.sweep, every=60))
    sweeps.register(Sweep("invoices.supplement", supplements.sweep, every=60, next_due=supplements.next_due))
    kinds.register(codes_as_code.KIND)
    catalog_ports.fill(schedules=Schedules(), terms=CalculatedTerms())
    ports.fill(directory=Directory(), matcher=Matcher(), forecaster=Forecaster())


def _loader(rows: Callable[[Platform], Any], render: Render) -> expand.Loader:
    def load(platform: Platform, public_ids: set[str]) -> dict[str, dict[str, Any]]:
        return {row.public_id: render(row) for row in rows(platform).filter(public_id__in=public_ids)}

    return load
