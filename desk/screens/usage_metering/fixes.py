"""What puts an unmatched event right: the reason in words, what to do, where."""

from __future__ import annotations

from dataclasses import dataclass

from desk.screens.usage_metering.event_lines import link


@dataclass(frozen=True, slots=True)
class Fix:
    """``title`` names the reason, ``text`` says what to do, ``label`` and ``url`` do it (where it can be)."""

    title: str
    text: str
    label: str = ""
    url: str = ""


def of(variant: str, *, customer: str = "", customer_name: str = "", meter: str = "") -> Fix:
    """The fix for ``variant``. ``customer`` and ``meter`` are public ids, where all events share one."""
    at_customer = link("customer", customer) if customer else link("customers")
    start = (link("subscription-new", customer) if customer else "") or at_customer
    plans = link("pricing-plans")
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
            "Add an item that uses the meter to a new version of the plan, or move the customer to "
            "a plan that has one.",
            "Open pricing plans",
            plans,
        ),
        "NO_MATCHING_RULE": Fix(
            "No pricing rule fits",
            "Add a rule for these properties, or one for all other usage, in a new version of the plan.",
            "Open pricing plans",
            plans,
        ),
        "CURRENCY_MISMATCH": Fix(
            "Another currency than the plan's prices",
            "Add prices in this currency to a new version of the plan, or send amounts in its currency.",
            "Open pricing plans",
            plans,
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
