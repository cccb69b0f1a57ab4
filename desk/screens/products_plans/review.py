"""Step 5, Review and activate; and the other changes of a version: clone, discard."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import PricingPlanVersion, Status
from catalog.selectors import whole_trees
from catalog.selectors.whole_trees import Whole
from catalog.services import pricing_plan_versions
from catalog.services.activation_facts import Facts
from desk.editors.pricing import book, diff, steps, trial
from desk.editors.pricing.book import Book
from desk.editors.pricing.diff import Diff
from desk.screens import replies
from desk.screens.products_plans import blockers
from desk.screens.products_plans.blockers import Blocker
from desk.screens.products_plans.versions import (
    VersionScreen,
    version_url,
)


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
        if self.unsaved() or blockers.of(self.version):
            return self.shown(status=422, refused=True)
        pricing_plan_versions.update(
            ctx=self.operator.ctx, instance=self.version, fields={"status": Status.ACTIVE}
        )
        return self.done(version_url(self.version), f"Version {self.version.version} is active")

    def unsaved(self) -> list[Blocker]:
        return blockers.unsaved(self.request.session, self.version, lambda: self.book)

    def shown(self, *, status: int = 200, **extra: Any) -> HttpResponse:
        facts = Facts()
        found = [*self.unsaved(), *blockers.of_whole(self.trees[self.version.pk], facts)]
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
