"""What Ctrl/Cmd-K finds of customers and subscriptions, and the short address of a subscription."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponseBase

from billing.models import CustomerStatus
from billing.selectors import parties, subscription_groups, subscriptions
from desk.operators import Operator
from desk.palette import PER_KIND, Hit, Jump, Kind, Named, first_of, register
from desk.screens.base import Screen
from desk.screens.customers.subscription_rows import SubscriptionRow
from kit.errors import NotFound

FEW = 3
NEW_FOR = "New subscription for "


def customers_like(operator: Operator, text: str) -> QuerySet[Any]:
    """By a part of the name or email, or the start of the reference; ids exactly."""
    wanted = Q(name__icontains=text) | Q(email__icontains=text)
    wanted |= Q(reference__istartswith=text) | Q(public_id=text)
    return parties.customers(operator.platform).filter(wanted)


def subscriptions_like(operator: Operator, text: str) -> list[Hit]:
    """By the start of the reference, or the id exactly."""
    wanted = Q(reference__istartswith=text) | Q(public_id=text)
    rows = subscriptions.subscriptions(operator.platform).filter(wanted).order_by("-pk")[:PER_KIND]
    found = [SubscriptionRow(row, operator.at) for row in rows]
    return [Hit(each.name, each.url, each.row.customer.name) for each in found]


def groups_like(operator: Operator, text: str) -> QuerySet[Any]:
    """Subscription groups by name, reference or id."""
    named = Q(name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    return subscription_groups.groups(operator.platform).filter(named)


def entities_like(operator: Operator, text: str) -> QuerySet[Any]:
    """Billing entities by name, reference or id."""
    named = Q(legal_name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    return parties.billing_entities(operator.platform).filter(named)


def subscribing(operator: Operator, text: str) -> QuerySet[Any]:
    """A new subscription for the active customers who are named so, or ``new subscription for`` them."""
    name = text.lower().removeprefix(NEW_FOR.lower())
    rows = parties.customers(operator.platform)
    return rows.filter(name__icontains=name, status=CustomerStatus.ACTIVE)


class SubscriptionAt(Screen):
    """``/customers/subscriptions/<id>/`` leads to the subscription at its customer."""

    permission = "PRICING_PLAN_SUBSCRIPTION.VIEW"
    menu = "customers"

    def get(self, request: HttpRequest, pk: str) -> HttpResponseBase:
        row = subscriptions.subscriptions(self.operator.platform).filter(public_id=pk).first()
        if row is None:
            raise NotFound("There is no such subscription.")
        return self.see_other(SubscriptionRow(row, self.operator.at).url)


BY_NAME = ("name", "pk")
register(
    Named(
        "Customers",
        "people",
        "CUSTOMER.VIEW",
        customers_like,
        "customer",
        order=BY_NAME,
        name=first_of("name", "public_id"),
    ),
    Kind("Subscriptions", "doc", "PRICING_PLAN_SUBSCRIPTION.VIEW", subscriptions_like),
    Named(
        "Subscription groups",
        "people",
        "PRICING_PLAN_SUBSCRIPTION_GROUP.VIEW",
        groups_like,
        "subscription-group",
        order=("-pk",),
        name=first_of("name", "reference"),
    ),
    Named(
        "Billing entities",
        "doc",
        "BILLING_ENTITY.VIEW",
        entities_like,
        "billing-entity",
        order=("legal_name", "pk"),
        name="legal_name",
    ),
    Named(
        "Start a subscription",
        "plus",
        "PRICING_PLAN_SUBSCRIPTION.CREATE",
        subscribing,
        "subscription-new",
        order=BY_NAME,
        name=Concat(Value(NEW_FOR), "name"),
        note=Value("Action"),
        most=FEW,
    ),
    Jump("Dark mode, density, keyboard", "profile"),
    Jump("New customer", "customer-new", "CUSTOMER.CREATE"),
    Jump("New billing entity", "billing-entity-new", "BILLING_ENTITY.CREATE"),
)
