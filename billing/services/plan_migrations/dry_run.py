"""What a migration would mean for one subscription: money, tax and entitlements. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import MigratedSubscription, MigrationState, Occasion, WithoutCounterpart
from billing.selectors import agreed_prices, entitlements, timelines
from billing.selectors.agreed_prices import Items
from billing.services.plan_migrations import anew, carrying_out, placing
from billing.services.plan_migrations.placing import Place
from billing.services.previews import simulate
from billing.services.previews.simulate import Trial
from billing.services.previews.taking_over import Move
from billing.services.subscriptions.carried_terms import Carrier
from billing.services.usage import one_offs
from catalog.rating.types import Problem
from kit.errors import TallydeskError
from kit.period import Span, format_instant

MOMENT = timedelta(microseconds=1)


def row(*, ctx: Context, row: MigratedSubscription) -> None:
    """Fill in ``preview`` and ``problems``: PREVIEWED where it can be applied, BLOCKED where not.

    What the new version has no place for is a problem, or, where it is to be dropped, part of the preview.
    """
    row.preview, row.problems, row.schedule, row.starts_at = None, [], None, None
    try:
        place = placing.of(ctx, row)
    except TallydeskError as error:
        row.state = MigrationState.BLOCKED
        row.problems = [{"field": error.field, "message": error.message}]
        return
    row.schedule, row.starts_at = place.schedule, place.start
    lost, dropped = _lost(ctx, row, place), []
    if row.migration.without_counterpart == WithoutCounterpart.DROP:
        lost, dropped = [], lost
    agreed = agreed_prices.of_schedules(ctx.platform, place.subscription.schedules.all())
    money, found = _money(ctx, row, place, agreed)
    granted, refused = _tried(ctx, row, place)
    begins = anew.of(place.schedule, agreed[place.schedule.pk], at=place.start)
    row.preview = {**money, "entitlements": granted, "dropped": dropped, "begins_anew": begins}
    row.problems = [*lost, *_told(refused), *_told(found)]
    row.state = MigrationState.BLOCKED if row.problems else MigrationState.PREVIEWED


def _told(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [asdict(each) for each in problems]


def _lost(ctx: Context, row: MigratedSubscription, place: Place) -> list[dict[str, Any]]:
    """What the schedule has of its own and the new version has no place for."""
    version, end = row.migration.to_version, place.schedule.end_at
    return _told(Carrier(ctx.platform).onto(place.schedule, version, start=place.start, end=end).lost)


def _tried(
    ctx: Context, row: MigratedSubscription, place: Place
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The entitlements once it is applied, or what would refuse it: it is applied, and undone at once."""
    now = entitlements.summary(ctx.platform, [place.schedule], at=ctx.at)["entitlements"]
    try:
        with transaction.atomic():
            made = carrying_out.moved(ctx, row.migration, place, WithoutCounterpart.DROP)
            then = entitlements.summary(ctx.platform, [made], at=ctx.at)["entitlements"]
            transaction.set_rollback(True)
    except TallydeskError as error:
        return None, [Problem(error.field or "", error.message)]
    return {"now": now, "then": then, "changed": now != then}, []


def _money(
    ctx: Context, row: MigratedSubscription, place: Place, agreed: Mapping[int, Items]
) -> tuple[dict[str, Any], list[Problem]]:
    """The usage of the last whole period, or of the running one, rated by both versions.

    With the coupons that are left and the add-ons that are on when the new version takes over, and with what
    it charges once, so that it is what will be billed.
    """
    span, versions = _span(ctx, place), (row.migration.to_version, row.migration.from_version)
    charged = one_offs.charged(
        place.subscription.schedules.all(),
        before=place.start,
        plan_id=row.migration.to_version.pricing_plan_id,
        agreed=agreed,
    )
    trial = Trial(ctx, *versions, span, Move(place.start, charged), frozenset((Occasion.PERIOD,)))
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
