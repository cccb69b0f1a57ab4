"""What the screens about one version of a plan share: finding it, its header, its steps."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts.models import Platform
from billing.models import PricingPlanSchedule
from catalog.models import PricingPlan, PricingPlanVersion, Status
from desk.components.badges import Badge
from desk.components.curl import Call
from desk.editors.pricing import book, place_words, steps
from desk.editors.pricing.book import Book
from desk.screens.base import Screen
from desk.shell import Crumb
from kit.errors import NotFound

NOBODY_TO_MOVE = (
    "No active subscription is on another version now or later. A draft takes its version in its own editor."
)


class VersionScreen(Screen):
    """A step of the editor. A version that has left DRAFT is shown on the plan's page instead."""

    permission = "PRICING_PLAN.UPDATE"
    menu = "pricing-plans"
    step: ClassVar[str] = ""

    @cached_property
    def found(self) -> tuple[PricingPlanVersion, PricingPlanVersion | None]:
        """The version in the path and the active one, with one query for both."""
        return find_beside(self.operator.platform, self.kwargs["pk"], self.kwargs["number"])

    @cached_property
    def version(self) -> PricingPlanVersion:
        return self.found[0]

    @property
    def plan(self) -> PricingPlan:
        return self.version.pricing_plan

    @cached_property
    def book(self) -> Book:
        return book.read(self.version, default_currency=self.operator.platform.default_currency)

    @cached_property
    def active(self) -> PricingPlanVersion | None:
        """The version that new subscriptions get."""
        return self.found[1]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.version.status != Status.DRAFT:
            return self.see_other(version_url(self.version))
        return self.page()

    @abstractmethod
    def page(self) -> HttpResponseBase:
        """The page of a draft version."""

    def fresh(self) -> None:
        """Read the draft again after a change."""
        self.__dict__.pop("book", None)

    def crumbs(self) -> list[Crumb]:
        found = [*super().crumbs(), Crumb("Pricing plans", reverse("desk:pricing-plans"))]
        if self.is_found:
            plan = reverse("desk:pricing-plan", args=[self.plan.public_id])
            found.append(Crumb(title_of(self.plan), plan))
        return found

    def call(self) -> Call | None:
        path = f"/v1/pricing-plan-versions/{self.version.public_id}" if self.is_found else ""
        return Call("GET", path) if path else None

    @property
    def is_found(self) -> bool:
        """Whether the version was read: the page that says it is missing asks."""
        return "version" in self.__dict__

    def heading(self) -> dict[str, Any]:
        """The header, stepper and action bar of the editor."""
        version = self.version
        bold, rest, key = steps.status(self.book)
        return {
            "title": f"{steps.LABELS[self.step]}: {title_of(self.plan)}, version {version.version}",
            "crumb_title": f"Version {version.version}",
            "plan": self.plan,
            "plan_name": title_of(self.plan),
            "version": version,
            "active": self.active,
            "badges": badges(version, self.active),
            "subscribers": self.active.subscribers if self.active else 0,  # type: ignore[attr-defined]
            "book": self.book,
            "period": place_words.periods(self.book.offer) or book.period_label(version),
            "steps": steps.of(self.book, self.step),
            "step": self.step,
            "status_bold": bold,
            "status_rest": rest,
            "status_item": next((each for each in self.book.unpriced if each.key == key), None),
        }


def find_version(platform: Platform, plan: str, number: int) -> PricingPlanVersion:
    """The version ``number`` of the plan with this public id, or 404."""
    rows = PricingPlanVersion.objects.for_platform(platform).select_related("pricing_plan")
    found: PricingPlanVersion | None = rows.filter(pricing_plan__public_id=plan, version=number).first()
    if found is None:
        raise NotFound("There is no such version of a plan.")
    return found


def find_beside(
    platform: Platform, plan: str, number: int
) -> tuple[PricingPlanVersion, PricingPlanVersion | None]:
    """That version, or 404, and the newest ACTIVE one of its plan, each with its ``subscribers``."""
    rows = PricingPlanVersion.objects.for_platform(platform).filter(pricing_plan__public_id=plan)
    wanted = rows.filter(Q(version=number) | Q(status=Status.ACTIVE)).select_related("pricing_plan")
    mine = PricingPlanSchedule.objects.filter(pricing_plan_version=OuterRef("pk")).values("platform")
    used = mine.annotate(total=Count("subscription", distinct=True)).values("total")
    several = wanted.annotate(subscribers=Coalesce(Subquery(used), 0)).order_by("-version")
    version, active = None, None
    for row in several:
        row.platform = row.pricing_plan.platform = platform
        version = row if row.version == number else version
        active = row if active is None and row.status == Status.ACTIVE else active
    if version is None:
        raise NotFound("There is no such version of a plan.")
    return version, active


def title_of(plan: PricingPlan) -> str:
    return plan.name or plan.reference


def active_version(plan: PricingPlan) -> PricingPlanVersion | None:
    """The newest ACTIVE version."""
    rows = PricingPlanVersion.objects.filter(platform_id=plan.platform_id, pricing_plan=plan)
    return rows.filter(status=Status.ACTIVE).order_by("-version").select_related("pricing_plan").first()


def badges(version: PricingPlanVersion, active: PricingPlanVersion | None) -> list[Badge]:
    """The version's own status, and which one is active."""
    own = Badge(version.status, f"Version {version.version} {version.status.lower()}")
    if active is None or active.pk == version.pk:
        return [own]
    return [own, Badge("ACTIVE", f"Version {active.version} active")]


def subscribers(versions: list[int]) -> dict[int, int]:
    """Version -> how many subscriptions have it in a schedule."""
    return {key: users.total for key, users in users_of(versions, movable=Q()).items()}


class Users(NamedTuple):
    """How many subscriptions have a version in a schedule, and how many of them a migration can move."""

    total: int
    movable: int


def users_of(versions: list[int], *, movable: Q) -> dict[int, Users]:
    """Version -> its users; ``movable`` is what holds of a schedule that a migration moves."""
    rows = PricingPlanSchedule.objects.filter(pricing_plan_version__in=versions)
    counted = rows.values("pricing_plan_version").annotate(
        total=Count("subscription", distinct=True),
        movable=Count("subscription", distinct=True, filter=movable),
    )
    return {row["pricing_plan_version"]: Users(row["total"], row["movable"]) for row in counted}


def version_url(version: PricingPlanVersion) -> str:
    """Where a version is read."""
    url = reverse("desk:pricing-plan", args=[version.pricing_plan.public_id])
    return f"{url}?version={version.version}"
