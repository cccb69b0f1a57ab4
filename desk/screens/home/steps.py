"""The steps of the tutorial, ticked from the data: whoever did them, and by whichever way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Platform
from desk import navigation, progress
from desk.components.curl import Call, Snippets
from desk.screens.home import calls


@dataclass(frozen=True, slots=True)
class Plan:
    """A step as it is written: ``screens`` are tried in order, the first that exists is linked.

    ``permission`` is what the first one asks for.
    """

    name: str
    makes: str
    path: str
    screens: tuple[str, ...]
    permission: str
    calls: tuple[Call | Callable[[datetime], Call], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it stands: ``state`` is DONE, NEXT or WAITING; ``reason`` says what it waits for."""

    number: int
    plan: Plan
    state: str
    url: str
    at: datetime
    reason: str = ""

    @property
    def label(self) -> SafeString:
        """What its button says; a screen reader hears of which step."""
        verb = "Open" if self.state == "DONE" else "Start"
        return format_html('{}<span class="sr">: {}</span>', verb, self.plan.name)

    @property
    def style(self) -> str:
        return "primary btn--sm" if self.state == "NEXT" else "sm"

    @property
    def snippets(self) -> Snippets:
        """The step with the API; the cards of several steps stand on one page."""
        told = (each if isinstance(each, Call) else each(self.at) for each in self.plan.calls)
        return Snippets(tuple(told), key=f"step-{self.number}")


PLANS = (
    Plan(
        "Set up who sends the invoices",
        "A billing entity: name, address, tax ID, number format",
        "Settings > Billing entities",
        ("billing-entities",),
        "BILLING_ENTITY.VIEW",
        (calls.ENTITY,),
    ),
    Plan(
        "Create a meter",
        "A meter with a value, which turns events into a quantity",
        "Usage metering > Meters > New meter",
        ("meter-new", "meters"),
        "METER.CREATE",
        calls.METER,
    ),
    Plan(
        "Say how it is added up",
        "A calculation, such as the sum of calls",
        "Usage metering > Meters > New meter, Calculations",
        ("meter-new", "meters"),
        "METER.CREATE",
        (calls.CALCULATION,),
    ),
    Plan(
        "Create a product",
        "Category, product and item, linked to the calculation",
        "Products & plans > Product catalog > New product",
        ("product-new", "product-catalog"),
        "PRODUCT.CREATE",
        calls.PRODUCT,
    ),
    Plan(
        "Create a pricing plan",
        "Version 1 with a price, active",
        "Products & plans > Pricing plans > New pricing plan",
        ("pricing-plan-new", "pricing-plans"),
        "PRICING_PLAN.CREATE",
        calls.PLAN,
    ),
    Plan(
        "Create a customer",
        "Who owes the invoices",
        "Customers > New customer",
        ("customer-new", "customers"),
        "CUSTOMER.CREATE",
        (calls.CUSTOMER,),
    ),
    Plan(
        "Start a subscription",
        "The customer on the plan, with the date of the next invoice",
        "Customers > select customer > Subscriptions > New subscription",
        ("subscription-new", "subscriptions", "customers"),
        "PRICING_PLAN_SUBSCRIPTION.VIEW",
        (calls.subscription,),
    ),
    Plan(
        "Send an event",
        "Usage, matched to the subscription and the product item",
        "Usage metering > Events > New event",
        ("event-new", "events"),
        "METER_DATA.INGEST",
        (calls.EVENT,),
    ),
    Plan(
        "See the draft invoice",
        "The current period's draft with the event on it",
        "Invoicing > Invoices",
        ("invoices",),
        "INVOICE.VIEW",
        (calls.DRAFT,),
    ),
)


def steps(platform: Platform, *, at: datetime) -> list[Step]:
    """Every step as it stands at ``at``, by one query."""
    ticked = progress.of(platform)
    following = next((number for number, done in enumerate(ticked) if not done), len(ticked))
    return [_step(number, plan, ticked, following, at) for number, plan in enumerate(PLANS)]


def all_done(found: list[Step]) -> bool:
    """Whether nothing is left to do."""
    return all(step.state == "DONE" for step in found)


def _step(number: int, plan: Plan, ticked: list[bool], following: int, at: datetime) -> Step:
    url = next(filter(None, map(navigation.address, plan.screens)), "")
    if ticked[number]:
        return Step(number, plan, "DONE", url, at)
    if number == following:
        return Step(number, plan, "NEXT", url, at)
    return Step(number, plan, "WAITING", url, at, f"First: {PLANS[following].name.lower()}")
