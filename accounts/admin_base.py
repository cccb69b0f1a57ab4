"""What every page of the support admin shares: it shows rows, of the right platforms, and changes none.

Support reads here. What may change is changed through the API and Desk, whose services audit it and
tell webhooks; an admin form would do neither. The few exceptions stand in ``accounts.admin``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Membership, Platform

# Rows counted at most: counting a table of events takes longer than anyone reads its last page.
COUNTED = 10_000
SECRETS = ("_sealed", "_hash", "fingerprint", "password")


def platforms_of(request: HttpRequest) -> QuerySet[Platform]:
    """The platforms whose rows this person may read: all for a superuser, else those of a membership."""
    if request.user.is_superuser:
        return Platform.objects.all()
    living = Membership.objects.filter(user__pk=request.user.pk, deactivated_at__isnull=True)  # type: ignore[misc]
    return Platform.objects.filter(pk__in=living.values("platform"))


def is_secret(field: models.Field[Any, Any]) -> bool:
    """Whether a column holds a secret, or a hash of one; such are never shown."""
    return isinstance(field, models.BinaryField) or field.name.endswith(SECRETS)


class CappedPaginator(Paginator):
    """Pages over the first rows of a table of any size."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        rows: Any = self.object_list
        return int(rows[:COUNTED].count())


class PlatformFilter(admin.SimpleListFilter):
    """The platforms that the reader may see, and no others."""

    title = "platform"
    parameter_name = "platform"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(row.pk, str(row)) for row in platforms_of(request).order_by("name", "pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(platform=value) if value.isdecimal() else queryset.none()


class SupportAdmin(admin.ModelAdmin):
    """A model that support may read: no row is added, changed or deleted here.

    ``platform_path`` is the lookup from a row to its platform; empty for rows above the platforms.
    """

    platform_path = "platform"
    list_per_page = 50
    show_full_result_count = False
    paginator = CappedPaginator
    ordering = ("-pk",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows of the reader's platforms, with everything that a page shows of their neighbors."""
        joined = [field.name for field in self.model._meta.fields if field.remote_field]
        deeper = self.list_select_related or ()
        assert not isinstance(deeper, bool)
        rows = super().get_queryset(request).select_related(*joined, *deeper)
        if request.user.is_superuser:
            return rows
        if not self.platform_path:
            return rows.none()
        return rows.filter(**{f"{self.platform_path}__in": platforms_of(request)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_readonly_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column but secrets."""
        return [shown(field) for field in self.model._meta.fields if not is_secret(field)]


class TenantAdmin(SupportAdmin):
    """A resource of a platform, found by its public id, its reference or its name."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["public_id", *super().get_list_display(request), "platform", "created_at"]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [PlatformFilter, *super().get_list_filter(request)]

    def get_search_fields(self, request: HttpRequest) -> Any:
        return ["public_id__exact", *super().get_search_fields(request)]


class LinkAdmin(SupportAdmin):
    """A row that ties two others together."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return ["pk", *super().get_list_display(request), "platform"]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [PlatformFilter, *super().get_list_filter(request)]


def shown(field: models.Field[Any, Any]) -> str | Callable[[Any], SafeString]:
    """How a column is shown: JSON indented, everything else as Django does."""
    return pretty(field) if isinstance(field, models.JSONField) else field.name


def pretty(field: models.Field[Any, Any]) -> Callable[[Any], SafeString]:
    """A read-only rendering of a JSON column."""

    @admin.display(description=field.verbose_name)
    def render(row: Any) -> SafeString:
        text = json.dumps(getattr(row, field.name), indent=2, ensure_ascii=False, default=str)
        return format_html("<pre>{}</pre>", text)

    return render
