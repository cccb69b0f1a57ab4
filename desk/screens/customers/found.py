"""What Ctrl/Cmd-K finds of customers and subscriptions, and the short address of a subscription."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from billing.models import BillingEntity, CustomerStatus
from billing.selectors import parties, subscription_groups, subscriptions
from desk.operators import Operator
from desk.palette import PER_KIND, Hit, Jump, Kind, register
from desk.screens.base import Screen
from desk.screens.customers.subscription_rows import SubscriptionRow
from kit.errors import NotFound

FEW = 3


def customers_like(operator: Operator, text: str) -> list[Hit]:
    """By a part of the name or email, or the start of the reference; ids exactly."""
    wanted = Q(name__icontains=text) | Q(email__icontains=text)
    wanted |= Q(reference__istartswith=text) | Q(public_id=text)
    rows = parties.customers(operator.platform).filter(wanted).order_by("name", "pk")[:PER_KIND]
    return [
        Hit(row.name or row.public_id, reverse("desk:customer", args=[row.public_id]), row.reference or "")
        for row in rows
    ]


def subscriptions_like(operator: Operator, text: str) -> list[Hit]:
    """By the start of the reference, or the id exactly."""
    wanted = Q(reference__istartswith=text) | Q(public_id=text)
    rows = subscriptions.subscriptions(operator.platform).filter(wanted).order_by("-pk")[:PER_KIND]
    found = [SubscriptionRow(row, operator.at) for row in rows]
    return [Hit(each.name, each.url, each.row.customer.name) for each in found]


def groups_like(operator: Operator, text: str) -> list[Hit]:
    """Subscription groups by name, reference or id."""
    named = Q(name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    rows = subscription_groups.groups(operator.platform).filter(named).order_by("-pk")[:PER_KIND]
    return [
        Hit(
            row.name or row.public_id,
            reverse("desk:subscription-group", args=[row.public_id]),
            row.reference or "",
        )
        for row in rows
    ]


def entities_like(operator: Operator, text: str) -> list[Hit]:
    """Billing entities by name, reference or id."""
    named = Q(legal_name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    rows = BillingEntity.objects.filter(named, platform=operator.platform).order_by("legal_name", "pk")
    return [
        Hit(row.legal_name, reverse("desk:billing-entity", args=[row.public_id]), row.reference or "")
        for row in rows[:PER_KIND]
    ]


def subscribing(operator: Operator, text: str) -> list[Hit]:
    """A new subscription for the active customers who are named so, or ``new subscription for`` them."""
    name = text.lower().removeprefix("new subscription for ")
    rows = parties.customers(operator.platform).filter(name__icontains=name, status=CustomerStatus.ACTIVE)
    rows = rows.order_by("name", "pk")
    places = [(row.name, reverse("desk:subscription-new", args=[row.public_id])) for row in rows[:FEW]]
    return [Hit(f"New subscription for {name}", url, "Action") for name, url in places]


class SubscriptionAt(Screen):
    """``/customers/subscriptions/<id>/`` leads to the subscription at its customer."""

    permission = "PRICING_PLAN_SUBSCRIPTION.VIEW"
    menu = "customers"

    def get(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        row = subscriptions.subscriptions(self.operator.platform).filter(public_id=pk).first()
        if row is None:
            raise NotFound("There is no such subscription.")
        return self.see_other(SubscriptionRow(row, self.operator.at).url)


register(
    Kind("Customers", "people", "CUSTOMER.VIEW", customers_like),
    Kind("Subscriptions", "doc", "PRICING_PLAN_SUBSCRIPTION.VIEW", subscriptions_like),
    Kind("Subscription groups", "people", "PRICING_PLAN_SUBSCRIPTION_GROUP.VIEW", groups_like),
    Kind("Billing entities", "doc", "BILLING_ENTITY.VIEW", entities_like),
    Kind("Start a subscription", "plus", "PRICING_PLAN_SUBSCRIPTION.CREATE", subscribing),
    Jump("Dark mode, density, keyboard", "profile"),
    Jump("New customer", "customer-new", "CUSTOMER.CREATE"),
    Jump("New billing entity", "billing-entity-new", "BILLING_ENTITY.CREATE"),
)
