"""What changes a version as a whole: activate it, discard it, clone it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from catalog.models import PricingPlan, PricingPlanVersion, Status
from catalog.services import pricing_plan_versions, pricing_plans
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.pricing import book, steps
from desk.screens.forms import FormScreen
from desk.screens.press import Press
from desk.screens.products_plans import blockers
from desk.screens.products_plans.versions import (
    active_version,
    find_version,
    subscribers,
    title_of,
    version_url,
)
from desk.services import plan_drafts
from kit.errors import NotFound


class Activate(FormScreen):
    """The facts that matter, then the verb."""

    permission = "PRICING_PLAN.UPDATE"
    menu = "pricing-plans"
    keep = "Keep as draft"
    has_calls = True

    @property
    def version(self) -> PricingPlanVersion:
        return find_version(self.operator.platform, self.kwargs["pk"], self.kwargs["number"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        number = self.kwargs["number"]
        self.title, self.verb = f"Activate version {number}?", f"Activate version {number}"  # type: ignore[misc]
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Activation itself is the review's: it has the problems to show."""
        if "as_curl" in request.POST:
            return super().post(request, *args, **kwargs)
        version = self.version
        default = self.operator.platform.default_currency
        waiting = blockers.unsaved(
            request.session, version, lambda: book.read(version, default_currency=default)
        )
        if waiting or blockers.of(version):
            return self.done(f"{steps.url(version, 'review')}?refused=1")
        pricing_plan_versions.update(
            ctx=self.operator.ctx, instance=version, fields={"status": Status.ACTIVE}
        )
        return self.done(version_url(version), f"Version {version.version} is active")

    def facts(self) -> list[Fact]:
        version = self.version
        active = active_version(version.pricing_plan)
        found = [
            Fact("Version", f"{title_of(version.pricing_plan)}, version {version.version}"),
            Fact("From", "Now, for new subscriptions"),
        ]
        if active:
            users = subscribers([active.pk]).get(active.pk, 0)
            stay = "1 subscription stays" if users == 1 else f"{users} subscriptions stay"
            found.append(Fact("Unaffected", f"{stay} on version {active.version}"))
        return found

    def consequences(self) -> list[tuple[str, str]]:
        return [("lock", "Its prices cannot be edited afterwards; changes need a new version.")]

    def cancel_url(self) -> str:
        return steps.url(self.version, "review")

    def calls(self, form: Any) -> list[Call]:
        return [Call("PATCH", f"/v1/pricing-plan-versions/{self.version.public_id}", {"status": "ACTIVE"})]


class Discard(FormScreen):
    """Deletes a draft; the plan with it, when it has no other version."""

    permission = "PRICING_PLAN.UPDATE"
    menu = "pricing-plans"
    title = "Discard this draft?"
    verb = "Discard draft"
    verb_style = "solid-bad"
    keep = "Keep draft"
    message = "Draft discarded"
    has_calls = True

    @property
    def version(self) -> PricingPlanVersion:
        return find_version(self.operator.platform, self.kwargs["pk"], self.kwargs["number"])

    def facts(self) -> list[Fact]:
        return [Fact("Version", f"{title_of(self.version.pricing_plan)}, version {self.version.version}")]

    def consequences(self) -> list[tuple[str, str]]:
        return [("bin", "Its prices are removed for good. Other versions stay as they are.")]

    def calls(self, form: Any) -> list[Call]:
        version = self.version
        plan = version.pricing_plan
        found = [Call("DELETE", f"/v1/pricing-plan-versions/{version.public_id}")]
        if plan.versions.count() == 1:
            found.append(Call("DELETE", f"/v1/pricing-plans/{plan.public_id}"))
        return found

    def save(self, form: Any) -> str:
        version = self.version
        plan = version.pricing_plan
        pricing_plan_versions.delete(ctx=self.operator.ctx, instance=version)
        if plan.versions.exists():
            return reverse("desk:pricing-plan", args=[plan.public_id])
        pricing_plans.delete(ctx=self.operator.ctx, instance=plan)
        return reverse("desk:pricing-plans")

    def cancel_url(self) -> str:
        return steps.url(self.version, "review")


class Clone(Press):
    """A draft that equals the version it comes from; the one draft there is, where there is one."""

    permission = "PRICING_PLAN.UPDATE"
    menu = "pricing-plans"

    @property
    def plan(self) -> PricingPlan:
        """The plan in the path."""
        rows = PricingPlan.objects.for_platform(self.operator.platform)
        plan: PricingPlan | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if plan is None:
            raise NotFound("There is no such plan.")
        return plan

    def source(self, plan: PricingPlan) -> PricingPlanVersion | None:
        """The version that is asked for, or the active one."""
        asked = self.request.GET.get("from", "")
        found = plan.versions.filter(version=int(asked)).first() if asked.isdecimal() else None
        return found or active_version(plan)

    def calls(self) -> list[Call]:
        plan = self.plan
        source = self.source(plan)
        copied = {"copied_from_pricing_plan_version_id": source.public_id} if source else {}
        body = {"pricing_plan_id": plan.public_id, **copied}
        return [Call("POST", "/v1/pricing-plan-versions", body)]

    def press(self, request: HttpRequest, pk: str) -> HttpResponse:  # type: ignore[override]
        plan = self.plan
        draft = plan_drafts.next_version(ctx=self.operator.ctx, plan=plan, source=self.source(plan))
        return self.done(steps.url(draft, "pricing"), f"Version {draft.version} draft is open")
