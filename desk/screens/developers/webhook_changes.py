"""Create, change, try out, sign and delete an endpoint, by the services that the API calls."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from desk.components.badges import word
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm, ReferenceField
from desk.screens import replies
from desk.screens.base import Screen
from desk.screens.forms import FormScreen, shown_once
from desk.screens.press import Press
from kit import clock
from kit.errors import InvalidField, NotFound
from webhooks.models import AuthenticationType, Webhook, WebhookEvent
from webhooks.selectors import deliveries
from webhooks.selectors import webhooks as selectors
from webhooks.services import actions, events, secret, trial, webhooks
from webhooks.services.transport import Reply

AUTHENTICATION = [
    (AuthenticationType.NONE.value, "The signature is enough"),
    (AuthenticationType.PASSWORD.value, "User name and password"),
    (AuthenticationType.API_KEY.value, "A key in a header"),
]


class WebhookForm(DeskForm):
    """An endpoint. Secrets left empty stay as they are."""

    rows = (("username", "password"), ("api_header_field", "api_key"))

    name = forms.CharField(max_length=200, help_text="What hears it, such as Ledger")
    reference = ReferenceField()
    url = forms.CharField(
        label="URL",
        max_length=2000,
        help_text="Where events are posted, such as https://ledger.example/hooks",
    )
    included_actions = forms.MultipleChoiceField(
        label="Events",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it hears of. Choose nothing to hear of everything.",
    )
    authentication_type = forms.ChoiceField(
        help_text="How each delivery proves who sent it.",
        label="Authentication",
        choices=AUTHENTICATION,
        widget=forms.RadioSelect,
        required=False,
    )
    username = forms.CharField(
        help_text="For a user name and password.", label="User name", max_length=200, required=False
    )
    password = forms.CharField(
        help_text="Leave it empty to keep the stored one.", required=False, widget=forms.PasswordInput
    )
    api_header_field = forms.CharField(
        help_text="For a key, such as X-API-KEY.", label="Header", max_length=100, required=False
    )
    api_key = forms.CharField(
        help_text="Leave it empty to keep the stored one.",
        label="Key",
        required=False,
        widget=forms.PasswordInput,
    )
    active = forms.BooleanField(
        help_text="Clear it to stop deliveries and keep the endpoint.",
        label="Deliver to this endpoint",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["included_actions"].choices = [  # type: ignore[attr-defined]
            (word(str(each["object_type"])), [(name, name) for name in _names(each)])
            for each in actions.catalogue()
        ]

    def values(self) -> dict[str, Any]:
        """The service's fields; secrets only where one was typed."""
        data = dict(self.cleaned_data)
        data["authentication_type"] = data["authentication_type"] or AuthenticationType.NONE.value
        return {name: value for name, value in data.items() if value or name not in ("password", "api_key")}

    def body(self) -> dict[str, Any]:
        """The same as the API takes it: what is empty is left out."""
        return {name: value for name, value in self.values().items() if value not in ("", [])}


def _names(each: dict[str, Any]) -> list[str]:
    return [name if "." in name else f"{each['object_type']}.{name}" for name in each["actions"]]


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


class Try(Press):
    """Sends something now and says how it went; no transaction is open meanwhile."""

    permission = "WEBHOOK.UPDATE"
    menu = "webhooks"
    verb = "send-test"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.see_other(reverse("desk:webhook", args=[pk]))

    def calls(self) -> list[Call]:
        return [Call("POST", f"/v1/webhooks/{self.kwargs['pk']}/{self.verb}")]

    def press(self, request: HttpRequest, pk: str) -> HttpResponse:  # type: ignore[override]
        webhook = selectors.rows(self.operator.platform).filter(public_id=pk).first()
        if webhook is None:
            raise NotFound("There is no such endpoint.")
        reply = self.send(webhook)
        said = (
            f"{webhook.name} answered {reply.status}" if reply.succeeded else f"Not delivered: {reply.cause}"
        )
        replies.toast(request, said)
        return replies.go(request, reverse("desk:webhook", args=[pk]))

    def send(self, webhook: Webhook) -> Reply:
        return trial.test(webhook=webhook, at=clock.now())


class Resend(Try):
    """Tries the blocked delivery now; what waits behind it follows."""

    verb = "send-penalty-box-payload"

    def send(self, webhook: Webhook) -> Reply:
        return trial.retry(webhook=webhook, now=clock.now)


class ResendEvent(Press):
    """Queues an event again for every endpoint that wants it, and goes back to where it was asked."""

    permission = "WEBHOOK_EVENT_RESEND"
    menu = "webhooks"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.see_other(reverse("desk:webhooks"))

    def calls(self) -> list[Call]:
        return [Call("POST", f"/v1/webhook-events/{self.kwargs['pk']}/resend")]

    def press(self, request: HttpRequest, pk: str) -> HttpResponse:  # type: ignore[override]
        event = WebhookEvent.objects.filter(platform=self.operator.platform, public_id=pk).first()
        if event is None:
            raise NotFound("There is no such event.")
        before = deliveries.newest(event)
        events.resend(ctx=self.operator.ctx, event=event)
        if replies.is_htmx(request):
            return self.rows(event, before)
        back = request.POST.get("back", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return self.done(back if safe else reverse("desk:webhooks"), f"{event.type} queued again")

    def rows(self, event: WebhookEvent, before: int) -> HttpResponse:
        """The new deliveries; of one endpoint only, where its own page asks."""
        found = deliveries.rows(self.operator.platform).filter(event=event, pk__gt=before)
        of = "endpoint" if self.request.POST.get("of") == "endpoint" else "record"
        if of == "record":
            asked = self.request.POST.get("delivery", "")
            found = found.filter(webhook__deliveries=int(asked) if asked.isdecimal() else 0)
        answer = rows_alone(request=self.request, deliveries=found.order_by("-pk"), of=of, live=True)
        return replies.trigger(answer, announce=f"{event.type} queued again")


class DeliveryRow(Screen):
    """One delivery as it is now: its row asks until it has come to an end."""

    permission = "WEBHOOK.VIEW"
    menu = "webhooks"

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        row = deliveries.rows(self.operator.platform).filter(pk=key).first()
        if row is None:
            raise NotFound("There is no such delivery.")
        if not replies.is_htmx(request):
            return self.see_other(reverse("desk:webhook", args=[row.webhook.public_id]))
        of = "endpoint" if request.GET.get("of") == "endpoint" else "record"
        return rows_alone(
            request=request,
            deliveries=[row],
            of=of,
            back=reverse("desk:webhook", args=[row.webhook.public_id]),
            may_resend=self.operator.can("WEBHOOK_EVENT_RESEND"),
            live=selectors.blocked_of(row.webhook) is None,
        )


def rows_alone(*, request: HttpRequest, **context: Any) -> HttpResponse:
    """Rows of the table and nothing before them: a title would make the browser drop their tags."""
    return HttpResponse(render_to_string("desk/developers/delivery_rows.html", context, request))
