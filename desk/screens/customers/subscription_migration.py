"""Chosen subscriptions to another version: a dry run for each version that they are on now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from billing.models import MigrationState, PricingPlanSchedule
from billing.selectors import plan_migrations
from billing.services.plan_migrations import deciding, sweep
from catalog.models import PricingPlanVersion, Status
from desk.components.badges import word
from desk.components.curl import Call
from desk.forms.migration import ChosenForm
from desk.operators import Operator
from desk.screens.customers.subscription_rows import SubscriptionRow
from desk.tables import Result
from kit.errors import InvalidField

PATH = "/v1/pricing-plan-migrations"


def refuses(row: Any) -> str:
    """Why a subscription cannot be migrated at all."""
    return "" if row.status == "ACTIVE" else f"{word(row.status).lower()}, and only an active one is migrated"


@dataclass(frozen=True, slots=True)
class Group:
    """Subscriptions that are on one version now."""

    version: PricingPlanVersion
    rows: list[Any]


class MigrateToVersion:
    """Begins one migration for each version in use, all to the same; nothing changes before it is applied."""

    verb = "Begin with a dry run"

    def form(self, operator: Operator, rows: Sequence[Any], data: Any = None) -> ChosenForm:
        """The active versions of the plans that the rows are on, the newest first."""
        phases = filter(None, (SubscriptionRow(row, operator.at).current for row in rows))
        plans = {phase.pricing_plan_version.pricing_plan_id for phase in phases}
        found = PricingPlanVersion.objects.for_platform(operator.platform).filter(
            pricing_plan__in=plans, status=Status.ACTIVE
        )
        ordered = found.select_related("pricing_plan").order_by("pricing_plan__name", "-version")
        return ChosenForm(data, targets=list(ordered))

    def begin(self, operator: Operator, rows: Sequence[Any], form: Any) -> list[Result]:
        """A result for each migration that begins, and for each row that none of them takes."""
        target = form.versions[form.cleaned_data["to_version"]]
        groups, left = _sorted(operator, rows, target)
        if not groups:
            message = "None of the chosen subscriptions is on another version of this plan"
            raise InvalidField(message, field="to_pricing_plan_version_id")
        return [*(_begun(operator, group, target, form) for group in groups), *left]

    def calls(self, operator: Operator, rows: Sequence[Any], form: Any) -> list[Call]:
        """One for each version in use."""
        target = form.versions[form.cleaned_data["to_version"]]
        return [
            Call(
                "POST",
                PATH,
                {
                    "from_pricing_plan_version_id": group.version.public_id,
                    "to_pricing_plan_version_id": target.public_id,
                    "pricing_plan_subscription_ids": [row.public_id for row in group.rows],
                    **form.body(operator.zone),
                },
            )
            for group in _sorted(operator, rows, target)[0]
        ]


def _sorted(
    operator: Operator, rows: Sequence[Any], target: PricingPlanVersion
) -> tuple[list[Group], list[Result]]:
    """The rows by the version they are on, and those that stay where they are."""
    groups: dict[int, Group] = {}
    left: list[Result] = []
    for row in rows:
        shown = SubscriptionRow(row, operator.at)
        phase = shown.current
        if reason := _stays(phase, target):
            left.append(Result(named(shown), shown.url, left=reason))
        elif phase is not None:
            version = phase.pricing_plan_version
            groups.setdefault(version.pk, Group(version, [])).rows.append(row)
    return [*groups.values()], left


def _stays(phase: PricingPlanSchedule | None, target: PricingPlanVersion) -> str:
    if phase is None:
        return "it has no phase"
    if phase.pricing_plan_version_id == target.pk:
        return "on this version already"
    other = phase.pricing_plan_version.pricing_plan_id != target.pricing_plan_id
    return "on another plan" if other else ""


def _begun(operator: Operator, group: Group, target: PricingPlanVersion, form: Any) -> Result:
    begun = deciding.begin(
        ctx=operator.ctx,
        from_version=group.version,
        to_version=target,
        start_at=form.start(operator.zone),
        subscriptions=group.rows,
        without_counterpart=form.cleaned_data["without_counterpart"],
    )
    sweep.at_once(ctx=operator.ctx, migration=begun)
    blocked = plan_migrations.rows(begun).filter(state=MigrationState.BLOCKED).count()
    count = len(group.rows)
    said = f"{count} subscription{'' if count == 1 else 's'} from version {group.version.version}"
    told = f"Dry run of {said} to {target.version}" + (f": {blocked} blocked" if blocked else "")
    return Result(told, reverse("desk:migration", args=[begun.public_id]))


def named(shown: SubscriptionRow) -> str:
    """``Brightwater, Growth v2``."""
    customer = shown.row.customer
    return ", ".join(filter(None, (customer.name or customer.reference or customer.public_id, shown.plan)))
