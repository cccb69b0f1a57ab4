"""Activating a subscription: what it means, said before it is done."""

from __future__ import annotations

from typing import Any

from billing.models import CustomerStatus, PricingPlanSubscription
from billing.selectors import subscriptions as selectors
from desk.components import format
from desk.components.facts import Fact
from desk.editors.subscription_preview import Rail, rail
from desk.operators import Operator
from kit.errors import TallydeskError


def activation(operator: Operator, draft: PricingPlanSubscription) -> dict[str, Any]:
    """The dialog's facts and consequences; ``draft`` comes from ``selectors.subscriptions``."""
    timeline = selectors.timeline(draft)
    coming = _coming(operator, draft)
    facts = [Fact("Customer", draft.customer.name or draft.customer.reference)]
    if timeline:
        version = timeline[0].pricing_plan_version
        plan = version.pricing_plan
        facts.append(Fact("Plan", f"{plan.name or plan.reference} v{version.version}"))
        facts.append(Fact("Starts", format.day(timeline[0].start_at, draft.billing_entity.zone)))
    facts.append(Fact("First invoice", _first(coming, draft)))
    facts.append(Fact("Billing entity", draft.billing_entity.legal_name))
    return {
        "title": "Activate this subscription?",
        "facts": facts,
        "consequences": _consequences(draft, coming),
        "problem": _problem(draft),
    }


def _coming(operator: Operator, draft: PricingPlanSubscription) -> Rail:
    timeline = selectors.timeline(draft)
    if not timeline:
        return Rail(waits="Choose a plan")
    start = timeline[0].start_at
    try:
        return rail(ctx=operator.ctx, subscription=draft, start=start, ends=False, assumed=[])
    except TallydeskError as error:
        return Rail(waits=error.message)


def _first(coming: Rail, draft: PricingPlanSubscription) -> str:
    first = next((card.draft for card in coming.cards if card.draft.content), None)
    if first is None or first.content is None:
        return coming.waits or "None"
    amount = format.money(first.content.totals.including_tax, first.content.currency)
    return f"{amount} so far, on {format.day(first.invoice.invoice_date, draft.billing_entity.zone)}"


def _consequences(draft: PricingPlanSubscription, coming: Rail) -> list[tuple[str, str]]:
    found = [("lock", "Plan, dates and currency are then fixed. New phases can still be added.")]
    if coming.made_now:
        found.append(("doc", coming.made_now))
    if draft.init_invoice_on_hold:
        found.append(("pause", "Its invoices begin on hold: each becomes final after someone releases it."))
    charge = "Invoices are created but not charged: there is no payment method."
    if draft.payment_method_key:
        charge = "Final invoices are charged to the payment method."
    return [
        *found,
        ("card", charge),
        ("hook", "subscription.activated is sent to your webhook endpoints."),
    ]


def _problem(draft: PricingPlanSubscription) -> str:
    if draft.customer.status == CustomerStatus.DRAFT:
        return "The customer is a draft: activate the customer first."
    return ""
