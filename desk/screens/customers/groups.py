"""Customers > Subscription groups: whose volumes count together."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from billing.models import PricingPlanSubscriptionGroup
from billing.selectors import subscription_groups as selectors
from billing.selectors import subscriptions
from desk.components import format
from desk.components.actions import Action
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.facts import Fact
from desk.screens.customers.subscription_rows import SubscriptionRow
from desk.screens.details import DetailScreen, Tab
from desk.screens.lists import ListScreen
from desk.tables import Column, Figure, Moment, Table

GROUP = "PRICING_PLAN_SUBSCRIPTION_GROUP"
PATH = "/v1/pricing-plan-subscription-groups"
EXAMPLE = {"reference": "halyard-brands", "pricing_plan_subscription_ids": ["brand-north", "brand-south"]}


def _owner(group: Any) -> str:
    owner = group.owner_customer
    return str(owner.name or owner.reference or owner.public_id) if owner else ""


def _customers(group: Any) -> str:
    names = {member.subscription.customer.name or "" for member in selectors.current(group)}
    return ", ".join(sorted(filter(None, names)))


class SubscriptionGroups(ListScreen):
    """Newest first."""

    permission = f"{GROUP}.VIEW"
    title = "Subscription groups"
    menu = "customers"
    template = "desk/customers/list.html"
    table = Table(
        key="subscription-groups",
        one="subscription group",
        many="subscription groups",
        default="-created",
        columns=[
            Column(name="name", label="Name", of="name", more="reference", sort="name"),
            Column(name="owner", label="Owner", of=_owner),
            Column(name="customers", label="Customers", of=_customers),
            Figure(name="members", label="Subscriptions", of=lambda row: len(selectors.current(row))),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
        ],
        search=("name", "reference", "public_id", "owner_customer__name"),
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        """What a group is for."""
        return Empty(
            "Let brands of one parent share their tiers",
            "What the subscriptions of a group use together picks the tiers of each. Every one of them "
            "keeps an invoice of its own.",
            self._new("primary"),
            call=Call("POST", PATH, EXAMPLE),
        )

    def rows(self) -> QuerySet[Any]:
        return selectors.groups(self.operator.platform)

    def href(self, row: Any) -> str:
        return reverse("desk:subscription-group", args=[row.public_id])

    def actions(self) -> list[Action]:
        return [self._new("primary")]

    def call(self) -> Call:
        return Call("GET", PATH)

    def _new(self, style: str) -> Action:
        url = reverse("desk:subscription-group-new")
        return Action("New group", url, f"{GROUP}.CREATE", style, key="n")


class SubscriptionGroupDetail(DetailScreen):
    """Who is in it."""

    permission = f"{GROUP}.VIEW"
    menu = "customers"
    model = PricingPlanSubscriptionGroup
    route = "subscription-group"

    def rows(self) -> QuerySet[Any]:
        return selectors.groups(self.operator.platform)

    def facts(self) -> list[Fact]:
        members = selectors.current(self.row)
        return [
            Fact("Owner", _owner(self.row) or "None"),
            Fact("Customers", format.number(len({each.subscription.customer_id for each in members}))),
            Fact("Subscriptions", format.number(len(members))),
        ]

    def tabs(self) -> list[Tab]:
        count = len(selectors.current(self.row))
        return [Tab("members", "Subscriptions", "desk/customers/group_members.html", count)]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name != "members":
            return {}
        keys = [member.subscription_id for member in selectors.current(self.row)]
        rows = subscriptions.subscriptions(self.operator.platform).filter(pk__in=keys).order_by("pk")
        return {"members": [SubscriptionRow(row, self.operator.at) for row in rows], "edit": self._edit()}

    def actions(self) -> list[Action]:
        return [self._edit()]

    def more(self) -> list[Action]:
        url = reverse("desk:subscription-group-delete", args=[self.row.public_id])
        return [Action("Delete", url, f"{GROUP}.DELETE", opens="dialog")]

    def call(self) -> Call | None:
        return Call("GET", f"{PATH}/{self.kwargs['pk']}")

    def _edit(self) -> Action:
        url = reverse("desk:subscription-group-edit", args=[self.row.public_id])
        return Action("Edit group", url, f"{GROUP}.UPDATE", key="e")
