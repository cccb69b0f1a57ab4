"""``/v1/webhooks``: endpoints, their secrets, and trying them out."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import crud
from accounts.api.resources import Deleted, Listed, ResourceViewSet, Retrieved, Updated
from kit import clock
from webhooks.api import serializers as shapes
from webhooks.models import Webhook
from webhooks.selectors import webhooks as endpoints
from webhooks.services import actions, secret, trial, webhooks
from webhooks.services.transport import Reply


class WebhookViewSet(Listed, Retrieved, Updated, Deleted, ResourceViewSet):
    """Where events are sent."""

    tag = "webhooks"
    model, serializer_class = Webhook, shapes.WebhookSerializer
    service: ClassVar = webhooks
    selector: ClassVar = endpoints.rows
    orderable = {name: name for name in ("created_at", "updated_at", "name", "reference")}
    permissions = crud(
        "WEBHOOK",
        actions="WEBHOOK.VIEW",
        roll="WEBHOOK.UPDATE",
        unsign="WEBHOOK.UPDATE",
        retry="WEBHOOK.UPDATE",
        send_test="WEBHOOK.UPDATE",
        test_connection="WEBHOOK.CREATE",
    )
    # They wait for a receiver; no transaction may be open meanwhile.
    untransacted = frozenset({"retry", "send_test", "test_connection"})
    requests = {"roll": shapes.SecretRollSerializer, "test_connection": shapes.WebhookSerializer}
    responses = {
        "actions": shapes.ActionListSerializer,
        "retry": shapes.ConnectionSerializer,
        "send_test": shapes.ConnectionSerializer,
        "test_connection": shapes.ConnectionSerializer,
    }

    def create(self, request: Request) -> Response:
        """Create an endpoint. Only this answer, and that of a roll, show the signing secret."""
        webhook, shown = webhooks.create(ctx=self.ctx, fields=self.validated())
        return self._showing(webhook, shown, status=201)

    @action(detail=False, methods=["get"], url_path="actions")
    def actions(self, request: Request) -> Response:
        """List what can happen, as names for included_actions and excluded_actions."""
        return Response({"data": actions.catalogue()})

    @action(detail=True, methods=["patch"], url_path="secret-key")
    def roll(self, request: Request, pk: str) -> Response:
        """Make or replace the signing secret. The old one signs beside it for 24 hours."""
        given = self.validated(serializer_class=shapes.SecretRollSerializer).get("secret_key")
        webhook, shown = secret.roll(ctx=self.ctx, instance=self.instance(), given=given, now=clock.now())
        return self._showing(webhook, shown, status=200)

    @roll.mapping.delete
    def unsign(self, request: Request, pk: str) -> Response:
        """Remove the signing secret: deliveries are not signed any more."""
        return self.one(secret.remove(ctx=self.ctx, instance=self.instance()))

    @action(detail=True, methods=["post"], url_path="send-penalty-box-payload")
    def retry(self, request: Request, pk: str) -> Response:
        """Try the blocked delivery now, and what waits behind it if it succeeds."""
        return _told(trial.retry(webhook=self.instance(), now=clock.now))

    @action(detail=True, methods=["post"], url_path="send-test")
    def send_test(self, request: Request, pk: str) -> Response:
        """Send a test message now, outside the queue."""
        return _told(trial.test(webhook=self.instance(), at=clock.now()))

    @action(detail=False, methods=["post"], url_path="test-connection")
    def test_connection(self, request: Request) -> Response:
        """Send a test message to an endpoint that is not saved."""
        webhook = webhooks.draft(ctx=self.ctx, fields=self.validated())
        return _told(trial.test(webhook=webhook, at=clock.now()))

    def _showing(self, webhook: Webhook, shown: str, *, status: int) -> Response:
        data: dict[str, Any] = self.rendered(self.fresh(webhook))
        return Response(data | {"secret_key": shown}, status=status)


def _told(reply: Reply) -> Response:
    message = reply.cause or f"The receiver answered {reply.status}"
    return Response({"successful": reply.succeeded, "message": message})
