"""The support admin of meters, events and rollups: all of it read-only.

Nobody edits an event: it is what was measured. The API deletes one, and says so in the audit trail.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import LinkAdmin, TenantAdmin, platforms_of
from metering.models import (
    AmendedHour,
    DistinctValue,
    Event,
    EventDuplicate,
    Meter,
    MeterMeterProperty,
    MeterMeterValue,
    MeterProperty,
    MeterValue,
    MeterValueCalculation,
    UsageRollup,
)
from metering.models.event import locate


@admin.register(MeterProperty, MeterValue)
class DefinitionAdmin(TenantAdmin):
    """What an event carries."""

    list_display = ("reference", "name", "type", "status")
    list_filter = ("status", "type")
    search_fields = ("reference", "name")


@admin.register(Meter)
class MeterAdmin(TenantAdmin):
    """Kinds of events; ``keyed`` properties tell rollups apart, ``counted`` ones are kept as sets."""

    list_display = ("reference", "name", "status")
    list_filter = ("status",)
    search_fields = ("reference", "name")


@admin.register(MeterValueCalculation)
class CalculationAdmin(TenantAdmin):
    """How events become a quantity."""

    list_display = ("reference", "calculation_type", "meter", "meter_value", "meter_property")
    list_filter = ("calculation_type", "persist")
    search_fields = ("reference", "name", "meter__reference")


@admin.register(MeterMeterValue, MeterMeterProperty)
class MeterLinkAdmin(LinkAdmin):
    """What belongs to a meter, in its order."""

    list_display = ("meter", "position", "required")
    list_filter = ("required",)
    search_fields = ("meter__reference", "meter__public_id__exact")


@admin.register(Event)
class EventAdmin(LinkAdmin):
    """What happened. Search by the whole reference or the public id; both use an index."""

    list_display = ("public_id", "reference", "meter", "customer_id", "timestamp", "stored_at", "deleted_at")
    search_fields = ("reference__exact",)
    search_help_text = "The whole reference, or the id (metd_…)."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Found through (platform, reference) or the key: never by reading the table."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = locate(term)
        if found is not None:
            return queryset.filter(pk=found[1]), False
        keys = list(platforms_of(request).values_list("pk", flat=True))
        return queryset.filter(platform__in=keys, reference=term), False


@admin.register(EventDuplicate)
class EventDuplicateAdmin(LinkAdmin):
    """Second arrivals of an event; they count for nothing."""

    list_display = ("public_id", "event", "stored_at")
    search_fields = ("event__reference__exact",)


@admin.register(UsageRollup)
class UsageRollupAdmin(LinkAdmin):
    """Usage per hour, made from the events and never written by hand."""

    list_display = ("hour", "meter", "customer_id", "events", "n", "sum", "currency")
    search_fields = ("meter__reference", "customer_id__exact")
    search_help_text = "A meter's reference, or the customer's key."
    ordering = ("-pk",)


@admin.register(AmendedHour)
class AmendedHourAdmin(LinkAdmin):
    """Hours whose usage changed long after they had passed: where late usage is looked for."""

    list_display = ("hour", "meter", "customer_id", "changed_at")
    search_fields = ("meter__reference", "customer_id__exact")
    search_help_text = "A meter's reference, or the customer's key."


@admin.register(DistinctValue)
class DistinctValueAdmin(LinkAdmin):
    """Values that were counted, per hour."""

    list_display = ("hour", "meter", "customer_id", "property_id", "value")
    search_fields = ("meter__reference", "customer_id__exact", "value__exact")
