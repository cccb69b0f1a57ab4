"""Products & plans > Features: what a customer may use; granted by prices, never billed."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from catalog.models import Feature, FeatureType, PricingEntitlement
from catalog.selectors import products as selectors
from desk import palette
from desk.components.actions import Action, offered
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.operators import Operator
from desk.palette import Jump, Named, first_of
from desk.screens.lists import ListScreen
from desk.tables import Choice, Code, Column, Figure, Moment, Table

TYPES = {
    FeatureType.SWITCH.value: "On or off",
    FeatureType.NUMBER.value: "Number",
    FeatureType.AMOUNT.value: "Amount of money",
    FeatureType.ENUM.value: "One of several values",
    FeatureType.STRING.value: "Text",
}


class Features(ListScreen):
    """Every feature, with how many plans grant it."""

    permission = "FEATURE.VIEW"
    drawer = "desk/products_plans/feature.html"
    table = Table(
        key="features",
        one="feature",
        many="features",
        default="-created",
        columns=[
            Column(name="name", label="Name", of=lambda row: row.name or row.reference, sort="name"),
            Code(name="reference", label="Reference", of="reference", sort="reference"),
            Column(name="type", label="Type", of=lambda row: TYPES[row.type], sort="type"),
            Figure(name="plans", label="Plans", of="plan_count"),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
        ],
        filters=[Choice(name="type", label="Type", path="type", choices=list(TYPES.items()))],
        search=("name", "reference", "public_id"),
    )

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        return Empty(
            "Add your first feature",
            "A feature says what a customer may use, such as single sign-on or ten seats. "
            "Prices grant it; your application asks for it.",
            self.actions()[0],
            call=Call("POST", "/v1/features", {"reference": "sso", "name": "SSO", "type": "SWITCH"}),
        )

    def rows(self) -> QuerySet[Any]:
        return selectors.features(self.operator.platform)

    def decorated(self, rows: list[Any]) -> list[Any]:
        """One query for the plans of all rows."""
        granted = PricingEntitlement.objects.filter(platform=self.operator.platform, feature__in=rows)
        counts = dict(
            granted.values_list("feature_id").annotate(Count("version__pricing_plan", distinct=True))
        )
        for row in rows:
            row.plan_count = counts.get(row.pk, 0)
        return rows

    def actions(self) -> list[Action]:
        url = reverse("desk:feature-new")
        return [Action("New feature", url, "FEATURE.CREATE", "primary", "dialog", key="n")]

    def drawer_context(self, row: Any) -> dict[str, Any]:
        edit, delete = (reverse(f"desk:feature-{verb}", args=[row.public_id]) for verb in ("edit", "delete"))
        actions = [
            Action("Edit", edit, "FEATURE.UPDATE", opens="dialog"),
            Action("Delete", delete, "FEATURE.DELETE", "bad", "dialog"),
        ]
        plans = PricingEntitlement.objects.filter(platform=self.operator.platform, feature=row)
        return {
            "drawer_actions": offered(actions, self.operator),
            "type_words": TYPES[row.type],
            "granted": plans.select_related("version__pricing_plan").order_by("-version", "pk")[:20],
        }

    def call(self) -> Call:
        return Call("GET", "/v1/features")


def _found(operator: Operator, text: str) -> QuerySet[Any]:
    """By name, reference or id, for the palette."""
    named = Q(name__icontains=text) | Q(reference__icontains=text) | Q(public_id=text)
    return Feature.objects.for_platform(operator.platform).filter(named)


def _drawer(public_id: str) -> str:
    return f"{reverse('desk:features')}?drawer={public_id}"


palette.register(
    Named(
        "Features",
        "tag",
        "FEATURE.VIEW",
        _found,
        _drawer,
        order=("name", "pk"),
        name=first_of("name", "reference"),
    ),
    Jump("New feature", "feature-new", "FEATURE.CREATE"),
)
