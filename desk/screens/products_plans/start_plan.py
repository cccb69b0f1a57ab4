"""A plan from a starting point: its items laid out, its prices still to be set."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from catalog.models import AmountType, PricingPlan, ProductItem
from catalog.services.tree_walk import Node
from desk.components.actions import Action
from desk.components.curl import Call
from desk.components.empty import Start
from desk.editors.pricing import starting_points, steps
from desk.editors.pricing.starting_points import POINTS, StartingPoint
from desk.editors.products import slug
from desk.operators import Operator
from desk.screens.press import Press
from desk.screens.products_plans.plan_steps import creating, first_version
from desk.services import plan_drafts, plan_items
from kit.errors import InvalidOperation, NotFound

SHOWN_ITEMS = 3


def starts(operator: Operator) -> tuple[Start, ...]:
    """The starting points, each with what it would lay out, or what has to be made first. One query."""
    sold = starting_points.sold(operator.platform)
    return tuple(_start(point, sold, operator) for point in POINTS.values())


def _start(point: StartingPoint, sold: Mapping[str, list[ProductItem]], operator: Operator) -> Start:
    if missing := starting_points.missing(point, sold):
        label = f"{point.name}: add {missing} first"
        return Start(Action(label, reverse("desk:product-new"), "PRODUCT.CREATE").for_(operator), point.text)
    url = reverse("desk:pricing-plan-start", args=[point.key])
    action = Action(point.name, url, StartPlan.permission, posts=True, copies=True)
    names = [item.name for item in starting_points.items_of(point, sold)]
    rest = f" and {len(names) - SHOWN_ITEMS} more" if len(names) > SHOWN_ITEMS else ""
    return Start(action.for_(operator), f"{point.text} Lays out {', '.join(names[:SHOWN_ITEMS])}{rest}.")


class StartPlan(Press):
    """Creates the plan with its draft, and opens its items."""

    permission = "PRICING_PLAN.CREATE"
    menu = "pricing-plans"

    def get(self, request: HttpRequest, point: str) -> HttpResponseBase:
        return self.see_other(reverse("desk:pricing-plans"))

    @cached_property
    def point(self) -> StartingPoint:
        """The one in the path."""
        found = POINTS.get(self.kwargs["point"])
        if found is None:
            raise NotFound("There is no such starting point.")
        return found

    def plan(self) -> dict[str, Any]:
        """The plan's fields, with a reference that none has yet."""
        mine = PricingPlan.objects.for_platform(self.operator.platform)
        taken = mine.filter(reference__startswith=slug(self.point.name)).values_list("reference", flat=True)
        return {
            "name": self.point.name,
            "reference": slug(self.point.name, taken),
            "amount_type": AmountType.EXCLUDING_TAX,
        }

    def tree(self) -> list[Node]:
        """The version's tree; raises InvalidOperation while the catalog has nothing to lay out."""
        sold = starting_points.sold(self.operator.platform)
        if missing := starting_points.missing(self.point, sold):
            raise InvalidOperation(f"Add {missing} to the product catalog first.")
        return plan_items.laid_out(starting_points.items_of(self.point, sold))

    def calls(self) -> list[Call]:
        tree = starting_points.as_api(self.tree())
        return creating(self.plan(), first_version(self.operator.platform), pricing_categories=tree)

    def press(self, request: HttpRequest, point: str) -> HttpResponse:  # type: ignore[override]
        version = plan_drafts.new_plan(
            ctx=self.operator.ctx,
            plan=self.plan(),
            version={**first_version(self.operator.platform), "pricing_categories": self.tree()},
        )
        return self.done(steps.url(version, "items"), f"{self.point.name} is laid out: set its prices next")
