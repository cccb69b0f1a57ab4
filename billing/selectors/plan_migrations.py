"""Rows of migrations with what is shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Platform
from billing.calc.comparison import Compared
from billing.models import MigratedSubscription, MigrationState, PricingPlanMigration, SubscriptionStatus
from kit.money import EXACT

PENDING = "pending_count"


def migrations(platform: Platform) -> QuerySet[Any]:
    """The platform's migrations with their versions, and counts by state (``applied_count``, …)."""
    counts = {f"{state.lower()}_count": Count("rows", filter=Q(rows__state=state)) for state in states()}
    return (
        PricingPlanMigration.objects.for_platform(platform)
        .select_related("from_version__pricing_plan", "to_version__pricing_plan")
        .annotate(**counts, **{PENDING: Count("rows", filter=Q(rows__pending=True))})
    )


def movable(*, at: datetime) -> Q:
    """What holds of a schedule that a migration takes over: its subscription runs, and it has not ended."""
    lasting = Q(end_at__isnull=True) | Q(end_at__gt=at)
    return lasting & Q(subscription__status=SubscriptionStatus.ACTIVE)


def states() -> Sequence[str]:
    """Every state, as its name."""
    return [state.value for state in MigrationState]


def rows(migration: PricingPlanMigration) -> QuerySet[MigratedSubscription]:
    """Its subscriptions with whose they are, in the order in which they are worked on."""
    found = MigratedSubscription.objects.filter(platform=migration.platform, migration=migration)
    return found.select_related("subscription__customer", "schedule", "made_schedule").order_by("pk")


def money(migration: PricingPlanMigration) -> dict[str, Compared]:
    """Currency -> what the previewed periods of all subscriptions come to, without tax."""
    found: dict[str, Compared] = {}
    names = ("preview__now", "preview__then")
    previewed = rows(migration).filter(preview__now__isnull=False).order_by()
    for now, then in previewed.values_list(*names).iterator(chunk_size=2000):
        sums = found.setdefault(now["currency"], Compared())
        sums.add(EXACT.create_decimal(now["quantity"]), EXACT.create_decimal(then["quantity"]))
    return found
