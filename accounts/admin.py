"""The support admin of platforms, keys, the audit trail and the worker's queue."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import admin_people  # noqa: F401  registers users and memberships
from accounts.admin_base import LinkAdmin, SupportAdmin, TenantAdmin
from accounts.admin_people import support_context
from accounts.models import ApiKey, ApiRequest, AuditEntry, IdempotencyRecord, Platform
from accounts.services import api_keys, audit, platforms
from kit import clock as wall_clock

admin.site.site_header = "Tallydesk support"
admin.site.site_title = "Tallydesk support"
admin.site.index_title = "Read everything; change it in Desk or through the API"
# Powers come from memberships and the two flags of a user; groups would be a second way to give them.
admin.site.unregister(Group)


@admin.register(Platform)
class PlatformAdmin(SupportAdmin):
    """Tenants. A superuser changes what the customer may ask support for; it is in the audit trail."""

    platform_path = "pk"
    changeable = ("name", "invoice_grace_period_seconds", "late_usage", "init_invoice_on_hold")
    list_display = ("public_id", "name", "environment", "default_currency", "timezone", "test_now")
    list_filter = ("environment", "late_usage")
    search_fields = ("public_id__exact", "name")
    date_hierarchy = "created_at"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)
        kept = self.changeable if self.has_change_permission(request, obj) else ()
        return [name for name in names if name not in kept]

    def save_model(self, request: HttpRequest, obj: Platform, form: Any, change: bool) -> None:
        ctx = support_context(request, Platform.objects.get(pk=obj.pk))
        platforms.change(ctx=ctx, values={name: getattr(obj, name) for name in self.changeable})


@admin.register(ApiKey)
class ApiKeyAdmin(TenantAdmin):
    """Keys by their first characters; the secret is nowhere stored. Revoking is the one thing to do."""

    list_display = ("name", "hint", "role", "expires_at", "revoked_at", "last_used_at")
    list_filter = ("role",)
    search_fields = ("name", "hint__startswith")
    actions = ("revoke",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description="Revoke the selected keys at once", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Stop keys; each platform's audit trail says who did."""
        living = list(queryset.filter(revoked_at__isnull=True).order_by("pk"))
        with transaction.atomic():
            for key in living:
                self._revoke(request, key)
        self.message_user(request, f"Revoked {len(living)} keys; they stopped working at once.")

    def _revoke(self, request: HttpRequest, key: ApiKey) -> None:
        api_keys.revoke(key=key, at=wall_clock.now())
        audit.record(
            ctx=support_context(request, key.platform),
            action="REVOKED",
            object_type=key.object_type,
            object_id=key.public_id,
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(LinkAdmin):
    """Who did what; the database refuses to change an entry."""

    list_display = ("at", "actor_type", "actor", "action", "object_type", "object_id")
    list_filter = ("actor_type", "action")
    search_fields = ("object_id__exact", "actor", "request_id__exact")
    date_hierarchy = "at"


@admin.register(ApiRequest)
class ApiRequestAdmin(LinkAdmin):
    """Who asked for what, and what was answered."""

    list_display = ("at", "method", "path", "status", "actor", "request_id")
    list_filter = ("source", "method", "status")
    search_fields = ("path", "request_id__exact", "key_id__exact")
    date_hierarchy = "at"


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(LinkAdmin):
    """Answers kept for 48 hours; the answer is not shown, it may hold a key that is shown once."""

    list_display = ("key", "status", "leased_until", "expires_at")
    list_filter = ("expires_at",)
    search_fields = ("key__startswith",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("platform", "key", "status", "leased_until", "expires_at")


@admin.register(LogEntry)
class LogEntryAdmin(SupportAdmin):
    """What was changed in this admin."""

    platform_path = ""
    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_filter = ("action_flag",)
    search_fields = ("user__email", "object_repr")
    date_hierarchy = "action_time"


class QueueAdmin(SupportAdmin):
    """The worker's tasks and schedules. They name code to run, so nobody writes them by hand."""

    platform_path = ""
    fields_shown: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields_shown


class TaskAdmin(QueueAdmin):
    """Tasks that have run, and those that have failed."""

    fields_shown = ("name", "func", "started", "stopped", "success", "attempt_count", "result")
    list_display = ("name", "func", "started", "stopped", "attempt_count")
    list_filter = ("started",)
    search_fields = ("name", "func")
    date_hierarchy = "started"
    ordering = ("-started",)


class ScheduleAdmin(QueueAdmin):
    """When each sweep runs next."""

    fields_shown = ("name", "func", "minutes", "next_run", "task")
    list_display = ("name", "minutes", "next_run")
    list_filter = ("minutes",)
    search_fields = ("name",)


class WaitingAdmin(QueueAdmin):
    """Tasks that wait for the worker."""

    fields_shown = ("key", "lock")
    list_display = ("pk", "key", "lock")
    list_filter = ("lock",)
    search_fields = ("key",)


QUEUE = {"Success": TaskAdmin, "Failure": TaskAdmin, "Schedule": ScheduleAdmin, "OrmQ": WaitingAdmin}
for _name, _admin in QUEUE.items():
    _model = apps.get_model("django_q", _name)
    admin.site.unregister(_model)
    admin.site.register(_model, _admin)
