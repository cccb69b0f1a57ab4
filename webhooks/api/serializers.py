"""The shapes of endpoints."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers

from kit import clock
from kit.api.fields import (
    EnumField,
    InstantField,
    ReferenceField,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    TextField,
)
from kit.period import format_instant
from webhooks.api.fields import MASK, OptionalTextField, SecretField, StateField, StateTextField
from webhooks.models import AuthenticationType, Webhook
from webhooks.selectors.webhooks import blocked_of
from webhooks.services import payload, secret

PROTOCOL = "HMAC-SHA256"


class PenaltyBoxSerializer(serializers.Serializer):
    """The delivery that failed last and holds up the later ones."""

    retry_count = StrictIntegerField()
    retry_at = InstantField()
    cause = serializers.CharField()
    payload = serializers.CharField()


@extend_schema_field(PenaltyBoxSerializer(required=False, allow_null=True))
class PenaltyBoxField(StateField):
    """The current retry state, or null."""


class ActionsField(serializers.ListField):
    """Names of actions; the service knows which exist."""

    def __init__(self) -> None:
        super().__init__(
            child=StrictCharField(max_length=80), required=False, allow_null=True, max_length=1000
        )


def _penalty_box(webhook: Webhook) -> dict[str, Any] | None:
    delivery = blocked_of(webhook)
    if delivery is None or delivery.next_attempt_at is None:
        return None
    return {
        "retry_count": delivery.attempts,
        "retry_at": format_instant(delivery.next_attempt_at),
        "cause": delivery.cause,
        "payload": payload.encode(payload.of(delivery.event, webhook=webhook)).decode(),
    }


def _blocked_event(webhook: Webhook) -> str | None:
    delivery = blocked_of(webhook)
    return delivery.event.public_id if delivery else None


def _previous(shown: str) -> StateTextField:
    def read(webhook: Webhook) -> str | None:
        return shown if secret.previous_lives(webhook, now=clock.now()) else None

    return StateTextField(read)


class WebhookSerializer(serializers.Serializer):
    """An endpoint. ``penalty_box`` is the id of the event that is blocked."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    name = TextField(required=True, max_length=200)
    reference = ReferenceField()
    url = TextField(required=True, max_length=2000)
    active = StrictBooleanField(required=False)
    authentication_type = EnumField(choices=AuthenticationType.values, required=False)
    username = OptionalTextField(max_length=200)
    password = SecretField(sealed="password_sealed")
    api_header_field = OptionalTextField(max_length=100)
    api_key = SecretField(sealed="api_key_sealed")
    included_actions = ActionsField()
    excluded_actions = ActionsField()
    include_previous_data = StrictBooleanField(required=False)
    secret_key = SecretField(sealed="secret_key_sealed")
    signing_protocol = StateTextField(lambda webhook: PROTOCOL if webhook.secret_key_sealed else None)
    previous_secret_key = _previous(MASK)
    previous_signing_protocol = _previous(PROTOCOL)
    secret_rolled_at = StateTextField(
        lambda webhook: format_instant(webhook.secret_rolled_at) if webhook.secret_rolled_at else None
    )
    penalty_box = StateTextField(_blocked_event)
    penalty_box_data = PenaltyBoxField(_penalty_box)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave out secrets that came back masked; refuse what a header cannot carry."""
        for name in ("username", "password", "api_key"):
            value = attrs.get(name) or ""
            if any(character < " " or character > "~" for character in value):
                raise serializers.ValidationError({name: "must be printable ASCII"}, code="INVALID_FIELD")
        if (self.initial_data.get("signing_protocol") or PROTOCOL) != PROTOCOL:
            raise serializers.ValidationError(
                {"signing_protocol": f"must be {PROTOCOL}"}, code="INVALID_FIELD"
            )
        return {
            name: value
            for name, value in attrs.items()
            if not (isinstance(self.fields[name], SecretField) and value == MASK)
        }


class SecretRollSerializer(WebhookSerializer):
    """The body of a roll: only ``secret_key`` is read, and it may be left out."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, serializers.Field] = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class ConnectionSerializer(serializers.Serializer):
    """How a try went."""

    successful = serializers.BooleanField()
    message = serializers.CharField()


class ActionSerializer(serializers.Serializer):
    """A kind of resource and what can happen to it."""

    object_type = serializers.CharField()
    actions = serializers.ListField(child=serializers.CharField())


ActionListSerializer = inline_serializer("WebhookActionList", {"data": ActionSerializer(many=True)})


class RecordedWebhookSerializer(WebhookSerializer):
    """The endpoint as the outbox and the audit trail keep it: without retry state."""

    penalty_box = StateTextField(lambda webhook: None)
    penalty_box_data = PenaltyBoxField(lambda webhook: None)


def render(webhook: Webhook) -> dict[str, Any]:
    """Plain data for events about the endpoint itself."""
    return dict(RecordedWebhookSerializer(webhook).data)
