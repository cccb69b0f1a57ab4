"""``/v1/webhook-events``: what happened, how its deliveries went, and sending it again (an extension)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resources import Listed, ResourceViewSet, Retrieved
from kit.api.fields import InstantField
from kit.api.filters import Equals, Filter, OneOf, Range, clean
from webhooks.models import Delivery, DeliveryStatus, WebhookEvent
from webhooks.selectors import events as log
from webhooks.services import events


class DeliverySerializer(serializers.Serializer):
    """An event owed to one endpoint. Its instants are wall time."""

    webhook_id = serializers.CharField(source="webhook.public_id")
    status = serializers.ChoiceField(choices=DeliveryStatus.values)
    attempts = serializers.IntegerField()
    last_attempted_at = InstantField(allow_null=True)
    next_attempt_at = InstantField(allow_null=True)
    finished_at = InstantField(allow_null=True)
    response_status = serializers.IntegerField(allow_null=True)
    response_body = serializers.CharField()
    cause = serializers.CharField()


class WebhookEventSerializer(serializers.Serializer):
    """An event with its deliveries. ``status`` is null when no endpoint wanted it."""

    object_type = serializers.CharField()
    id = serializers.CharField(source="public_id")
    type = serializers.CharField()
    resource_type = serializers.CharField()
    resource_id = serializers.CharField()
    sequence = serializers.IntegerField()
    created_at = InstantField()
    original_request_id = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=DeliveryStatus.values, allow_null=True)
    data = serializers.JSONField()  # type: ignore[assignment]  # a field, collected by the metaclass
    previous_data = serializers.JSONField(allow_null=True)
    deliveries = DeliverySerializer(many=True)

    def get_original_request_id(self, event: WebhookEvent) -> str | None:
        return event.request_id or None


class OwedTo(Filter):
    """Events with a delivery to this endpoint, each once however often it was sent."""

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        raw = query.get(self.name)
        if raw is None:
            return rows
        key = clean(raw, field=self.name)
        return rows.filter(Exists(Delivery.objects.filter(event=OuterRef("pk"), **{self.path: key})))


class WebhookEventViewSet(Listed, Retrieved, ResourceViewSet):
    """The outbox, readable."""

    tag = "webhookEvents"
    model, serializer_class = WebhookEvent, WebhookEventSerializer
    selector: ClassVar = log.rows
    orderable = {"created_at": "created_at"}
    filters = [
        Equals("type", "type"),
        Equals("resource_type", "resource_type"),
        Equals("resource_id", "resource_id"),
        OwedTo("webhook_id", "webhook__public_id"),
        OneOf("statuses[]", "outcome", tuple(DeliveryStatus.values)),
        Range("created_at", "created_at"),
    ]
    permissions = {
        "list": "WEBHOOK_EVENT.VIEW",
        "retrieve": "WEBHOOK_EVENT.VIEW",
        "resend": "WEBHOOK_EVENT_RESEND",
    }

    @action(detail=True, methods=["post"], url_path="resend")
    def resend(self, request: Request, pk: str) -> Response:
        """Send the event again to every active webhook that wants it."""
        event = self.instance()
        events.resend(ctx=self.ctx, event=event)
        return self.one(event)
