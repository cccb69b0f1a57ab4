"""Create, change and delete subscriptions. What changes their status is a verb of its own."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import (
    BillingEntity,
    Customer,
    PricingPlanSubscription,
    SubscriptionStatus,
)
from billing.selectors import parties
from billing.services.subscriptions import activate, archive, subscription_groups, void
from billing.services.terms import own_prices
from kit import persistence
from kit.errors import CannotDelete, CannotUpdate, InvalidOperation, MissingField, TallydeskError
from kit.period import Period, PeriodType
from webhooks.services import changes

# What may still change once the contract runs, and once it has ended.
OPEN_WHILE_ACTIVE = frozenset(
    "reference name description purchase_order_number due_date_configuration auto_renewal "
    "sales_tax_percentage init_invoice_on_hold payment_method_key".split()
)
OPEN_AFTER_THE_END = frozenset(("name", "description"))
VERBS = {
    SubscriptionStatus.ACTIVE: activate.subscription,
    SubscriptionStatus.VOID: void.subscription,
    SubscriptionStatus.ARCHIVED: archive.subscription,
}


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> PricingPlanSubscription:
    """A new DRAFT subscription; entity, period, currency and beginning on hold default to the platform's.

    Raises MissingField without a customer, InvalidOperation when the platform has no billing entity
    or another status is sent; a duplicate reference is 409.
    """
    if fields.get("status", SubscriptionStatus.DRAFT) != SubscriptionStatus.DRAFT:
        raise InvalidOperation(
            "A subscription is created as DRAFT; give it a schedule, then set it ACTIVE (or use /init)",
            field="status",
        )
    subscription = build(ctx=ctx, fields=fields)
    persistence.insert(subscription)
    if fields.get("group") is not None:
        subscription_groups.place(ctx=ctx, subscription=subscription, group=fields["group"])
    changes.created(ctx=ctx, instance=subscription)
    return subscription


def build(*, ctx: Context, fields: dict[str, Any]) -> PricingPlanSubscription:
    """The unsaved subscription that ``fields`` describe, defaults filled in."""
    values = columns(fields)
    customer = values.get("customer")
    if customer is None:
        raise MissingField(field="customer_id")
    currency = values.setdefault("billing_currency", ctx.platform.default_currency)
    values.setdefault("init_invoice_on_hold", ctx.platform.init_invoice_on_hold)
    values["billing_entity"] = values.get("billing_entity") or choose_entity(ctx, customer, currency)
    return PricingPlanSubscription.stamped(platform=ctx.platform, at=ctx.at, **values)


@transaction.atomic
def update(
    *, ctx: Context, instance: PricingPlanSubscription, fields: dict[str, Any]
) -> PricingPlanSubscription:
    """Change the named fields, then take the step that ``status`` asks for.

    Raises CannotUpdate for a term that is locked because the subscription is no longer a DRAFT.
    """
    subscription: PricingPlanSubscription = persistence.lock(instance)
    before = changes.snapshot(subscription)
    values = {name: value for name, value in columns(fields).items() if name != "status"}
    _require_open(subscription, values)
    changed = persistence.assign(subscription, values)
    if changed:
        changed += persistence.assign(subscription, {"updated_at": ctx.at})
    persistence.store(subscription, changed)
    if "group" in fields:
        subscription_groups.place(ctx=ctx, subscription=subscription, group=fields["group"])
    changes.updated(ctx=ctx, instance=subscription, before=before)
    return _step(ctx, subscription, fields.get("status", subscription.status))


@transaction.atomic
def delete(*, ctx: Context, instance: PricingPlanSubscription) -> None:
    """Delete a DRAFT subscription with its schedules."""
    subscription: PricingPlanSubscription = persistence.lock(instance)
    if subscription.status != SubscriptionStatus.DRAFT:
        raise CannotDelete(
            f"Only a DRAFT subscription can be deleted; this one is {subscription.status}",
            resource_type=subscription.object_type,
            resource_id=subscription.public_id,
        )
    before = changes.snapshot(subscription)
    own = [each.own_version for each in subscription.schedules.select_related("own_version__pricing_plan")]
    persistence.remove(subscription)
    for version in own:
        own_prices.drop(version)
    changes.deleted(ctx=ctx, instance=subscription, before=before)


def columns(fields: dict[str, Any]) -> dict[str, Any]:
    """The API's fields as the model's: the period in two columns, without absent parties and the group."""
    values = dict(fields)
    values.pop("group", None)
    period = values.pop("billing_period", None)
    if period is not None:
        checked = as_period(period, field="billing_period")
        values |= {"billing_period_type": checked.type.value, "billing_period_value": checked.value}
    for party in ("customer", "billing_entity", "billing_currency"):
        if values.get(party) is None:
            values.pop(party, None)
    for term in ("initial_term", "renewal_term"):
        if values.get(term) is not None:
            as_period(values[term], field=term)
    return values


def as_period(data: dict[str, Any], *, field: str) -> Period:
    """The period in ``data`` ({type, value}). Raises InvalidField below ``field``."""
    try:
        return Period(PeriodType(data["type"]), data["value"])
    except TallydeskError as error:
        raise error.within(field) from None


def choose_entity(ctx: Context, customer: Customer, currency: str) -> BillingEntity:
    """The entity that issues when none is named: the one that selects the country, then the currency,
    then the platform's default."""
    country = customer.address.get("country")
    found: list[BillingEntity] = list(parties.active_billing_entities(ctx.platform))
    by_country = [each for each in found if country in each.default_customer_country_selector]
    by_currency = [each for each in found if currency in each.default_billing_currency_selector]
    default = [each for each in found if each.is_default]
    chosen = next(iter([*by_country, *by_currency, *default]), None)
    if chosen is None:
        raise InvalidOperation(
            "Create a billing entity first: every subscription has one that issues its invoices",
            field="billing_entity_id",
        )
    return chosen


def _require_open(subscription: PricingPlanSubscription, values: dict[str, Any]) -> None:
    if subscription.status == SubscriptionStatus.DRAFT:
        return
    running = subscription.status == SubscriptionStatus.ACTIVE
    open_fields = OPEN_WHILE_ACTIVE if running else OPEN_AFTER_THE_END
    for name, value in values.items():
        if name not in open_fields and getattr(subscription, name) != value:
            raise CannotUpdate(
                f"Cannot change once the subscription is {subscription.status}",
                field=API_NAMES.get(name, name),
                resource_type=subscription.object_type,
                resource_id=subscription.public_id,
            )


API_NAMES = {
    "customer": "customer_id",
    "billing_entity": "billing_entity_id",
    "billing_period_type": "billing_period",
    "billing_period_value": "billing_period",
    "payment_method_key": "payment_method_id",
}


def _step(ctx: Context, subscription: PricingPlanSubscription, status: str) -> PricingPlanSubscription:
    if status == subscription.status:
        return subscription
    verb = VERBS.get(SubscriptionStatus(status))
    if verb is None:
        raise InvalidOperation(f"A subscription becomes {status} by its own operation", field="status")
    return verb(ctx=ctx, instance=subscription)
