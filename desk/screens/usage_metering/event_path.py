"""The path that an event took, in four steps: accepted, meter found, subscription found, price found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus, PricingPlanSubscription
from billing.selectors import subscriptions
from catalog.models import PricingItemConfig, ProductItem
from desk.components import format
from desk.editors.pricing import conditions
from desk.screens.usage_metering.event_lines import link
from metering.ports import Fate, FateKind

OK, STOPPED, NOT_REACHED = "ok", "bad", "off"
AT_SUBSCRIPTION = {
    "CUSTOMER_NOT_ACTIVE": "The customer was not active when it happened.",
    "NO_ACTIVE_SUBSCRIPTION": "The customer has no subscription in force at this time.",
    "SEVERAL_SUBSCRIPTIONS": "Several subscriptions count this meter; the customer's setting picks none.",
    "NO_PRICES": "There are no subscriptions on this installation.",
}
AT_PRICE = {
    "NO_PRODUCT_ITEM": "No item of the subscription's plan counts this meter.",
    "IN_TRIAL": "The subscription was in its trial: usage is free.",
    "CURRENCY_MISMATCH": "Its amount is in another currency than the plan's prices.",
    "NO_MATCHING_RULE": "No pricing rule fits its properties, and there is no rule for all other usage.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: ok, bad or off (not reached). ``where`` is (text, url) of what was found."""

    label: str
    state: str
    text: str = ""
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """What the links of a fate lead to; ``rules`` are (words, url of the plan version that has it)."""

    subscription: PricingPlanSubscription | None
    items: tuple[ProductItem, ...]
    rules: tuple[tuple[str, str], ...]
    invoice: Invoice | None

    @property
    def is_locked(self) -> bool:
        """Whether the event stands on an invoice that no longer changes."""
        return self.invoice is not None and self.invoice.status != InvoiceStatus.DRAFT


def destination(platform: Platform, fate: Fate) -> Destination:
    """The subscription, items, rules and invoice of a fate. Three queries, four with an invoice."""
    links = fate.links
    if not links:
        return Destination(None, (), (), None)
    items = ProductItem.objects.for_platform(platform).select_related("product")
    keys = {key for each in links for key in each.product_item_ids}
    invoices = {each.invoice_id for each in links if each.invoice_id}
    billed = Invoice.objects.filter(platform=platform, public_id__in=invoices)
    own = subscriptions.subscriptions(platform).prefetch_related(None)
    return Destination(
        subscription=own.filter(public_id=links[0].pricing_plan_subscription_id).first(),
        items=tuple(items.filter(public_id__in=keys).order_by("name", "pk")),
        rules=_rules(platform, [key for each in links if (key := each.pricing_item_config_id)]),
        invoice=billed.first() if invoices else None,
    )


def _rules(platform: Platform, keys: list[str]) -> tuple[tuple[str, str], ...]:
    """``Growth, version 2: region is eu-west``, each once, with where that version is read. One query."""
    rows = PricingItemConfig.objects.filter(platform=platform, public_id__in=keys)
    found = rows.select_related("version__pricing_plan", "version__own_schedule__subscription").order_by("pk")
    return tuple(dict.fromkeys(map(_rule, found)))


def _rule(row: PricingItemConfig) -> tuple[str, str]:
    version, words = row.version, conditions.words(row.body) or "all other usage"
    owner = getattr(version, "own_schedule", None)
    if owner is not None:
        return f"Own price of the subscription: {words}", link("subscription", owner.subscription.public_id)
    plan = version.pricing_plan
    url = link("pricing-plan", plan.public_id)
    at_version = f"{url}?version={version.version}" if url else ""
    return f"{plan.name or plan.reference}, version {version.version}: {words}", at_version


def steps(line: Any, fate: Fate, found: Destination) -> list[Step]:
    """The four steps of the event that ``line`` tells."""
    lag = f", {line.lag} after it happened" if line.lag else ""
    received = format.instant(line.received, timezone.get_current_timezone())
    accepted = Step("Accepted", OK, f"Received {received}{lag}.")
    meter = Step("Meter found", OK, "", (line.meter,))
    return [accepted, meter, _subscription(fate, found), _price(fate, found)]


def name_of(subscription: PricingPlanSubscription) -> str:
    """What a subscription of ``destination`` is called: by itself, or as its plan."""
    plan: str = getattr(subscription, "pricing_plan_name", "") or ""
    return subscription.name or plan or subscription.reference or subscription.public_id


def _subscription(fate: Fate, found: Destination) -> Step:
    label, variant = "Subscription found", fate.variant or ""
    if fate.kind == FateKind.DELETED:
        return Step(label, NOT_REACHED, "The event was deleted and counts no more.")
    if variant in AT_SUBSCRIPTION:
        return Step(label, STOPPED, AT_SUBSCRIPTION[variant])
    if found.subscription is None:
        return Step(label, OK)
    return Step(
        label, OK, "", ((name_of(found.subscription), link("subscription", found.subscription.public_id)),)
    )


def _price(fate: Fate, found: Destination) -> Step:
    label, variant = "Price found", fate.variant or ""
    if variant in AT_PRICE:
        return Step(label, STOPPED, AT_PRICE[variant])
    if not found.items:
        return Step(label, NOT_REACHED)
    where = [(item.name, link("product", item.product.public_id)) for item in found.items]
    if fate.kind == FateKind.LATE:
        return Step(label, OK, "It came after its period's invoice was final: late usage.", tuple(where))
    if found.invoice is not None:
        number = found.invoice.invoice_number or "Draft invoice"
        where.append((number, link("invoice", found.invoice.public_id)))
    return Step(label, OK, "", tuple(where))
