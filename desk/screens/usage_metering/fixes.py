"""What puts an unmatched event right: the reason in words, what to do, where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Platform
from billing.models import PricingPlanSchedule, SubscriptionStatus
from desk.screens.usage_metering.event_lines import link


@dataclass(frozen=True, slots=True)
class Fix:
    """``title`` names the reason, ``text`` says what to do, ``label`` and ``url`` do it (where it can be)."""

    title: str
    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is mended: its name and its page."""

    name: str
    url: str


def of(variant: str, *, customer: str = "", customer_name: str = "", plan: Place | None = None) -> Fix:
    """The fix for ``variant``. ``customer`` is a public id, ``plan`` theirs, where all events share one."""
    at_customer = link("customer", customer) if customer else link("customers")
    start = (link("subscription-new", customer) if customer else "") or at_customer
    at_plan = Place("Open pricing plans", link("pricing-plans"))
    if plan:
        at_plan = Place(f"Open {plan.name}", plan.url)
    name = customer_name or "the customer"
    found = {
        "CUSTOMER_NOT_ACTIVE": Fix(
            "The customer is not active",
            f"Activate {name}; then start a subscription that covers the time of the events.",
            f"Open {name}",
            at_customer,
        ),
        "NO_ACTIVE_SUBSCRIPTION": Fix(
            "No subscription in force at that time",
            f"Start a subscription for {name}, backdated to the first of these events.",
            f"New subscription for {name}" if customer else "Open customers",
            start,
        ),
        "NO_PRODUCT_ITEM": Fix(
            "The subscription's plan does not count this meter",
            f"Add an item that uses the meter to a new version of the plan and migrate {name} to it, which "
            "prices usage from then on. What was used before is billed by a further subscription, backdated, "
            "on a plan that counts the meter.",
            at_plan.name,
            at_plan.url,
        ),
        "NO_MATCHING_RULE": Fix(
            "No pricing rule fits",
            f"Add a rule for these properties in a new version of the plan and migrate {name} to it, which "
            "prices usage from then on. Send what was used before again, with properties that have a price.",
            at_plan.name,
            at_plan.url,
        ),
        "CURRENCY_MISMATCH": Fix(
            "Another currency than the plan's prices",
            f"Add prices in this currency to a new version of the plan and migrate {name} to it: it prices "
            "usage from then on. Send what was used before again, with amounts in the plan's currency.",
            at_plan.name,
            at_plan.url,
        ),
        "SEVERAL_SUBSCRIPTIONS": Fix(
            "Several subscriptions count this meter",
            f"Name the subscription in the event, or let {name} fall back to the newest one.",
            f"Open {name}",
            at_customer,
        ),
        "IN_TRIAL": Fix(
            "Used during a trial",
            "Usage in a trial is free. Nothing has to be done.",
        ),
    }
    return found.get(
        variant, Fix("Nothing prices these events", "Check the customer's subscriptions and plan.")
    )


def plans_of(platform: Platform, customers: Iterable[int]) -> dict[int, Place]:
    """The plan of each customer who is on one plan only. One query."""
    rows = PricingPlanSchedule.objects.filter(
        platform=platform,
        subscription__customer__in=customers,
        subscription__status=SubscriptionStatus.ACTIVE,
        pricing_plan_version__isnull=False,
    )
    plan = "pricing_plan_version__pricing_plan__"
    named = rows.values_list("subscription__customer", f"{plan}public_id", f"{plan}name", f"{plan}reference")
    found: dict[int, set[Place]] = {}
    for customer, key, name, reference in named.distinct():
        found.setdefault(customer, set()).add(Place(name or reference, link("pricing-plan", key)))
    return {customer: next(iter(places)) for customer, places in found.items() if len(places) == 1}
