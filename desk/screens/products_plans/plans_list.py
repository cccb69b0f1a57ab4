"""Products & plans > Pricing plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from billing.services.figures import recurring_totals
from catalog.models import PlanType, PricingItem, PricingPlan, PricingPlanVersion, Status
from catalog.selectors import plans as selectors
from desk import palette
from desk.components.actions import Action
from desk.components.badges import word
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.editors.pricing.book import period_label
from desk.operators import Operator
from desk.palette import Jump, Named, first_of
from desk.screens.home import tiles
from desk.screens.lists import ListScreen
from desk.screens.products_plans.start_plan import starts
from desk.screens.products_plans.versions import subscribers, title_of
from desk.tables import Amounts, Choice, Column, Custom, Figure, Moment, Table
from kit import clock
from kit.money import Money, plain

NO_MRR: list[Money] = []


def _with_version(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    having = PricingPlanVersion.objects.filter(status__in=values)
    return rows.filter(pk__in=having.values("pricing_plan_id"))


def _in_each(words: Callable[[Money], str], between: str) -> Callable[[Any], str]:
    """The plan's recurring revenue, an amount in each currency."""
    return lambda plan: between.join(words(each) for each in plan.mrr)


class PricingPlans(ListScreen):
    """A row per plan with its active version and its draft."""

    permission = "PRICING_PLAN.VIEW"
    drawn_at: datetime | None = None
    table = Table(
        key="pricing-plans",
        one="pricing plan",
        many="pricing plans",
        default="-created",
        columns=[
            Column(name="name", label="Name", of=title_of, more="reference", sort="name"),
            Custom(
                name="active",
                label="Active version",
                of="active",
                template="desk/products_plans/version_cell.html",
            ),
            Custom(
                name="draft",
                label="Draft version",
                of="draft",
                template="desk/products_plans/version_cell.html",
            ),
            Column(name="currency", label="Currency", of="currency"),
            Column(name="period", label="Billing period", of="period"),
            Figure(name="items", label="Items", of="item_count"),
            Figure(name="subscriptions", label="Subscriptions", of="subscription_count"),
            Amounts(
                name="mrr",
                label="MRR",
                of="mrr",
                exports=[
                    ("MRR", _in_each(lambda each: plain(each.quantity), " ")),
                    ("MRR currency", _in_each(lambda each: each.currency, " ")),
                ],
            ),
            Column(name="type", label="Type", of=lambda plan: word(plan.type)),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
        ],
        filters=[
            Choice(
                name="version",
                label="Has a version that is",
                choices=[(value, word(value)) for value in Status.values],
                narrow=_with_version,
            ),
            Choice(
                name="type",
                label="Type",
                path="type",
                choices=[(value, word(value)) for value in PlanType.values],
            ),
        ],
        search=("name", "reference", "public_id"),
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        return Empty(
            "Create your first pricing plan",
            "A plan holds the prices of what you sell, in versions. Customers subscribe to it.",
            self.actions()[0],
            call=Call("POST", "/v1/pricing-plans", {"name": "Pay as you go", "reference": "pay_as_you_go"}),
            starts=starts(self.operator),
        )

    def rows(self) -> QuerySet[Any]:
        return selectors.plans(self.operator.platform)

    @property
    def description(self) -> str:  # type: ignore[override]
        """How old the revenue is, which is kept."""
        if self.drawn_at is None:
            return ""
        return f"MRR as drawn up {tiles.since(self.drawn_at, self.operator)}, without tax."

    def decorated(self, rows: list[Any]) -> list[Any]:
        """Versions, items, subscriptions and revenue of the page's plans: three queries."""
        versions = [version for row in rows for version in row.versions.all()]
        keys = [version.pk for version in versions]
        items = dict(
            PricingItem.objects.filter(platform=self.operator.platform, version__in=keys)
            .values_list("version_id")
            .annotate(total=Count("pk"))
        )
        used, revenue = subscribers(keys), self._revenue()
        for row in rows:
            row.mrr = revenue.get(row.pk, NO_MRR)
            mine = list(row.versions.all())
            row.active = next((each for each in reversed(mine) if each.status == Status.ACTIVE), None)
            row.draft = next((each for each in reversed(mine) if each.status == Status.DRAFT), None)
            shown = row.active or row.draft or next(iter(reversed(mine)), None)
            row.currency = ", ".join(shown.pricing_currencies) if shown else ""
            row.period = period_label(shown) if shown else ""
            row.item_count = items.get(shown.pk, 0) if shown else 0
            row.subscription_count = sum(used.get(each.pk, 0) for each in mine)
        return rows

    def _revenue(self) -> dict[int, list[Money]]:
        """Plan pk -> its part of the MRR figure, for who may see that."""
        if not self.operator.can("REPORT.VIEW"):
            return {}
        found = recurring_totals.of_plans(
            platform=self.operator.platform, at=self.operator.at, clock=clock.now
        )
        self.drawn_at = found.drawn_at
        return found.amounts

    def href(self, row: Any) -> str:
        return reverse("desk:pricing-plan", args=[row.public_id])

    def actions(self) -> list[Action]:
        url = reverse("desk:pricing-plan-new")
        return [Action("New pricing plan", url, "PRICING_PLAN.CREATE", "primary", key="n")]

    def call(self) -> Call:
        return Call("GET", "/v1/pricing-plans")


def plans_like(operator: Operator, text: str) -> QuerySet[Any]:
    """Plans by name, reference or id."""
    named = Q(name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    return PricingPlan.objects.for_platform(operator.platform).filter(named)


palette.register(
    Named(
        "Pricing plans",
        "tag",
        "PRICING_PLAN.VIEW",
        plans_like,
        "pricing-plan",
        order=("name", "pk"),
        name=first_of("name", "reference"),
    ),
    Jump("New pricing plan", "pricing-plan-new", "PRICING_PLAN.CREATE"),
)
