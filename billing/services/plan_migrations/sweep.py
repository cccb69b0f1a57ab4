"""Carries out, one subscription at a time, what has been decided about migrations: at once where few wait."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.context import Context
from accounts.models import Platform
from accounts.services import sweeps
from billing.models import MigratedSubscription, MigrationState, MigrationStatus, PricingPlanMigration
from billing.services import unforeseen
from billing.services.plan_migrations import carrying_out, dry_run
from billing.services.plan_migrations.deciding import SWEEP
from kit import persistence
from webhooks.services import changes

log = logging.getLogger(__name__)

PER_RUN = 100
AT_ONCE = 20
RESULTS = ("state", "schedule", "made_schedule", "was_end_at", "starts_at", "preview")
STEPS: dict[str, Callable[..., None]] = {
    MigrationStatus.PREVIEWING: dry_run.row,
    MigrationStatus.APPLYING: carrying_out.apply,
    MigrationStatus.REVERTING: carrying_out.revert,
}


def run(*, platform: Platform, at: datetime) -> int:
    """Do some of what is pending, each in its own transaction; the next run is queued if more is."""
    ctx, done = Context(platform=platform, at=at), 0
    pending = MigratedSubscription.objects.filter(platform=platform, pending=True)
    while done < PER_RUN and _next(ctx, pending):
        done += 1
    _settle(ctx)
    if done == PER_RUN:
        sweeps.hurry(SWEEP)
    return done


def at_once(*, ctx: Context, migration: PricingPlanMigration) -> None:
    """Do all that a small migration has pending, so that whoever decided sees what came of it."""
    pending = MigratedSubscription.objects.filter(platform=ctx.platform, migration=migration, pending=True)
    if pending.count() > AT_ONCE:
        return
    while _next(ctx, pending):
        pass
    _settle(ctx)


@transaction.atomic
def _next(ctx: Context, pending: QuerySet[MigratedSubscription]) -> bool:
    row = (
        pending.order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)
        .select_related(
            "migration__to_version__pricing_plan",
            "migration__from_version__pricing_plan",
            "subscription__customer",
            "schedule",
            "made_schedule",
        )
        .first()
    )
    if row is None:
        return False
    try:
        with transaction.atomic():
            STEPS[row.migration.status](ctx=ctx, row=row)
    except OperationalError:
        raise  # of the connection or a deadlock, not of this row: the next run tries it again
    except Exception as error:  # whatever one subscription's data does, those behind it are served
        log.exception("Migration %s failed on %s", row.migration.public_id, row.subscription.public_id)
        _give_up(row, error)
    row.pending = False
    row.save()
    return True


def _give_up(row: MigratedSubscription, error: Exception) -> None:
    """As it was, with the reason why."""
    row.refresh_from_db(fields=RESULTS)
    if row.migration.status != MigrationStatus.REVERTING:
        row.state = MigrationState.FAILED
    row.problems = [{"field": None, "message": unforeseen.reason(error)}]


@transaction.atomic
def _settle(ctx: Context) -> None:
    """READY again where nothing is pending any more. Whoever did the last one sees that it was."""
    rows = MigratedSubscription.objects.filter(migration=OuterRef("pk"), pending=True)
    busy = PricingPlanMigration.objects.filter(platform=ctx.platform).exclude(status=MigrationStatus.READY)
    for migration in busy.exclude(Exists(rows)).order_by("pk").select_for_update(of=("self",)):
        before = changes.snapshot(migration)
        changed = persistence.assign(migration, {"status": MigrationStatus.READY, "updated_at": ctx.at})
        persistence.store(migration, changed)
        changes.updated(ctx=ctx, instance=migration, before=before)
