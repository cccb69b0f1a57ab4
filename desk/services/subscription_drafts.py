"""A draft subscription kept in step with what its editor says: terms and phases in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import (
    Customer,
    PricingPlanSchedule,
    PricingPlanSubscription,
    ScheduleType,
    SubscriptionStatus,
)
from billing.selectors import subscriptions as selectors
from billing.services.coupons import coupons
from billing.services.subscriptions import schedules, subscriptions
from billing.services.subscriptions.copy import SLICE
from billing.services.terms.own_prices import OVERRIDES
from billing.services.terms.slices import Realign
from desk.editors.subscription_coupon import fields_of
from desk.editors.subscription_overrides import Changes
from desk.editors.subscription_stored import own_prices
from desk.services import phases
from desk.services.carried_phases import carried
from desk.services.phases import Phase, Terms
from kit.errors import InvalidOperation, TallydeskError

TERMS = ("discount", "markup", "commitment")
# What two operators who have the same draft open must have seen alike, of each phase.
SEEN = (
    *(name for name in SLICE if name != "pricing_plan_version"),
    "pricing_plan_version_id",
    "own_version_id",
    "coupons",
)


def save(
    *, ctx: Context, customer: Customer, draft: PricingPlanSubscription | None, terms: Terms
) -> PricingPlanSubscription | None:
    """The draft, made or changed so that it says what ``terms`` say; what is equal is left alone.

    ``draft`` comes with its schedules (``selectors.within``). None where it says all of it already. A phase
    that moves stays the same schedule. Raises, besides what the services raise, InvalidField for what the
    API stored of a phase and another version has no counterpart of.
    """
    if draft is None:
        return _made(ctx, customer, terms)
    if draft.status != SubscriptionStatus.DRAFT:
        raise InvalidOperation(f"The subscription is {draft.status}: only a draft can be edited here")
    stored = selectors.timeline(draft)
    found = phases.matched(stored, terms.phases)
    moved = [
        (row, phase, fields)
        for row, phase in phases.in_turn(found.pairs)
        if (fields := _changed(ctx, draft, row, phase, terms) | _end(row, phase, found))
    ]
    if _says(draft, terms.fields) and not (moved or found.gone or found.new):
        return None
    return _written(ctx, draft, terms, found, moved)


@transaction.atomic
def _made(ctx: Context, customer: Customer, terms: Terms) -> PricingPlanSubscription:
    made = subscriptions.create(ctx=ctx, fields={**terms.fields, "customer": customer})
    _add(ctx, made, terms, terms.phases)
    return made


@transaction.atomic
def _written(
    ctx: Context,
    draft: PricingPlanSubscription,
    terms: Terms,
    found: phases.Matched,
    moved: Sequence[tuple[PricingPlanSchedule, Phase, dict[str, Any]]],
) -> PricingPlanSubscription:
    """All of it, or nothing."""
    for row in found.gone:
        schedules.delete(ctx=ctx, instance=row)
    if not _says(draft, terms.fields):
        draft = subscriptions.update(ctx=ctx, instance=draft, fields=terms.fields)
    first = found.pairs[0][0].pk if found.pairs else None
    for row, phase, fields in moved:
        follows = "start_at" in fields and row.pk != first
        realign = Realign.PREVIOUS_END if follows else Realign.NEITHER
        with _naming(phase, terms):
            schedules.update(ctx=ctx, instance=row, fields=fields, realign=realign)
    _add(ctx, draft, terms, found.new)
    return draft


def _says(draft: PricingPlanSubscription, fields: dict[str, Any]) -> bool:
    """Whether nothing of the terms is to be written."""
    return all(getattr(draft, name) == value for name, value in subscriptions.columns(fields).items())


def fingerprint(draft: PricingPlanSubscription) -> str:
    """What a draft says, in short: two operators who saw the same have the same."""
    columns = [getattr(draft, field.attname) for field in draft._meta.concrete_fields]
    timeline = [tuple(getattr(row, name) for name in SEEN) for row in selectors.timeline(draft)]
    return hashlib.sha256(repr((columns, timeline)).encode()).hexdigest()[:32]


def _end(row: PricingPlanSchedule, phase: Phase, found: phases.Matched) -> dict[str, Any]:
    """The end of the last one that stays; the others end where the next begins, and follow it."""
    is_last = found.pairs[-1][0].pk == row.pk
    return {"end_at": phase.end} if is_last and row.end_at != phase.end else {}


def _changed(
    ctx: Context, draft: PricingPlanSubscription, row: PricingPlanSchedule, phase: Phase, terms: Terms
) -> dict[str, Any]:
    """What the row does not say yet, as ``services.schedules`` takes it."""
    said: dict[str, Any] = {"start_at": phase.start, "pricing_plan_version": phase.version}
    said |= {name: getattr(phase, name) for name in TERMS if name not in phase.leaves}
    if phase.realigns is not None:
        said["realigns_anchor"] = phase.realigns
    currency = terms.fields["billing_currency"]
    if currency != draft.billing_currency == row.pricing_currency:
        said["pricing_currency"] = currency
    fields = {name: value for name, value in said.items() if getattr(row, name) != value}
    fields |= _period(row, phase)
    is_priced_anew = bool(fields.keys() & {"pricing_plan_version", "pricing_currency"})
    has = [(each["id"], each["promotion_code_id"]) for each in coupons.applied(row)]
    if "coupons" not in phase.leaves and (is_priced_anew or has != [each.key for each in phase.coupons]):
        fields |= fields_of(phase.coupons)
    given = _given(phase.changes)
    if own_prices(row) == phase.changes.prices and not (is_priced_anew and phase.changes.prices):
        given.pop(OVERRIDES, None)
    fields |= {name: value for name, value in given.items() if getattr(row, name, None) != value}
    if "pricing_plan_version" in fields:
        fields = carried(ctx.platform, row, phase) | fields
    return fields


def _period(row: PricingPlanSchedule, phase: Phase) -> dict[str, Any]:
    """Its own billing period, or that it has none."""
    wanted = (phase.period["type"], phase.period["value"]) if phase.period else (None, None)
    if phase.type == ScheduleType.TRIAL or (row.billing_period_type, row.billing_period_value) == wanted:
        return {}
    if phase.period:
        return {"billing_period": phase.period}
    return {"billing_period_type": None, "billing_period_value": None}


def _given(changes: Changes) -> dict[str, Any]:
    """What is said of the changes; what is left as it is, is not among it."""
    said = {
        "enabled_pricings": changes.choices,
        "included_volumes": changes.volumes,
        "seats_values": changes.seats,
        OVERRIDES: changes.overrides,
    }
    return {name: value for name, value in said.items() if value is not None}


@contextmanager
def _naming(phase: Phase, terms: Terms) -> Iterator[None]:
    """A refused one is of this phase: ``phases.<n>.discount.…``, the first that is billed being 0."""
    try:
        yield
    except TallydeskError as error:
        if (error.field or "").startswith(("discount.", "markup.")):
            billed = [each for each in terms.phases if each.type != ScheduleType.TRIAL]
            error.within(f"phases.{billed.index(phase)}")
        raise


def _add(ctx: Context, draft: PricingPlanSubscription, terms: Terms, wanted: Sequence[Phase]) -> None:
    for phase in wanted:
        fields = {
            "subscription": draft,
            "pricing_plan_version": phase.version,
            "type": phase.type,
            "start_at": phase.start,
            "end_at": phase.end,
            "realigns_anchor": bool(phase.realigns),
            "billing_period": phase.period,
            **{name: getattr(phase, name) for name in TERMS},
            **fields_of(phase.coupons),
            **{name: value for name, value in _given(phase.changes).items() if value},
        }
        with _naming(phase, terms):
            schedules.create(ctx=ctx, fields=fields)
