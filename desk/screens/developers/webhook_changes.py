"""Create, change, try out, sign and delete an endpoint, by the services that the API calls."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.forms.webhook import WebhookForm
from desk.screens.forms import FormScreen, shown_once
from kit import clock
from kit.errors import InvalidField, NotFound
from webhooks.models import AuthenticationType, Webhook
from webhooks.selectors import webhooks as selectors
from webhooks.services import secret, webhooks


class OfWebhook(FormScreen):
    """A form about one endpoint."""

    permission = "WEBHOOK.UPDATE"
    menu = "webhooks"

    @cached_property
    def webhook(self) -> Webhook:
        """The endpoint in the path."""
        row = selectors.rows(self.operator.platform).filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such endpoint.")
        found: Webhook = row
        return found

    def cancel_url(self) -> str:
        return reverse("desk:webhook", args=[self.kwargs["pk"]])

    def facts(self) -> list[Fact]:
        return [Fact("Endpoint", self.webhook.name), Fact("URL", self.webhook.url)]


class NewWebhook(FormScreen):
    """Shows the signing secret, once."""

    title = "New endpoint"
    verb = "Create endpoint"
    permission = "WEBHOOK.CREATE"
    menu = "webhooks"
    form_class = WebhookForm
    has_calls = True

    def initial(self) -> dict[str, Any]:
        return {"active": True, "authentication_type": AuthenticationType.NONE}

    def cancel_url(self) -> str:
        return reverse("desk:webhooks")

    def save(self, form: Any) -> HttpResponse:
        webhook, shown = webhooks.create(ctx=self.operator.ctx, fields=form.values())
        note = "Copy the signing secret now: it is shown only this once."
        return shown_once(self, shown, f"Endpoint {webhook.name}", note)

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", "/v1/webhooks", form.body())] if form.is_valid() else []


class EditWebhook(OfWebhook):
    """Changes what is given; secrets left empty stay."""

    title = "Edit endpoint"
    verb = "Save endpoint"
    form_class = WebhookForm
    message = "Endpoint saved"
    has_calls = True

    def calls(self, form: Any) -> list[Call]:
        path = f"/v1/webhooks/{self.webhook.public_id}"
        return [Call("PATCH", path, form.body())] if form.is_valid() else []

    def facts(self) -> list[Fact]:
        return []

    def subject(self) -> Webhook:
        return self.webhook

    def initial(self) -> dict[str, Any]:
        names = ("name", "reference", "url", "included_actions", "authentication_type", "username")
        return {name: getattr(self.webhook, name) for name in (*names, "api_header_field", "active")}

    def save(self, form: Any) -> str:
        webhooks.update(ctx=self.operator.ctx, instance=self.webhook, fields=form.values())
        return self.cancel_url()


class RollSecret(OfWebhook):
    """A new signing secret; the old one signs beside it for a day."""

    title = "Roll the signing secret?"
    verb = "Roll secret"
    has_calls = True

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/webhooks/{self.webhook.public_id}/secret-key", {})]

    def consequences(self) -> list[tuple[str, str]]:
        return [("key", "The old secret signs beside the new one for 24 hours, then no more.")]

    def save(self, form: Any) -> HttpResponse:
        webhook, shown = secret.roll(
            ctx=self.operator.ctx, instance=self.webhook, given=None, now=clock.now()
        )
        return shown_once(self, shown, f"Endpoint {webhook.name}", "Copy it now: it is shown only this once.")


class DeleteForm(DeskForm):
    """The endpoint's name, typed."""

    name = forms.CharField(
        help_text="As it is shown above, capitals included.", label="Type the endpoint's name to confirm"
    )


class DeleteWebhook(OfWebhook):
    """Deletes the endpoint with everything still owed to it."""

    title = "Delete this endpoint?"
    verb = "Delete endpoint"
    verb_style = "solid-bad"
    keep = "Keep endpoint"
    permission = "WEBHOOK.DELETE"
    form_class = DeleteForm
    message = "Endpoint deleted"
    has_calls = True

    def calls(self, form: Any) -> list[Call]:
        return [Call("DELETE", f"/v1/webhooks/{self.webhook.public_id}")]

    def consequences(self) -> list[tuple[str, str]]:
        return [("bin", "What waits to be delivered to it is dropped. This cannot be undone.")]

    def save(self, form: Any) -> str:
        if form.cleaned_data["name"] != self.webhook.name:
            raise InvalidField(f"Type {self.webhook.name}, exactly as it is written", field="name")
        webhooks.delete(ctx=self.operator.ctx, instance=self.webhook)
        return reverse("desk:webhooks")
