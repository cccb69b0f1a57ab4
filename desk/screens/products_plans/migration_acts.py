"""Begin a migration, carry it out in batches, take it back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from billing.models import MigrationState, PricingPlanMigration
from billing.selectors import plan_migrations
from billing.services.plan_migrations import deciding, sweep
from catalog.models import PricingPlan, Status
from desk.components import format
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.forms.migration import BatchForm, MigrationForm
from desk.screens.base import Screen
from desk.screens.forms import FormScreen
from desk.screens.press import Press
from desk.screens.products_plans.versions import NOBODY_TO_MOVE, title_of, users_of
from kit.errors import InvalidOperation, NotFound

PATH = "/v1/pricing-plan-migrations"


class NewMigration(FormScreen):
    """The dry run begins at once; nothing changes before somebody applies it."""

    permission = "PRICING_PLAN_SCHEDULE.CREATE"
    menu = "pricing-plans"
    title = "Migrate subscriptions"
    verb = "Begin with a dry run"
    has_calls = True
    description = (
        "Moves running subscriptions to another version of the plan. First you see what it means for each: "
        "nothing changes before you apply it."
    )

    @cached_property
    def plan(self) -> PricingPlan:
        rows = PricingPlan.objects.for_platform(self.operator.platform)
        found: PricingPlan | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if found is None:
            raise NotFound("There is no such plan.")
        return found

    def form(self, data: Any = None) -> DeskForm:
        versions = list(self.plan.versions.exclude(status=Status.DRAFT).order_by("-version"))
        movable = plan_migrations.movable(at=self.operator.at)
        users = users_of([each.pk for each in versions], movable=movable)
        sources = [each for each in versions if each.pk in users and users[each.pk].movable]
        if not sources:
            raise InvalidOperation(NOBODY_TO_MOVE)
        targets = [each for each in versions if each.status == Status.ACTIVE]
        initial = {"from_version": sources[-1].public_id if sources else None}
        return MigrationForm(data, sources=sources, targets=targets, initial=initial)

    def save(self, form: Any) -> str:
        values = form.cleaned_data
        begun = deciding.begin(
            ctx=self.operator.ctx,
            from_version=form.versions[values["from_version"]],
            to_version=form.versions[values["to_version"]],
            start_at=form.start(self.operator.zone),
            subscriptions=None,
            without_counterpart=values["without_counterpart"],
        )
        sweep.at_once(ctx=self.operator.ctx, migration=begun)
        return reverse("desk:migration", args=[begun.public_id])

    def calls(self, form: Any) -> list[Call]:
        names = ("from_version", "to_version")
        body = {f"{name.split('_')[0]}_pricing_plan_version_id": form[name].value() for name in names}
        return [Call("POST", PATH, body | form.body(self.operator.zone))]

    def cancel_url(self) -> str:
        return reverse("desk:pricing-plan", args=[self.kwargs["pk"]])


def find_migration(screen: Screen) -> Any:
    """The migration that the path names, with its counts, or 404."""
    rows = plan_migrations.migrations(screen.operator.platform)
    found = rows.filter(public_id=screen.kwargs["pk"]).first()
    if found is None:
        raise NotFound("There is no such migration.")
    return found


class MigrationStep(FormScreen):
    """A dialog that states what it will do before it does it."""

    menu = "pricing-plans"
    has_calls = True

    @cached_property
    def migration(self) -> Any:
        return find_migration(self)

    def facts(self) -> list[Fact]:
        row = self.migration
        plan = title_of(row.to_version.pricing_plan)
        return [
            Fact("Plan", plan),
            Fact("Versions", f"{row.from_version.version} to {row.to_version.version}"),
        ]

    def carried_out(self, migration: PricingPlanMigration) -> str:
        """Do it now where it is little; the page follows along where it is not."""
        sweep.at_once(ctx=self.operator.ctx, migration=migration)
        return self.cancel_url()

    def cancel_url(self) -> str:
        return reverse("desk:migration", args=[self.kwargs["pk"]])


class ApplyMigration(MigrationStep):
    """Puts subscriptions on the new version, a few or all."""

    permission = "PRICING_PLAN_SCHEDULE.CREATE"
    title = "Migrate these subscriptions?"
    verb = "Migrate subscriptions"
    keep = "Not yet"
    form_class = BatchForm
    message = "Migration under way"

    def facts(self) -> list[Fact]:
        fit = [Fact("Fit to migrate", f"{self.migration.previewed_count:,}")]
        sums = sorted(plan_migrations.money(self.migration).items())
        told = [
            Fact("Difference a period", format.money_with_code(each.difference, currency))
            for currency, each in sums
        ]
        return [*super().facts(), *fit, *told]

    def consequences(self) -> list[tuple[str, str]]:
        return [
            ("clock", "Each keeps its prices until it goes over, at the time shown."),
            ("undo", "It can be taken back until an invoice has billed the new version."),
        ]

    def save(self, form: Any) -> str:
        at_most = form.cleaned_data["at_most"]
        return self.carried_out(
            deciding.apply(ctx=self.operator.ctx, instance=self.migration, at_most=at_most)
        )

    def calls(self, form: Any) -> list[Call]:
        at_most = getattr(form, "cleaned_data", {}).get("at_most")
        body = {"at_most": at_most} if at_most else {}
        return [Call("POST", f"{PATH}/{self.kwargs['pk']}/apply", body)]


class RevertMigration(MigrationStep):
    """Takes the new version back, wherever no invoice has billed it."""

    permission = "PRICING_PLAN_SCHEDULE.DELETE"
    title = "Take this migration back?"
    verb = "Take migration back"
    verb_style = "solid-bad"
    keep = "Leave it"
    message = "Migration taken back"

    def facts(self) -> list[Fact]:
        return [*super().facts(), Fact("On the new version", f"{self.migration.applied_count:,}")]

    def consequences(self) -> list[tuple[str, str]]:
        return [("lock", "A subscription whose invoice has billed the new version stays on it.")]

    def save(self, form: Any) -> str:
        return self.carried_out(deciding.revert(ctx=self.operator.ctx, instance=self.migration))

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", f"{PATH}/{self.kwargs['pk']}/revert", {})]


class PreviewMigration(Press):
    """The dry run again, with what is known now."""

    permission = "PRICING_PLAN_SCHEDULE.CREATE"
    menu = "pricing-plans"

    def calls(self) -> list[Call]:
        return [Call("POST", f"{PATH}/{self.kwargs['pk']}/preview")]

    def press(self, request: HttpRequest, pk: str) -> HttpResponse:  # type: ignore[override]
        again = deciding.preview(ctx=self.operator.ctx, instance=find_migration(self))
        sweep.at_once(ctx=self.operator.ctx, migration=again)
        blocked = plan_migrations.rows(again).filter(state=MigrationState.BLOCKED).count()
        said = f"Dry run done: {blocked} blocked" if blocked else "Dry run done"
        return self.done(reverse("desk:migration", args=[pk]), said)
