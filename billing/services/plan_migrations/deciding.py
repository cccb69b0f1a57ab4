"""What somebody decides about a migration: to begin it, to look again, to apply it, to take it back.

Each marks subscriptions as pending; the sweep carries it out, one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.context import Context
from accounts.services import sweeps
from billing.calc import lifecycle
from billing.models import (
    MigratedSubscription,
    MigrationState,
    MigrationStatus,
    PricingPlanMigration,
    PricingPlanSchedule,
    PricingPlanSubscription,
    WithoutCounterpart,
)
from billing.selectors import plan_migrations
from billing.services.terms import plan_versions
from catalog.models import PricingPlanVersion
from kit import persistence
from kit.errors import InvalidField, InvalidOperation
from webhooks.services import changes

SWEEP = "plan_migrations.run"
MOST = 10_000
# What a dry run may look at again: all that is not on the new version.
OPEN = (MigrationState.NEW, MigrationState.PREVIEWED, MigrationState.BLOCKED, MigrationState.FAILED)


@transaction.atomic
def begin(
    *,
    ctx: Context,
    from_version: PricingPlanVersion,
    to_version: PricingPlanVersion,
    start_at: datetime | None,
    subscriptions: Sequence[PricingPlanSubscription] | None,
    without_counterpart: str = WithoutCounterpart.BLOCK,
) -> PricingPlanMigration:
    """A migration with its dry run under way, of these subscriptions or of all on ``from_version``.

    ``start_at`` None lets each go over at its next billing period; ``without_counterpart`` says what becomes
    of what the new version has no place for. Raises NotUsable for a version that is not ACTIVE, InvalidField
    for the same version twice, an instant in the past, or nobody to migrate.
    """
    plan_versions.require_active(to_version, field="to_pricing_plan_version_id")
    if from_version.pk == to_version.pk:
        raise InvalidField("is the version to migrate from", field="to_pricing_plan_version_id")
    if start_at is not None and start_at < ctx.at:
        raise InvalidField("must not be in the past", field="start_at")
    keys = list(_on(ctx, from_version, subscriptions).values_list("pk", flat=True)[: MOST + 1])
    if not keys or len(keys) > MOST:
        found = f"More than {MOST:,} subscriptions" if keys else "No subscription"
        message = f"{found} of that version {'are' if keys else 'is'} ACTIVE: a migration has 1 to {MOST:,}"
        raise InvalidField(message, field="pricing_plan_subscription_ids")
    migration: PricingPlanMigration = PricingPlanMigration.stamped(
        platform=ctx.platform,
        at=ctx.at,
        from_version=from_version,
        to_version=to_version,
        start_at=start_at,
        without_counterpart=without_counterpart,
    )
    persistence.insert(migration)
    MigratedSubscription.objects.bulk_create(
        MigratedSubscription(platform=ctx.platform, migration=migration, subscription_id=key) for key in keys
    )
    changes.created(ctx=ctx, instance=migration)
    sweeps.hurry(SWEEP)
    return migration


def preview(*, ctx: Context, instance: PricingPlanMigration) -> PricingPlanMigration:
    """Do the dry run again, for all that are not on the new version."""
    return _decide(ctx, instance, MigrationStatus.PREVIEWING, Q(state__in=OPEN), None, None)


def apply(
    *,
    ctx: Context,
    instance: PricingPlanMigration,
    subscriptions: Sequence[PricingPlanSubscription] | None = None,
    at_most: int | None = None,
) -> PricingPlanMigration:
    """Migrate those that the dry run found fit: the named ones, or the first so many, or all.

    Call it again for the next batch. Raises InvalidOperation while something is under way or nobody is left.
    """
    ready = Q(state=MigrationState.PREVIEWED)
    return _decide(ctx, instance, MigrationStatus.APPLYING, ready, subscriptions, at_most)


def revert(
    *,
    ctx: Context,
    instance: PricingPlanMigration,
    subscriptions: Sequence[PricingPlanSubscription] | None = None,
) -> PricingPlanMigration:
    """Take the migration back, for the named ones or all, as far as no invoice has billed the new version."""
    applied = Q(state=MigrationState.APPLIED)
    return _decide(ctx, instance, MigrationStatus.REVERTING, applied, subscriptions, None)


@transaction.atomic
def _decide(
    ctx: Context,
    instance: PricingPlanMigration,
    status: MigrationStatus,
    wanted: Q,
    subscriptions: Sequence[PricingPlanSubscription] | None,
    at_most: int | None,
) -> PricingPlanMigration:
    migration: PricingPlanMigration = persistence.lock(instance)
    lifecycle.assert_can("PRICING_PLAN_MIGRATION", migration.status, status)
    rows = MigratedSubscription.objects.filter(wanted, platform=ctx.platform, migration=migration)
    if subscriptions is not None:
        rows = rows.filter(subscription__in=subscriptions)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:at_most])
    if not keys:
        raise InvalidOperation("There is no subscription to do that with", field="status")
    before = changes.snapshot(migration)
    MigratedSubscription.objects.filter(platform=ctx.platform, pk__in=keys).update(pending=True, attempts=0)
    persistence.store(migration, persistence.assign(migration, {"status": status, "updated_at": ctx.at}))
    changes.updated(ctx=ctx, instance=migration, before=before)
    sweeps.hurry(SWEEP)
    return migration


def _on(
    ctx: Context, version: PricingPlanVersion, chosen: Sequence[PricingPlanSubscription] | None
) -> QuerySet[PricingPlanSubscription]:
    """The ACTIVE subscriptions that have the version now or later."""
    movable = plan_migrations.movable(at=ctx.at)
    schedules = PricingPlanSchedule.objects.filter(movable, pricing_plan_version=version)
    rows = PricingPlanSubscription.objects.filter(
        platform=ctx.platform, pk__in=schedules.values("subscription")
    )
    if chosen is not None:
        rows = rows.filter(pk__in=[each.pk for each in chosen])
    return rows.order_by("pk")
