"""What must be true before a subscription may become ACTIVE; asked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts.models import Platform
from billing.models import PricingPlanSchedule, PricingPlanSubscription
from billing.selectors import agreed_prices
from billing.services.customers import exchange_rates
from billing.services.terms import plan_versions, schedule_choices, slices
from catalog.models import PricingItemProductItem, ProductType, Status
from kit.errors import InvalidField, InvalidOperation, UnableToProcess


def require(subscription: PricingPlanSubscription, schedules: Sequence[PricingPlanSchedule]) -> None:
    """Raise the contract's error for the first thing that is missing.

    InvalidOperation: a customer or entity that is not ACTIVE, no schedule. NotUsable: a version that
    is not ACTIVE. UnableToProcess: one of its product items is not. InvalidField: a wrong currency.
    """
    require_parties(subscription)
    if not schedules:
        raise InvalidOperation("An ACTIVE subscription needs at least one schedule", field="status")
    slices.require_whole([slices.Slice(each.pk, each.start_at, each.end_at) for each in schedules])
    for schedule in schedules:
        require_version(schedule)
        require_priced(subscription, schedule)
        schedule_choices.require_complete(schedule)
    require_items(subscription.platform, schedules)


def require_version(schedule: PricingPlanSchedule) -> None:
    """Its version is ACTIVE, or it is priced by itself and sells something."""
    version = schedule.pricing_plan_version
    if schedule.own_version_id == version.pk:
        if not agreed_prices.sold(schedule):
            message = "An ACTIVE subscription needs a schedule with pricing"
            raise InvalidOperation(message, field="pricing_categories")
        return
    plan_versions.choose(platform=schedule.platform, version=version, plan=None, selector=None)


def require_parties(subscription: PricingPlanSubscription) -> None:
    """Only an ACTIVE customer can have an ACTIVE subscription, and an ACTIVE entity issues its invoices."""
    for party, row in (
        ("customer", subscription.customer),
        ("billing_entity", subscription.billing_entity),
    ):
        if row.status != Status.ACTIVE:
            raise InvalidOperation(
                f"The {party.replace('_', ' ')} is {row.status}; only an ACTIVE one can be billed",
                field=f"{party}_id",
                resource_type=row.object_type,
                resource_id=row.public_id,
            )


def require_priced(subscription: PricingPlanSubscription, schedule: PricingPlanSchedule) -> None:
    """The schedule's plan, currency and periods suit the subscription."""
    require_plan(subscription, schedule)
    require_currency(subscription, schedule)
    require_prices(schedule)


def require_currency(subscription: PricingPlanSubscription, schedule: PricingPlanSchedule) -> None:
    """The version must have prices in the schedule's currency, and a rate lead from it to the one billed."""
    version = schedule.pricing_plan_version
    priced = {version.default_pricing_currency, *version.pricing_currencies}
    if schedule.pricing_currency not in priced:
        raise InvalidField(f"the plan has no prices in {schedule.pricing_currency}", field="pricing_currency")
    used = {item.currency for item in agreed_prices.of_schedule(schedule)}
    for currency in sorted(filter(None, used - {subscription.billing_currency})):
        exchange_rates.require_way(
            subscription.platform,
            currency,
            subscription.billing_currency,
            at=schedule.start_at,
            field="pricing_currency",
        )


def require_prices(schedule: PricingPlanSchedule) -> None:
    """Everything that is sold has a price for the schedule's currency and period.

    A price that names another period is for that one: fees are converted, usage is rated apart. What goes
    on from one billing period to the next cannot be left by a pricing period that is another.
    """
    billed = schedule.billing_period
    for item in agreed_prices.of_schedule(schedule):
        if item.unpriced:
            raise UnableToProcess(f"{item.description}: {item.unpriced}", field="billing_period")
        period = item.usage_period
        if period not in (None, billed) and any(rule.config.goes_on for rule in item.rules):
            raise UnableToProcess(
                f"{item.description} keeps what is left from period to period, but is priced per {period} "
                f"and billed per {billed}",
                field="billing_period",
            )


def require_plan(subscription: PricingPlanSubscription, schedule: PricingPlanSchedule) -> None:
    """A plan that is made for one customer is for nobody else."""
    plan = schedule.pricing_plan
    if plan.customer_public_id not in (None, subscription.customer.public_id):
        raise UnableToProcess(
            f"The pricing plan {plan.reference} is made for another customer",
            field="pricing_plan_version_id",
            resource_type=plan.object_type,
            resource_id=plan.public_id,
        )


def require_items(platform: Platform, schedules: Iterable[PricingPlanSchedule]) -> None:
    """Whatever the schedules price must be ACTIVE."""
    versions = {version for each in schedules for version in agreed_prices.versions_of(each)}
    link = (
        PricingItemProductItem.objects.filter(platform=platform, version_id__in=versions)
        .exclude(product_item__status=Status.ACTIVE)
        .exclude(pricing_item__pricing__product_type=ProductType.ADDON)
        .select_related("product_item")
        .order_by("pk")
        .first()
    )
    if link is not None:
        item = link.product_item
        raise UnableToProcess(
            f"The product item {item.reference} is {item.status}; activate it first",
            resource_type=item.object_type,
            resource_id=item.public_id,
        )
