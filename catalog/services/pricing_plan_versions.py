"""Changes to pricing plan versions."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.context import Context
from catalog.models import PricingPlan, PricingPlanVersion, Status
from catalog.selectors import plans as selectors
from catalog.services import activation, drafts, rows, trees
from kit import persistence
from kit.errors import CannotUpdate, InvalidField
from kit.lifecycle import core_flow
from webhooks.services import changes

FLOW = core_flow("PRICING_PLAN_VERSION")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> PricingPlanVersion:
    """The plan's next version, with the tree that is sent or that of the version it is copied from.

    A ``version`` number may be given (a catalog that is imported keeps its own); it must not be taken.

    Numbers are given under the plan's lock, so two at once get different ones. With ``status``
    ACTIVE it is activated at once, which the whole request fails with.
    """
    values = dict(fields)
    plan = persistence.lock(values.pop("pricing_plan"))
    status = rows.first_status(values)
    categories = values.pop("pricing_categories", None)
    number = values.pop("version", None) or _next_number(plan)
    values = _inherited(ctx, plan, values)
    version = PricingPlanVersion.stamped(
        platform=ctx.platform, at=ctx.at, pricing_plan=plan, version=number, **values
    )
    persistence.insert(version)
    _plant(ctx, version, categories)
    changes.created(ctx=ctx, instance=version)
    if status == Status.DRAFT:
        return version
    return update(ctx=ctx, instance=version, fields={"status": status})


@transaction.atomic
def update(*, ctx: Context, instance: PricingPlanVersion, fields: dict[str, Any]) -> PricingPlanVersion:
    """Change a DRAFT, its tree included, then its status. Of other versions only the status changes."""
    row = persistence.lock(instance)
    before = changes.snapshot(row)
    values = dict(fields)
    status = rows.next_status(FLOW, row, values)
    categories = values.pop("pricing_categories", None)
    values = _changed(row, values)
    if values or categories is not None:
        drafts.assert_draft(row)
    if categories is not None:
        trees.replace(ctx=ctx, version=row, categories=categories)
    if values or categories is not None:
        persistence.assign(row, {**values, "updated_at": ctx.at})
        persistence.store(row, [*values, "updated_at"])
    if status == Status.ACTIVE:
        values |= activation.prepared(ctx=ctx, version=row)
    rows.change(ctx=ctx, row=row, values={**values, **_status(status)}, before=before)
    return row


@transaction.atomic
def delete(*, ctx: Context, instance: PricingPlanVersion) -> None:
    """Delete a DRAFT that nothing uses, with its tree."""
    row = persistence.lock(instance)
    rows.assert_deletable(row)
    rows.delete(ctx=ctx, row=row)


def _status(status: str | None) -> dict[str, Any]:
    return {"status": status} if status else {}


def _next_number(plan: PricingPlan) -> int:
    return (plan.versions.aggregate(last=Max("version"))["last"] or 0) + 1


def _plant(ctx: Context, version: PricingPlanVersion, categories: list[dict[str, Any]] | None) -> None:
    if categories is not None:
        trees.plant(ctx=ctx, version=version, categories=categories)
    elif version.copied_from:
        source = selectors.versions(ctx.platform).get(pk=version.copied_from.pk)
        trees.copy(ctx=ctx, source=source, version=version)


def _inherited(ctx: Context, plan: PricingPlan, values: dict[str, Any]) -> dict[str, Any]:
    """What the body leaves open: as in the version it is copied from, else the plan's currencies."""
    source: PricingPlanVersion | None = values.get("copied_from")
    currencies = source.pricing_currencies if source else plan.pricing_currencies
    default = source.default_pricing_currency if source else next(iter(currencies), None)
    found: dict[str, Any] = {
        "pricing_currencies": currencies,
        "default_pricing_currency": None if values.get("pricing_currencies") is not None else default,
        "billing_periods": source.billing_periods if source else [],
    }
    return found | {name: value for name, value in values.items() if value is not None}


def _changed(row: PricingPlanVersion, values: dict[str, Any]) -> dict[str, Any]:
    """The fields that would differ. A version stays with its plan and with what it was copied from."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    if "pricing_plan" in differing:
        raise CannotUpdate("a version stays with its plan", field="pricing_plan_id")
    if "copied_from" in differing:
        raise InvalidField("is given when the version is made", field="copied_from_pricing_plan_version_id")
    return differing
