"""Making, changing and deleting subscription groups."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse

from billing.api.subscription_groups import PricingPlanSubscriptionGroupSerializer
from billing.models import PricingPlanSubscriptionGroup
from billing.selectors import subscription_groups as selectors
from billing.services.subscriptions import subscription_groups
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.requests import changed, understood
from desk.forms.subscription_group import SubscriptionGroupForm
from desk.screens.customers.groups import GROUP, PATH
from desk.screens.customers.subscription_rows import SubscriptionRow
from desk.screens.forms import FormScreen
from kit.errors import NotFound

OFFERED = 200
WHEN = "The period that runs is pooled with those who are members when it ends."


class GroupFormScreen(FormScreen):
    """What a new group and a change share."""

    menu = "customers"
    has_calls = True
    description = WHEN

    def form(self, data: Any = None) -> SubscriptionGroupForm:
        return SubscriptionGroupForm(data, initial=self.initial(), choices=self.choices())

    def choices(self) -> list[tuple[str, str]]:
        """Members first, then the newest subscriptions that are in no other group."""
        row = self.subject()
        found = selectors.candidates(self.operator.platform, group=row, most=OFFERED)
        return [(each.public_id, self._label(SubscriptionRow(each, self.operator.at))) for each in found]

    def subject(self) -> PricingPlanSubscriptionGroup | None:
        return None

    def cancel_url(self) -> str:
        return reverse("desk:subscription-groups")

    def _label(self, shown: SubscriptionRow) -> str:
        customer = shown.row.customer
        parts = [customer.name or customer.reference, shown.name, shown.row.reference]
        return ", ".join(str(part) for part in dict.fromkeys(filter(None, parts)))


class NewGroup(GroupFormScreen):
    """Several subscriptions, one volume."""

    permission = f"{GROUP}.CREATE"
    title = "New subscription group"
    verb = "Create group"
    message = "Subscription group created"

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", PATH, form.body())] if form.is_valid() else []

    def save(self, form: Any) -> str:
        platform = self.operator.platform
        fields = understood(PricingPlanSubscriptionGroupSerializer, form.body(), platform=platform)
        made = subscription_groups.create(ctx=self.operator.ctx, fields=fields)
        return reverse("desk:subscription-group", args=[made.public_id])


class ExistingGroup(GroupFormScreen):
    """One that the path names."""

    @cached_property
    def group(self) -> PricingPlanSubscriptionGroup:
        rows = selectors.groups(self.operator.platform)
        row: PricingPlanSubscriptionGroup | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such subscription group.")
        return row

    def subject(self) -> PricingPlanSubscriptionGroup:
        return self.group

    def cancel_url(self) -> str:
        return reverse("desk:subscription-group", args=[self.group.public_id])


class EditGroup(ExistingGroup):
    """Its name and members."""

    permission = f"{GROUP}.UPDATE"
    title = "Edit subscription group"
    verb = "Save group"
    message = "Subscription group saved"

    def initial(self) -> dict[str, Any]:
        row, owner = self.group, self.group.owner_customer
        return {
            "name": row.name,
            "reference": row.reference,
            "description": row.description,
            "owner": (owner.reference or owner.public_id) if owner else "",
            "members": [each.subscription.public_id for each in selectors.current(row)],
        }

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"{PATH}/{self.group.public_id}", form.body())] if form.is_valid() else []

    def save(self, form: Any) -> str:
        platform, body = self.operator.platform, form.body()
        fields = changed(PricingPlanSubscriptionGroupSerializer, body, platform=platform, row=self.group)
        subscription_groups.update(ctx=self.operator.ctx, instance=self.group, fields=fields)
        return self.cancel_url()


class DeleteGroup(ExistingGroup):
    """For one that pooled nothing yet."""

    permission = f"{GROUP}.DELETE"
    title = "Delete this subscription group?"
    description = ""
    verb = "Delete group"
    verb_style = "solid-bad"
    message = "Subscription group deleted"

    def form(self, data: Any = None) -> Any:
        return self.form_class(data)

    def facts(self) -> list[Fact]:
        return [Fact("Name", self.group.name or self.group.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [
            ("people", "Its subscriptions stay, each with tiers of its own."),
            ("warn", "Once a running subscription was in it, it is kept: take the members out instead."),
        ]

    def calls(self, form: Any) -> list[Call]:
        return [Call("DELETE", f"{PATH}/{self.group.public_id}")]

    def save(self, form: Any) -> str:
        subscription_groups.delete(ctx=self.operator.ctx, instance=self.group)
        return reverse("desk:subscription-groups")
