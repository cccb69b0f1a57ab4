"""A pricing plan: its prices read-only with the calculator, its versions, what happened to it."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import AuditEntry
from billing.selectors import plan_migrations
from catalog.models import Pricing, PricingPlan, PricingPlanVersion, Status
from catalog.selectors import plans as selectors
from desk import navigation
from desk.components.actions import Action
from desk.components.badges import Badge
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.pricing import (
    book,
    build,
    calendar,
    place_words,
    places,
    shares,
    steps,
    stored_sheet,
    trial,
    typical,
)
from desk.editors.pricing.book import Book, PricedItem
from desk.editors.pricing.calendar import Calendar
from desk.editors.pricing.panel import Panel
from desk.editors.pricing.usages import Question
from desk.screens.details import ACTIVITY_SHOWN, DetailScreen, Tab
from desk.screens.products_plans.versions import NOBODY_TO_MOVE, Users, title_of, users_of, version_url

MIGRATIONS_SHOWN = 20


class PlanDetail(DetailScreen):
    """Shows the active version unless another is asked for with ``?version=``."""

    permission = "PRICING_PLAN.VIEW"
    menu = "pricing-plans"
    model = PricingPlan
    route = "pricing-plan"
    template = "desk/products_plans/plan.html"
    regions: ClassVar[tuple[str, ...]] = ("tab", "header", "answer")  # type: ignore[assignment]

    def rows(self) -> QuerySet[Any]:
        return selectors.plans(self.operator.platform)

    def name(self) -> str:
        return title_of(self.row)

    @cached_property
    def versions(self) -> list[PricingPlanVersion]:
        """Newest first."""
        found = list(self.row.versions.all())[::-1]
        for version in found:
            version.pricing_plan = self.row
        return found

    def newest(self, status: str) -> PricingPlanVersion | None:
        return next((version for version in self.versions if version.status == status), None)

    @cached_property
    def version(self) -> PricingPlanVersion | None:
        """The one that is shown."""
        asked = self.request.GET.get("version", "")
        chosen = next((each for each in self.versions if str(each.version) == asked), None)
        return chosen or self.newest(Status.ACTIVE) or next(iter(self.versions), None)

    @cached_property
    def users(self) -> dict[int, Users]:
        movable = plan_migrations.movable(at=self.operator.at)
        return users_of([version.pk for version in self.versions], movable=movable)

    @property
    def used(self) -> dict[int, int]:
        """Version -> how many subscriptions have it."""
        return {key: each.total for key, each in self.users.items()}

    def badges(self) -> list[Badge]:
        active, draft = self.newest(Status.ACTIVE), self.newest(Status.DRAFT)
        found = [Badge("ACTIVE", f"Version {active.version} active")] if active else []
        return [*found, *([Badge("DRAFT", f"Version {draft.version} draft")] if draft else [])]

    def facts(self) -> list[Fact]:
        version = self.version
        if version is None:
            return []
        taxed = self.row.amount_type == "INCLUDING_TAX"
        return [
            Fact("Billing period", _periods(version)),
            Fact("Currency", ", ".join(version.pricing_currencies) or "As its prices"),
            Fact("Prices", "Include tax" if taxed else "Exclude tax"),
            Fact("Subscriptions", sum(self.used.values())),
        ]

    def actions(self) -> list[Action]:
        draft, active = self.newest(Status.DRAFT), self.newest(Status.ACTIVE)
        if draft:
            label = f"Open draft version {draft.version}"
            found = [Action(label, steps.url(draft, "pricing"), "PRICING_PLAN.UPDATE", "primary", key="e")]
            if active:
                url = reverse("desk:plan-compare", args=[self.row.public_id])
                compare = f"{url}?a={active.version}&b={draft.version}"
                found.insert(0, Action("Compare", compare, "PRICING_PLAN.VIEW"))
            return found
        number = self.versions[0].version + 1 if self.versions else 1
        return [self.clone(f"Clone to version {number}" if self.versions else "Add version 1", "primary")]

    def clone(self, label: str, style: str = "") -> Action:
        url = reverse("desk:version-clone", args=[self.row.public_id])
        source = f"?from={self.version.version}" if self.version else ""
        return Action(label, url + source, "PRICING_PLAN.UPDATE", style, posts=True, copies=True)

    def more(self) -> list[Action]:
        """Moving subscriptions makes sense once some are on another version than the active one."""
        active = self.newest(Status.ACTIVE)
        others = [each for key, each in self.users.items() if active and key != active.pk]
        if not any(each.total for each in others):
            return []
        url = reverse("desk:migration-new", args=[self.row.public_id])
        refused = "" if any(each.movable for each in others) else NOBODY_TO_MOVE
        return [Action("Migrate subscriptions", url, "PRICING_PLAN_SCHEDULE.CREATE", refused=refused)]

    def tabs(self) -> list[Tab]:
        return [
            Tab("pricing", "Pricing", "desk/products_plans/plan_pricing.html"),
            Tab("versions", "Versions", "desk/products_plans/plan_versions.html", len(self.versions)),
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        if tab.name == "versions":
            migrations = plan_migrations.migrations(self.operator.platform)
            mine = migrations.filter(to_version__pricing_plan=self.row).order_by("-pk")
            return {
                "versions": self.versions,
                "used": self.used,
                "plan": self.row,
                "migrations": list(mine[:MIGRATIONS_SHOWN]),
            }
        return self._pricing() if tab.name == "pricing" else {}

    @cached_property
    def book(self) -> Book | None:
        if self.version is None:
            return None
        return book.read(self.version, default_currency=self.operator.platform.default_currency)

    def _pricing(self) -> dict[str, Any]:
        """The chosen item's rules in words and numbers, and what it costs."""
        found: dict[str, Any] = {"book": self.book, "plan": self.row, "version": self.version}
        if self.version is None or self.book is None or not self.book.items:
            return found
        draft = self.newest(Status.DRAFT)
        priced = self.book.item(self.request.GET.get("item", "")) or self.book.items[0]
        if not priced.configs:
            priced = priced.applied(priced.asked) or priced
        rules = priced.rules
        asked = self.request.GET.get("rule", "")
        number = int(asked) if asked.isdecimal() and 0 < int(asked) <= len(rules) else len(rules)
        config = rules[number - 1].config if rules else None
        sheet = stored_sheet.stored(priced, config)
        built = build.build(sheet, priced.terms)
        question = Question.of(self.request.GET, trial.first_quantity(priced, built.bounds))
        used = typical.quantities(self.operator.platform, priced, at=self.operator.at)
        beside = shares.beside(priced, number, self.request.GET)
        return found | {
            "priced": priced,
            "rule_number": number,
            "panel": Panel.of(sheet, built, priced, question, None, used, beside),
            "calendar": self._calendar(priced, question.quantity),
            "users": self.used.get(self.version.pk, 0),
            "draft": draft if draft and draft.pk != self.version.pk else None,
            "here": version_url(self.version),
            "next_customer": self._next(),
        }

    def _calendar(self, priced: PricedItem, seats: Decimal) -> Calendar | None:
        """When the item is charged, for what is not charged by usage."""
        if self.book is None or priced.terms.metered or not priced.configs:
            return None
        return calendar.of(self.book, at=self.operator.at, zone=self.operator.zone, only=priced, seats=seats)

    def _next(self) -> str:
        """Where to go on from an active plan that nobody subscribes to yet."""
        return "" if any(self.used.values()) else navigation.address("customer-new")

    def _common(self, tab: Tab) -> dict[str, Any]:
        if tab.name != "activity":
            return super()._common(tab)
        pricings = Pricing.objects.filter(version__pricing_plan=self.row).values("public_id")
        keys = [self.row.public_id, *(version.public_id for version in self.versions)]
        rows = AuditEntry.objects.filter(platform=self.operator.platform)
        mine = rows.filter(object_id__in=keys) | rows.filter(object_id__in=pricings)
        return {"entries": list(mine.order_by("-pk")[:ACTIVITY_SHOWN])}

    def call(self) -> Call | None:
        return Call("GET", f"/v1/pricing-plans/{self.row.public_id}") if hasattr(self, "row") else None


def _periods(version: PricingPlanVersion) -> str:
    return place_words.periods(places.offer_of(version, "")) or book.period_label(version)
