"""Making and changing billing entities."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse

from billing.api.billing_entities import BillingEntitySerializer
from billing.models import BillingEntity, BillingEntityStatus
from billing.selectors import parties
from billing.services.customers import billing_entities
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.forms.billing_entity import BillingEntityForm, values_of
from desk.forms.requests import changed, understood
from desk.screens.forms import FormScreen
from kit.errors import NotFound

# verb: (status, title, button, what it means)
STEPS = {
    "activate": (
        BillingEntityStatus.ACTIVE,
        "Activate this billing entity?",
        "Activate",
        "It can issue invoices for new subscriptions.",
    ),
    "deprecate": (
        BillingEntityStatus.DEPRECATED,
        "Deprecate this billing entity?",
        "Deprecate",
        "It is not offered for new subscriptions. Those that it issues for go on.",
    ),
    "archive": (
        BillingEntityStatus.ARCHIVED,
        "Archive this billing entity?",
        "Archive",
        "It is hidden and issues for nothing new. Invoices that it issued stay as they are.",
    ),
}


class EntityScreen(FormScreen):
    """What the forms of one entity share."""

    menu = "billing-entities"
    permission = "BILLING_ENTITY.UPDATE"

    @cached_property
    def entity(self) -> BillingEntity:
        rows = parties.billing_entities(self.operator.platform)
        row: BillingEntity | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such billing entity.")
        return row

    def cancel_url(self) -> str:
        return reverse("desk:billing-entity", args=[self.entity.public_id])


class NewBillingEntity(FormScreen):
    """Active at once: a draft entity can issue nothing."""

    menu = "billing-entities"
    permission = "BILLING_ENTITY.CREATE"
    title = "New billing entity"
    description = "The legal entity that issues invoices. The first one becomes the default."
    verb = "Create billing entity"
    message = "Billing entity created"
    form_class = BillingEntityForm
    has_calls = True

    def initial(self) -> dict[str, Any]:
        return {"timezone": self.operator.platform.timezone}

    def cancel_url(self) -> str:
        return reverse("desk:billing-entities")

    def save(self, form: Any) -> str:
        platform = self.operator.platform
        fields = understood(BillingEntitySerializer, form.body(), platform=platform)
        entity = billing_entities.create(ctx=self.operator.ctx, fields=fields)
        return reverse("desk:billing-entity", args=[entity.public_id])

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/billing-entities", form.body())]


class EditBillingEntity(EntityScreen):
    """Final invoices keep the issuer as it was."""

    title = "Edit billing entity"
    description = "Final invoices keep the issuer as it was."
    verb = "Save billing entity"
    message = "Billing entity saved"
    form_class = BillingEntityForm
    has_calls = True

    def subject(self) -> BillingEntity:
        return self.entity

    def initial(self) -> dict[str, Any]:
        return values_of(self.entity)

    def save(self, form: Any) -> str:
        platform = self.operator.platform
        fields = changed(BillingEntitySerializer, form.body(), platform=platform, row=self.entity)
        billing_entities.update(ctx=self.operator.ctx, instance=self.entity, fields=fields)
        return self.cancel_url()

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/billing-entities/{self.entity.public_id}", form.body())]


class MakeDefault(EntityScreen):
    """The one before stays as it is, and is the default no longer."""

    title = "Make this the default billing entity?"
    verb = "Make default"
    message = "Default billing entity changed"
    form_class = DeskForm

    def facts(self) -> list[Fact]:
        return [Fact("Billing entity", self.entity.legal_name or self.entity.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        says = "It issues for new subscriptions that no country or currency decides. Those that exist stay."
        return [("info", says)]

    def save(self, form: Any) -> str:
        billing_entities.make_default(ctx=self.operator.ctx, instance=self.entity)
        return self.cancel_url()


class MoveBillingEntity(EntityScreen):
    """Activate, deprecate, archive: said first, then done."""

    form_class = DeskForm
    message = "Billing entity changed"
    has_calls = True

    @property
    def step(self) -> tuple[BillingEntityStatus, str, str, str]:
        found = STEPS.get(self.kwargs["verb"])
        if found is None:
            raise NotFound("There is no such action.")
        return found

    @property
    def title(self) -> str:  # type: ignore[override]
        return self.step[1]

    @property
    def verb(self) -> str:  # type: ignore[override]
        return self.step[2]

    def facts(self) -> list[Fact]:
        return [Fact("Billing entity", self.entity.legal_name or self.entity.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", self.step[3])]

    def calls(self, form: Any) -> list[Call]:
        path = f"/v1/billing-entities/{self.entity.public_id}"
        return [Call("PATCH", path, {"status": self.step[0].value})]

    def save(self, form: Any) -> str:
        fields = {"status": self.step[0]}
        billing_entities.update(ctx=self.operator.ctx, instance=self.entity, fields=fields)
        return self.cancel_url()
