"""Step 5, Review and activate; and the other changes of a version: clone, discard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import PricingPlan, PricingPlanVersion, Status
from catalog.selectors import whole_trees
from catalog.selectors.whole_trees import Whole
from catalog.services import activation, pricing_plan_versions, pricing_plans
from catalog.services.activation_facts import Facts
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.pricing import book, diff, steps, trial
from desk.editors.pricing.book import Book
from desk.editors.pricing.diff import Diff
from desk.screens import replies
from desk.screens.forms import FormScreen
from desk.screens.press import Press
from desk.screens.products_plans import kept_sheets
from desk.screens.products_plans.versions import (
    VersionScreen,
    active_version,
    find_version,
    subscribers,
    title_of,
    version_url,
)
from desk.services import plan_drafts
from kit.errors import NotFound


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of activation, and where to mend it."""

    message: str
    url: str


def blockers(version: PricingPlanVersion) -> list[Blocker]:
    """Everything that activation would refuse, in the order of the tree, each with its step."""
    return _blockers(whole_trees.read(version.platform, [version])[version.pk], Facts())


def unsaved(session: SessionBase, version: PricingPlanVersion, read: Callable[[], Book]) -> list[Blocker]:
    """Prices that were typed here and could not be stored: activation would leave them behind."""
    waiting = kept_sheets.places(session, version.public_id)
    found = read() if waiting else None
    items = [(found.item(key), rule) for key, rule in waiting] if found else []
    return [
        Blocker(f"{item.item.name}: {UNSAVED}", steps.item_url(version, item.key, rule))
        for item, rule in items
        if item is not None and 0 < rule <= len(item.rules)  # without a rule it has no price: said already
    ]


def _blockers(whole: Whole, facts: Facts) -> list[Blocker]:
    return [_blocker(whole.version, problem) for problem in activation.problems_of(whole, facts)]


def _blocker(version: PricingPlanVersion, problem: Any) -> Blocker:
    item = _item(version, problem.field.split("."))
    message = WORDS.get(problem.message, problem.message)
    message = f"{message[:1].upper()}{message[1:]}"
    if item is None:
        return Blocker(message, steps.url(version, "items"))
    if problem.field.endswith("product_item_ids.0") or "product_ids" in problem.field:
        url = reverse("desk:product", args=[item.product.public_id])
        return Blocker(f"{item.name}: {message}", url)
    return Blocker(f"{item.name}: {message}", steps.item_url(version, item.public_id))


UNSAVED = "What was typed last could not be saved. Mend it first"
WORDS = {
    "a pricing item needs at least one config": "Enter its price",
    "a version needs at least one pricing": "Add at least one item",
}


def _item(tree: Any, path: list[str]) -> Any:
    """The product item that a problem's path leads to, if it goes that deep."""
    numbers = [int(part) for part in path if part.isdigit()]
    if len(numbers) < 2 or "pricing_groups" in path:
        return None
    pricing = tree.categories[numbers[0]].ungrouped[numbers[1]]
    items = list(pricing.items.all())
    chosen = items[numbers[2]] if "items" in path and len(numbers) > 2 else next(iter(items), None)
    link = next(iter(chosen.product_item_links.all()), None) if chosen else None
    return link.product_item if link else None


class ReviewStep(VersionScreen):
    """Problems first, then every item in words, what changes, and who is affected."""

    step = "review"
    template = "desk/editors/review.html"

    @cached_property
    def trees(self) -> dict[int, Whole]:
        """The whole trees of the draft and of the active version, read together."""
        several = [each for each in (self.version, self.active) if each is not None]
        return whole_trees.read(self.operator.platform, several)

    @cached_property
    def book(self) -> Book:  # type: ignore[override]
        return self._book(self.version)

    def _book(self, version: PricingPlanVersion) -> Book:
        default = self.operator.platform.default_currency
        return book.of(self.trees[version.pk], default_currency=default)

    def page(self) -> HttpResponseBase:
        return self.shown()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Activate, where nothing stands in the way; else the summary, with the focus on it."""
        if self.unsaved() or blockers(self.version):
            return self.shown(status=422, refused=True)
        pricing_plan_versions.update(
            ctx=self.operator.ctx, instance=self.version, fields={"status": Status.ACTIVE}
        )
        return self.done(version_url(self.version), f"Version {self.version.version} is active")

    def unsaved(self) -> list[Blocker]:
        return unsaved(self.request.session, self.version, lambda: self.book)

    def shown(self, *, status: int = 200, **extra: Any) -> HttpResponse:
        facts = Facts()
        found = [*self.unsaved(), *_blockers(self.trees[self.version.pk], facts)]
        context = self.heading() | extra
        if extra.get("refused"):
            context["title"] = f"Error: {context['title']}"
        return self.render(
            status=status,
            blockers=found,
            changes=self.differences(facts),
            **self.tried(),
            **context,
        )

    def tried(self) -> dict[str, Any]:
        """The whole version tried on what was typed, or on figures to begin with."""
        data = {key: str(value) for key, value in self.request.POST.items()}
        return {
            "trial": trial.of(self.book, data, at=self.operator.at, zone=self.operator.zone),
            "try_url": reverse("desk:version-try", args=[self.plan.public_id, self.version.version]),
        }

    def differences(self, facts: Facts) -> Diff | None:
        """What changes against the active version; ``facts`` are those by which the draft was judged."""
        if self.active is None:
            return None
        platform, at = self.operator.platform, self.operator.at
        return diff.between(self._book(self.active), self.book, platform, at=at, known=facts.every_property)


class TryVersion(ReviewStep):
    """The review with the invoices for the figures that were typed; for htmx only these."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(steps.url(self.version, "review"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.version.status != Status.DRAFT:
            return self.done(version_url(self.version))
        if not replies.is_htmx(request):
            return self.shown()
        return HttpResponse(
            render_to_string("desk/editors/tried.html", self.context(**self.tried()), request)
        )


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
        waiting = unsaved(request.session, version, lambda: book.read(version, default_currency=default))
        if waiting or blockers(version):
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
