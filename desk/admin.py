"""The support admin of what Desk remembers about people's screens."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import LinkAdmin, TenantAdmin
from desk.models import Preference, SavedView, SubscriptionDefaults


@admin.register(Preference)
class PreferenceAdmin(LinkAdmin):
    """How members like Desk."""

    list_display = ("user", "theme", "density", "shortcuts")
    list_filter = ("theme", "density")
    search_fields = ("user__email",)


@admin.register(SavedView)
class SavedViewAdmin(TenantAdmin):
    """Lists with filters under a name."""

    list_display = ("name", "table", "owner", "visibility")
    list_filter = ("visibility", "table")
    search_fields = ("name", "owner__email")


@admin.register(SubscriptionDefaults)
class SubscriptionDefaultsAdmin(LinkAdmin):
    """What the editor proposes for a new subscription."""

    list_display = ("platform", "billing_time", "period", "term")
    list_filter = ("billing_time",)
    search_fields = ("platform__name",)
