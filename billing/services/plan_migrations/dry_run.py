"""What a migration would mean for one subscription: money, tax and entitlements. Nothing is changed."""

from __future__ import annotations

import copy
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from accounts.context import Context
from billing.models import MigratedSubscription, MigrationState, PricingPlanSchedule
from billing.selectors import entitlements, timelines
from billing.services import simulate
from billing.services.carried_terms import Carrier
from billing.services.plan_migrations import placing
from billing.services.plan_migrations.placing import Place
from billing.services.simulate import Trial
from catalog.rating.types import Problem
from kit.errors import TallydeskError
from kit.period import Span, format_instant

MOMENT = timedelta(microseconds=1)


def row(*, ctx: Context, row: MigratedSubscription) -> None:
    """Fill in ``preview`` and ``problems``: PREVIEWED where it can be applied, BLOCKED where not."""
    row.preview, row.problems, row.schedule, row.starts_at = None, [], None, None
    try:
        place = placing.of(ctx, row)
    except TallydeskError as error:
        row.state = MigrationState.BLOCKED
        row.problems = [{"field": error.field, "message": error.message}]
        return
    row.schedule, row.starts_at = place.schedule, place.start
    then, problems = _then(ctx, row, place)
    money, found = _money(ctx, row, place)
    row.preview = {**money, "entitlements": _entitlements(ctx, place, then)}
    row.problems = [asdict(each) for each in (*problems, *found)]
    row.state = MigrationState.BLOCKED if row.problems else MigrationState.PREVIEWED


def _then(
    ctx: Context, row: MigratedSubscription, place: Place
) -> tuple[PricingPlanSchedule, tuple[Problem, ...]]:
    """The schedule that would be made, unsaved."""
    then, version = copy.copy(place.schedule), row.migration.to_version
    carried = Carrier(ctx.platform).onto(
        place.schedule, version, start=place.start, end=place.schedule.end_at
    )
    for name, value in carried.values.items():
        setattr(then, name, value)
    then.pricing_plan_version = version
    return then, carried.problems


def _money(ctx: Context, row: MigratedSubscription, place: Place) -> tuple[dict[str, Any], list[Problem]]:
    """The usage of the last whole period, or of the running one, rated by both versions."""
    span = _span(ctx, place)
    trial = Trial(ctx, row.migration.to_version, row.migration.from_version, span)
    found = simulate.outcomes(trial, [place.subscription.pk])
    if not found:
        return {"period": None}, []
    period = {"start_at": format_instant(span.start), "end_at": format_instant(span.end)}
    [outcome] = found
    told = outcome.to_dict()
    del told["customer_id"], told["problems"]
    return {"period": period, **told}, [Problem("invoice", each) for each in outcome.problems]


def _span(ctx: Context, place: Place) -> Span:
    timeline = timelines.timeline(place.subscription)
    running = timeline.period_at(ctx.at)
    assert running is not None
    before = timeline.period_at(running.span.start - MOMENT)
    return before.span if before else running.span


def _entitlements(ctx: Context, place: Place, then: PricingPlanSchedule) -> dict[str, Any]:
    now, after = (
        entitlements.summary(ctx.platform, [schedule], at=ctx.at)["entitlements"]
        for schedule in (place.schedule, then)
    )
    return {"now": now, "then": after, "changed": now != after}
