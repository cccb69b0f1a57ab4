"""The support admin of endpoints, the outbox and deliveries: all of it read-only."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import LinkAdmin, TenantAdmin
from webhooks.models import Delivery, Webhook, WebhookEvent


@admin.register(Webhook)
class WebhookAdmin(TenantAdmin):
    """Endpoints; secrets and passwords are not shown."""

    list_display = ("name", "reference", "url", "active", "authentication_type")
    list_filter = ("active", "authentication_type")
    search_fields = ("reference", "name", "url")


@admin.register(WebhookEvent)
class WebhookEventAdmin(TenantAdmin):
    """The outbox. To send an event again use Desk or the API."""

    list_display = ("type", "resource_id", "sequence", "recorded_at")
    list_filter = ("resource_type",)
    search_fields = ("type", "resource_id__exact", "request_id__exact")
    date_hierarchy = "recorded_at"


@admin.register(Delivery)
class DeliveryAdmin(LinkAdmin):
    """What was sent where, and what the receiver said."""

    list_display = ("event", "webhook", "status", "attempts", "response_status", "next_attempt_at")
    list_filter = ("status",)
    search_fields = ("event__public_id__exact", "webhook__reference", "webhook__public_id__exact")
    date_hierarchy = "last_attempted_at"
