"""Telling other systems what happened."""

from webhooks.models.event import WebhookEvent

__all__ = ["WebhookEvent"]
