"""Telling other systems what happened."""

from webhooks.models.delivery import Delivery, DeliveryStatus
from webhooks.models.event import WebhookEvent
from webhooks.models.webhook import AuthenticationType, Webhook

__all__ = ["AuthenticationType", "Delivery", "DeliveryStatus", "Webhook", "WebhookEvent"]
