"""A draft subscription kept in step with what its editor says: terms and phases in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from billing.services import coupons, schedules, subscriptions
from billing.services.own_prices import OVERRIDES
from catalog.models import PricingPlanVersion
from desk.editors import subscription_commitment
from desk.editors.subscription_coupon import Given, fields_of
from desk.editors.subscription_discount import is_sayable
from desk.editors.subscription_overrides import Changes
from desk.editors.subscription_stored import own_prices
from kit.errors import InvalidOperation

CHANGES = ("own_version_id", "enabled_pricings", "included_volumes", "seats_values", "commitment")


@dataclass(frozen=True, slots=True)
class Phase:
    """From ``start`` until ``end`` (not included; None is open-ended) on one version."""

    start: datetime
    end: datetime | None
    version: PricingPlanVersion
    type: str = ScheduleType.DEFAULT
    realigns: bool = False
    discount: dict[str, Any] | None = None
    coupons: tuple[Given, ...] = ()
    changes: Changes = field(default_factory=Changes)
    commitment: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """``fields`` are what ``services.subscriptions`` takes; phases follow each other in time."""

    fields: dict[str, Any]
    phases: tuple[Phase, ...]


@transaction.atomic
def save(
    *, ctx: Context, customer: Customer, draft: PricingPlanSubscription | None, terms: Terms
) -> PricingPlanSubscription | None:
    """The draft, made or changed so that it says what ``terms`` say; what is equal is left alone.

    ``draft`` comes with its schedules (``selectors.within``). None where it says all of it already.
    """
    if draft is None:
        made = subscriptions.create(ctx=ctx, fields={**terms.fields, "customer": customer})
        _add(ctx, made, terms.phases)
        return made
    if draft.status != SubscriptionStatus.DRAFT:
        raise InvalidOperation(f"The subscription is {draft.status}: only a draft can be edited here")
    stored = selectors.timeline(draft)
    terms = replace(terms, phases=tuple(_beside(stored, phase) for phase in terms.phases))
    kept = _kept(stored, terms, currency=draft.billing_currency)
    for row in reversed(stored[kept:]):
        schedules.delete(ctx=ctx, instance=row)
    changed = draft
    if not _says(draft, terms.fields):
        changed = subscriptions.update(ctx=ctx, instance=draft, fields=terms.fields)
    moved = [(row, _changed(row, phase)) for row, phase in zip(stored[:kept], terms.phases, strict=False)]
    for row, fields in moved:
        if fields:
            schedules.update(ctx=ctx, instance=row, fields=fields)
    _add(ctx, changed, terms.phases[kept:])
    is_same = changed is draft and len(stored) == kept == len(terms.phases)
    return None if is_same and not any(fields for _, fields in moved) else changed


def _says(draft: PricingPlanSubscription, fields: dict[str, Any]) -> bool:
    """Whether nothing of the terms is to be written."""
    return all(getattr(draft, name) == value for name, value in subscriptions.columns(fields).items())


def fingerprint(draft: PricingPlanSubscription) -> str:
    """What a draft says, in short: two operators who saw the same have the same."""
    columns = [getattr(draft, field.attname) for field in draft._meta.concrete_fields]
    names = ("start_at", "end_at", "type", "pricing_plan_version_id", "discount", "coupons", *CHANGES)
    phases = [tuple(getattr(row, name) for name in names) for row in selectors.timeline(draft)]
    return hashlib.sha256(repr((columns, phases)).encode()).hexdigest()[:32]


def _beside(stored: Sequence[PricingPlanSchedule], phase: Phase) -> Phase:
    """The phase with what the API gave it and the editor has no fields for."""
    row = next((row for row in stored if row.start_at == phase.start), None)
    if row is None:
        return phase
    if phase.discount is None and not is_sayable(row.discount):
        phase = replace(phase, discount=row.discount)
    if phase.commitment is None and not subscription_commitment.is_sayable(row.commitment):
        phase = replace(phase, commitment=row.commitment)
    return phase


def _kept(stored: Sequence[PricingPlanSchedule], terms: Terms, *, currency: str) -> int:
    """How many phases, from the first on, stay what they are, whatever they say besides."""
    if terms.fields["billing_currency"] != currency:
        return 0
    kept = 0
    for row, phase in zip(stored, terms.phases, strict=False):
        same = (row.start_at, row.pricing_plan_version_id, row.type, row.realigns_anchor)
        if same != (phase.start, phase.version.pk, phase.type, phase.realigns):
            break
        kept += 1
    return kept


def _changed(row: PricingPlanSchedule, phase: Phase) -> dict[str, Any]:
    """What the row does not say yet, as ``services.schedules`` takes it."""
    said = {"end_at": phase.end, "discount": phase.discount, "commitment": phase.commitment}
    fields = {name: value for name, value in said.items() if getattr(row, name) != value}
    has = [(each["id"], each["promotion_code_id"]) for each in coupons.applied(row)]
    if has != [each.key for each in phase.coupons]:
        fields |= fields_of(phase.coupons)
    given = _given(phase.changes)
    if own_prices(row) == phase.changes.prices:
        given.pop(OVERRIDES, None)
    return fields | {name: value for name, value in given.items() if getattr(row, name, None) != value}


def _given(changes: Changes) -> dict[str, Any]:
    """What is said of the changes; what is left as it is, is not among it."""
    said = {
        "enabled_pricings": changes.choices,
        "included_volumes": changes.volumes,
        "seats_values": changes.seats,
        OVERRIDES: changes.overrides,
    }
    return {name: value for name, value in said.items() if value is not None}


def _add(ctx: Context, draft: PricingPlanSubscription, phases: Sequence[Phase]) -> None:
    for phase in phases:
        fields = {
            "subscription": draft,
            "pricing_plan_version": phase.version,
            "type": phase.type,
            "start_at": phase.start,
            "end_at": phase.end,
            "realigns_anchor": phase.realigns,
            "discount": phase.discount,
            "commitment": phase.commitment,
            **fields_of(phase.coupons),
            **{name: value for name, value in _given(phase.changes).items() if value},
        }
        schedules.create(ctx=ctx, fields=fields)
