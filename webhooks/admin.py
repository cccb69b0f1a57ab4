"""Support's view: everything can be read, nothing changed, and no secret is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from webhooks.models import Delivery, Webhook, WebhookEvent


class ReadOnlyAdmin(admin.ModelAdmin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ("reference", "name", "platform", "url", "active", "authentication_type", "created_at")
    list_filter = ("active", "authentication_type", "platform")
    search_fields = ("public_id", "reference", "name", "url")
    fields = (
        "public_id",
        "platform",
        "name",
        "reference",
        "url",
        "active",
        "authentication_type",
        "included_actions",
        "excluded_actions",
        "include_previous_data",
        "secret_rolled_at",
        "claimed_until",
        "created_at",
        "updated_at",
    )


@admin.register(WebhookEvent)
class WebhookEventAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "type", "resource_id", "sequence", "platform", "created_at")
    list_filter = ("resource_type", "platform")
    search_fields = ("public_id", "resource_id", "type", "request_id")
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("event", "webhook", "status", "attempts", "response_status", "next_attempt_at")
    list_filter = ("status", "platform")
    list_select_related = ("event", "webhook")
    search_fields = ("event__public_id", "webhook__public_id")
    show_full_result_count = False
