from django.urls import path

from desk.screens.developers.api_log_retention import Retention
from desk.screens.developers.api_logs import ApiLogs
from desk.screens.developers.audit_log import AuditLog
from desk.screens.developers.clocks import Advance, Clocks, Freeze, Release
from desk.screens.developers.webhook_changes import DeleteWebhook, EditWebhook, NewWebhook, RollSecret
from desk.screens.developers.webhook_deliveries import DeliveryRow, Resend, ResendEvent, Try
from desk.screens.developers.webhooks import WebhookPage, Webhooks

urlpatterns = [
    path("api-logs/", ApiLogs.as_view(), name="api-logs"),
    path("api-logs/retention/", Retention.as_view(), name="api-logs-retention"),
    path("webhooks/", Webhooks.as_view(), name="webhooks"),
    path("webhooks/new/", NewWebhook.as_view(), name="webhook-new"),
    path("webhooks/events/<pk>/resend/", ResendEvent.as_view(), name="webhook-event-resend"),
    path("webhooks/deliveries/<int:key>/", DeliveryRow.as_view(), name="delivery-row"),
    path("webhooks/<pk>/edit/", EditWebhook.as_view(), name="webhook-edit"),
    path("webhooks/<pk>/test/", Try.as_view(), name="webhook-test"),
    path("webhooks/<pk>/resend/", Resend.as_view(), name="webhook-resend"),
    path("webhooks/<pk>/roll-secret/", RollSecret.as_view(), name="webhook-roll"),
    path("webhooks/<pk>/delete/", DeleteWebhook.as_view(), name="webhook-delete"),
    path("webhooks/<pk>/", WebhookPage.as_view(), name="webhook"),
    path("webhooks/<pk>/<slug:tab>/", WebhookPage.as_view(), name="webhook-tab"),
    path("audit-log/", AuditLog.as_view(), name="audit-log"),
    path("test-clocks/", Clocks.as_view(), name="test-clocks"),
    path("test-clocks/freeze/", Freeze.as_view(), name="clock-freeze"),
    path("test-clocks/advance/", Advance.as_view(), name="clock-advance"),
    path("test-clocks/release/", Release.as_view(), name="clock-release"),
]
