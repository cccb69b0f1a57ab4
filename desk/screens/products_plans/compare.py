"""Two versions of a plan side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from catalog.models import PricingPlan, PricingPlanVersion
from desk.editors.pricing import book, diff
from desk.screens.base import Screen
from desk.screens.products_plans.versions import title_of
from desk.services import plan_usage
from desk.shell import Crumb
from kit.errors import NotFound


class Compare(Screen):
    """``a`` and ``b`` are version numbers; without ``a`` the one before ``b``."""

    permission = "PRICING_PLAN.VIEW"
    menu = "pricing-plans"
    template = "desk/products_plans/compare.html"
    plan: PricingPlan | None = None

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        rows = PricingPlan.objects.for_platform(self.operator.platform)
        self.plan = rows.filter(public_id=pk).first()
        if self.plan is None:
            raise NotFound("There is no such plan.")
        versions = {each.version: each for each in self.plan.versions.order_by("version")}
        b = self._chosen(versions, request.GET.get("b", ""), max(versions, default=0))
        a = self._chosen(versions, request.GET.get("a", ""), b.version - 1)
        default = self.operator.platform.default_currency
        before, after = (book.read(each, default_currency=default) for each in (a, b))
        found = diff.between(before, after, self.operator.platform, at=self.operator.at)
        return self.render(
            title=f"Compare: {title_of(self.plan)}",
            crumb_title="Compare",
            plan=self.plan,
            plan_name=title_of(self.plan),
            a=a,
            b=b,
            diff=found,
            versions=list(versions.values()),
            only_changes=request.GET.get("only") == "changes",
        )

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        """Keep usage apart by the properties of both versions, so that the effect is known."""
        self.need("PRICING_PLAN.UPDATE")
        rows = PricingPlanVersion.objects.for_platform(self.operator.platform)
        asked = [request.GET.get(name, "") for name in ("a", "b")]
        numbers = [int(each) for each in asked if each.isdecimal() and len(each) < 6]
        plan_usage.keep_apart(
            ctx=self.operator.ctx, versions=list(rows.filter(pricing_plan__public_id=pk, version__in=numbers))
        )
        return self.see_other(request.get_full_path())

    def _chosen(
        self, versions: dict[int, PricingPlanVersion], asked: str, default: int
    ) -> PricingPlanVersion:
        number = int(asked) if asked.isdecimal() and len(asked) < 6 else default
        if number not in versions:
            raise NotFound("There is no such version to compare with.")
        return versions[number]

    def crumbs(self) -> list[Crumb]:
        found = [*super().crumbs(), Crumb("Pricing plans", reverse("desk:pricing-plans"))]
        if self.plan:
            found.append(Crumb(title_of(self.plan), reverse("desk:pricing-plan", args=[self.plan.public_id])))
        return found
