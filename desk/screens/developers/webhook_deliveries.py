"""Try an endpoint out, deliver again, and a delivery as it is now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from desk.components.curl import Call
from desk.screens import replies
from desk.screens.base import Screen
from desk.screens.press import Press
from kit import clock
from kit.errors import NotFound
from webhooks.models import Webhook, WebhookEvent
from webhooks.selectors import deliveries
from webhooks.selectors import webhooks as selectors
from webhooks.services import events, trial
from webhooks.services.transport import Reply


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
        answer = _rows_alone(request=self.request, deliveries=found.order_by("-pk"), of=of, live=True)
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
        return _rows_alone(
            request=request,
            deliveries=[row],
            of=of,
            back=reverse("desk:webhook", args=[row.webhook.public_id]),
            may_resend=self.operator.can("WEBHOOK_EVENT_RESEND"),
            live=selectors.blocked_of(row.webhook) is None,
        )


def _rows_alone(*, request: HttpRequest, **context: Any) -> HttpResponse:
    """Rows of the table and nothing before them: a title would make the browser drop their tags."""
    return HttpResponse(render_to_string("desk/developers/delivery_rows.html", context, request))
