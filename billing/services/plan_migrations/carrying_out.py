"""Put one subscription on the other version, and take it back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from accounts.context import Context
from billing.models import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    MigratedSubscription,
    MigrationState,
    PricingPlanMigration,
    PricingPlanSchedule,
)
from billing.selectors import subscriptions
from billing.services.coupons import redemption
from billing.services.invoices import periods
from billing.services.plan_migrations import placing
from billing.services.plan_migrations.placing import Place
from billing.services.subscriptions import migrate
from billing.services.terms import own_prices
from billing.services.terms.slices import Realign
from kit import persistence
from kit.errors import InvalidOperation, TallydeskError
from webhooks.services import changes

BILLED = (InvoiceStatus.FINAL, InvoiceStatus.ARCHIVED)


def apply(*, ctx: Context, row: MigratedSubscription) -> None:
    """APPLIED with the schedule that was made; FAILED with what stood in the way, and nothing changed."""
    try:
        with transaction.atomic():
            _apply(ctx, row)
    except TallydeskError as error:
        row.state = MigrationState.FAILED
        row.problems = [{"field": error.field, "message": error.message}]


def _apply(ctx: Context, row: MigratedSubscription) -> None:
    persistence.lock(row.subscription)
    place = placing.of(ctx, row)
    row.was_end_at = place.schedule.end_at
    row.made_schedule = moved(ctx, row.migration, place, row.migration.without_counterpart)
    row.schedule, row.starts_at = place.schedule, place.start
    row.state, row.problems = MigrationState.APPLIED, []


def moved(
    ctx: Context, migration: PricingPlanMigration, place: Place, without_counterpart: str
) -> PricingPlanSchedule:
    """The schedule with the new version that takes over, once it is stored."""
    fields = {
        "pricing_plan_version": migration.to_version,
        "start_at": place.start,
        "without_counterpart": without_counterpart,
    }
    return migrate.schedule(ctx=ctx, instance=place.schedule, fields=fields, realign=Realign.PREVIOUS_END)


def revert(*, ctx: Context, row: MigratedSubscription) -> None:
    """REVERTED, the schedule before lasting as it did; APPLIED with the reason where that is too late."""
    try:
        with transaction.atomic():
            _revert(ctx, row)
    except TallydeskError as error:
        row.problems = [{"field": error.field, "message": error.message}]


def _revert(ctx: Context, row: MigratedSubscription) -> None:
    subscription = persistence.lock(row.subscription)
    cut, made = row.schedule, row.made_schedule
    if cut is None or made is None:
        raise InvalidOperation("One of its two schedules has been deleted since")
    cut, made = persistence.lock(cut), persistence.lock(made)
    if cut.end_at != made.start_at or made.end_at != row.was_end_at:
        raise InvalidOperation("Its schedules have been changed since the migration")
    _require_unbilled(ctx, made)
    was, gone = changes.snapshot(cut), changes.snapshot(made)
    row.made_schedule = None
    own = made.own_version
    persistence.remove(made)
    own_prices.drop(own)
    persistence.store(cut, persistence.assign(cut, {"end_at": row.was_end_at, "updated_at": ctx.at}))
    changes.deleted(ctx=ctx, instance=made, before=gone)
    changes.updated(ctx=ctx, instance=cut, before=was)
    rest = subscriptions.timeline(subscription)
    redemption.release(ctx=ctx, subscription=subscription, schedules=rest)
    periods.realign(ctx=ctx, subscription=subscription)
    row.state, row.problems = MigrationState.REVERTED, []


def _require_unbilled(ctx: Context, made: PricingPlanSchedule) -> None:
    """No invoice that cannot change may bill the new schedule, be it for usage or ahead."""
    final = Invoice.objects.filter(
        platform=ctx.platform, subscription=made.subscription_id, status__in=BILLED
    )
    ahead = InvoiceLine.objects.filter(platform=ctx.platform, invoice__in=final, schedule_id=made.public_id)
    if final.filter(Q(period_end__gt=made.start_at)).exists() or ahead.exists():
        raise InvalidOperation("An invoice has billed the new version already", field="invoice")
