"""Steps 1 and 2 of the guided editor: the plan, its version and billing (the items: items_step.py)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Platform
from catalog.models import AmountType, PricingPlan, PricingPlanVersion
from catalog.services import pricing_plan_versions, pricing_plans
from desk.components.curl import Call
from desk.editors.pricing import calendar, places, steps
from desk.editors.pricing.calendar import Calendar
from desk.editors.pricing.places import Offer
from desk.forms.base import DeskForm
from desk.forms.plan import PERIODS, BillingForm, PlanForm
from desk.screens import replies
from desk.screens.forms import CONFLICT, FormScreen, Shared
from desk.screens.products_plans.versions import VersionScreen
from desk.services import plan_drafts
from kit.errors import InvalidField, TallydeskError


class NewPlan(FormScreen):
    """Creates the plan and its draft version 1, so that there is something to save to."""

    permission = "PRICING_PLAN.CREATE"
    menu = "pricing-plans"
    title = "New pricing plan"
    description = "Step 1 of 5. After this step the plan saves itself."
    verb = "Next: version and billing"
    form_class = PlanForm
    has_calls = True

    def initial(self) -> dict[str, Any]:
        return {"amount_type": AmountType.EXCLUDING_TAX}

    def save(self, form: Any) -> str:
        version = plan_drafts.new_plan(
            ctx=self.operator.ctx, plan=form.fields_of(), version=first_version(self.operator.platform)
        )
        return steps.url(version, "billing")

    def cancel_url(self) -> str:
        return reverse("desk:pricing-plans")

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        return creating(form.fields_of(), first_version(self.operator.platform))


def first_version(platform: Platform) -> dict[str, Any]:
    """What version 1 starts with: monthly, in the platform's currency."""
    currency = platform.default_currency
    return {
        "billing_periods": [{"period": {"type": "MONTH", "value": 1}}],
        "pricing_currencies": [currency],
        "default_pricing_currency": currency,
    }


def creating(plan: dict[str, Any], version: dict[str, Any], **more: Any) -> list[Call]:
    """The API requests that create the plan and a version of these settings."""
    settings = ("default_pricing_currency", "pricing_currencies")
    body = {
        "pricing_plan_id": plan["reference"],
        "billing_period_settings": {"billing_periods": version["billing_periods"]},
        "pricing_currency_settings": {name: version[name] for name in settings},
        **more,
    }
    return [Call("POST", "/v1/pricing-plans", plan), Call("POST", "/v1/pricing-plan-versions", body)]


class StepForm(VersionScreen, Shared):
    """A step that is one form: saved on Next."""

    template = "desk/editors/step_form.html"
    regions = ("form",)

    @abstractmethod
    def form(self, data: Any = None) -> DeskForm:
        """The form of the step, bound to ``data`` when there is some."""

    @abstractmethod
    def store(self, form: Any) -> str:
        """Save the step; the URL of the next one."""

    def beside(self, form: Any) -> dict[str, Any]:
        """What the page shows besides the form."""
        return {}

    def page(self) -> HttpResponseBase:
        return self.show(self.form())

    def show(self, form: DeskForm, *, status: int = 200, **extra: Any) -> HttpResponse:
        context = self.heading() | self.beside(form) | {"seen": self.stamp()} | extra
        if form.is_bound and form.errors:
            context["title"] = f"Error: {context['title']}"
        return self.render(status=status, form=form, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if self.overtaken():
            return self.show(form, status=CONFLICT, conflict=self.last_change())
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            url = self.store(form)
        except TallydeskError as error:
            form.refuse(error)
            return self.show(form, status=422)
        return self.done(url)


class PlanStep(StepForm):
    """Step 1 of a plan that exists."""

    step = "plan"

    def subject(self) -> PricingPlan:
        return self.plan

    def form(self, data: Any = None) -> PlanForm:
        names = ("name", "reference", "description", "amount_type")
        return PlanForm(data, initial={name: getattr(self.plan, name) for name in names})

    def store(self, form: Any) -> str:
        pricing_plans.update(ctx=self.operator.ctx, instance=self.plan, fields=form.fields_of())
        return steps.url(self.version, "billing")


class BillingStep(StepForm):
    """Step 2: periods and currencies, with the days on which something is charged."""

    step = "billing"
    template = "desk/editors/billing.html"

    def subject(self) -> PricingPlanVersion:
        return self.version

    def form(self, data: Any = None) -> BillingForm:
        offer = self.book.offer
        return BillingForm(data, initial=_billing(offer), offer=offer)

    def store(self, form: Any) -> str:
        currency = form.cleaned_data["currency"]
        if currency != self.book.currency and self.book.priced:
            words = f"Items are priced in {self.book.currency}: take them out to change the currency"
            raise InvalidField(words, field="currency")
        periods, currencies = form.further()
        pricing_plan_versions.update(
            ctx=self.operator.ctx,
            instance=self.version,
            fields={
                "billing_periods": self.offered([places.key_of(form.chosen()), *periods]),
                "pricing_currencies": [currency, *currencies],
                "default_pricing_currency": currency,
            },
        )
        return steps.url(self.version, "items")

    def offered(self, keys: list[str]) -> list[dict[str, Any]]:
        """The periods in this order, each as it is described."""
        stored = {places.key_of(each["period"]): each for each in self.version.billing_periods}
        return [stored.get(key, {"period": places.period_of(key)}) for key in keys]

    def beside(self, form: Any) -> dict[str, Any]:
        live = reverse("desk:version-calendar", args=[self.plan.public_id, self.version.version])
        return {"live_url": live, "calendar": self.calendar(form)}

    def calendar(self, form: Any) -> Calendar:
        """The first charges with the period that is chosen; the stored one while that is incomplete."""
        period = form.billing_period if form.is_bound and form.is_valid() else None
        return calendar.of(self.book, at=self.operator.at, zone=self.operator.zone, period=period)


class BillingCalendar(BillingStep):
    """The calendar for what is chosen and not stored yet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.see_other(steps.url(self.version, "billing"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form(request.POST)
        if not replies.is_htmx(request):
            return self.show(form)
        context = self.context(calendar=self.calendar(form))
        return HttpResponse(render_to_string("desk/editors/calendar.html", context, request))


def _billing(offer: Offer) -> dict[str, Any]:
    key = offer.period
    found: dict[str, Any] = {
        "currency": offer.currency,
        "further_periods": offer.periods[1:],
        "further_currencies": offer.currencies[1:],
    }
    if not key or key in PERIODS:
        return found | {"period": key or "MONTH-1"}
    kind, _, value = key.partition("-")
    return found | {"period": "other", "every": int(value), "unit": kind}
