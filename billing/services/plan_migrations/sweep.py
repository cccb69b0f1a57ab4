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
    ctx = Context(platform=platform, at=at)
    pending = MigratedSubscription.objects.filter(platform=platform, pending=True)
    done = _work_off(ctx, pending)
    if done == PER_RUN:
        sweeps.hurry(SWEEP)
    return done


def at_once(*, ctx: Context, migration: PricingPlanMigration) -> None:
    """Do all that a small migration has pending, so that whoever decided sees what came of it."""
    pending = MigratedSubscription.objects.filter(platform=ctx.platform, migration=migration, pending=True)
    if pending.count() > AT_ONCE:
        return
    _work_off(ctx, pending)


def _work_off(ctx: Context, pending: QuerySet[MigratedSubscription]) -> int:
    """Each of these once, ``PER_RUN`` at most; the number of them."""
    begun: list[int] = []
    while len(begun) < PER_RUN and (key := _begin(pending.exclude(pk__in=begun))) is not None:
        begun.append(key)
        try:
            _carry_out(ctx, pending.filter(pk=key))
        except OperationalError:  # of the connection, a deadlock, or this row's: another run tries it again
            log.exception("Subscription %s of a migration was broken off", key)
    _settle(ctx)
    return len(begun)


@transaction.atomic
def _begin(pending: QuerySet[MigratedSubscription]) -> int | None:
    """The next one, its attempt counted; those that were broken off come last."""
    locked = pending.select_for_update(of=("self",), skip_locked=True)
    row = locked.order_by("attempts", "pk").only("pk", "attempts").first()
    if row is None:
        return None
    row.attempts += 1
    row.save(update_fields=["attempts"])
    return row.pk


@transaction.atomic
def _carry_out(ctx: Context, chosen: QuerySet[MigratedSubscription]) -> None:
    """What is to be done with this one, unless another worker has it."""
    row = (
        chosen.select_for_update(of=("self",), skip_locked=True)
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
        return
    if row.attempts > unforeseen.MOST_ATTEMPTS:
        _give_up(row, unforeseen.worn_out())
    else:
        _try(ctx, row)
    row.pending = False
    row.save()


def _try(ctx: Context, row: MigratedSubscription) -> None:
    try:
        with transaction.atomic():
            STEPS[row.migration.status](ctx=ctx, row=row)
    except OperationalError:
        raise
    except Exception as error:  # whatever one subscription's data does, those behind it are served
        log.exception("Migration %s failed on %s", row.migration.public_id, row.subscription.public_id)
        _give_up(row, unforeseen.reason(error))


def _give_up(row: MigratedSubscription, reason: str) -> None:
    """As it was, with the reason why."""
    row.refresh_from_db(fields=RESULTS)
    if row.migration.status != MigrationStatus.REVERTING:
        row.state = MigrationState.FAILED
    row.problems = [{"field": None, "message": reason}]


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
