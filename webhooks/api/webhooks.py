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
from webhooks.services import actions, secret, webhooks


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
    )
    requests = {"roll": shapes.SecretRollSerializer}
    responses = {"actions": shapes.ActionListSerializer}

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

    def _showing(self, webhook: Webhook, shown: str, *, status: int) -> Response:
        data: dict[str, Any] = self.rendered(self.fresh(webhook))
        return Response(data | {"secret_key": shown}, status=status)
