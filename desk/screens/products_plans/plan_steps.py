"""Steps 1 and 2 of the guided editor: the plan, its version and billing (the items: items_step.py)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from catalog.models import AmountType, PricingPlan, PricingPlanVersion
from catalog.services import pricing_plan_versions, pricing_plans
from desk.components.curl import Call
from desk.editors.pricing import calendar, steps
from desk.editors.pricing.calendar import Calendar
from desk.forms.base import DeskForm, ReferenceField
from desk.screens import replies
from desk.screens.forms import CONFLICT, FormScreen, Shared
from desk.screens.products_plans.versions import VersionScreen
from desk.services import plan_drafts
from kit.errors import InvalidField, TallydeskError
from kit.money import CURRENCIES
from kit.period import Period, PeriodType

PERIODS = {"MONTH-1": "Monthly", "MONTH-3": "Quarterly", "YEAR-1": "Yearly"}
TAXES = [
    (AmountType.EXCLUDING_TAX.value, "Prices exclude tax"),
    (AmountType.INCLUDING_TAX.value, "Prices include tax"),
]


class PlanForm(DeskForm):
    """What the plan is called, and whether its prices hold tax."""

    name = forms.CharField(max_length=1000)
    reference = ReferenceField()
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    amount_type = forms.ChoiceField(label="Tax", choices=TAXES, widget=forms.RadioSelect)
    rows = (("name", "reference"),)

    def fields_of(self) -> dict[str, Any]:
        """The plan's fields as the service takes them."""
        return {**self.cleaned_data, "description": self.cleaned_data["description"] or None}


class BillingForm(DeskForm):
    """How often, and in which currency."""

    period = forms.ChoiceField(
        label="Billing period",
        choices=[*PERIODS.items(), ("other", "Other")],
        widget=forms.RadioSelect,
        help_text="Recurring prices are for one such period; usage is counted over it.",
    )
    every = forms.IntegerField(label="Other: every", required=False, min_value=1, max_value=999)
    unit = forms.ChoiceField(
        label="Unit",
        required=False,
        choices=[("DAY", "days"), ("WEEK", "weeks"), ("MONTH", "months"), ("YEAR", "years")],
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in sorted(CURRENCIES)],
        help_text="Fixed once an item is priced.",
    )
    rows = (("every", "unit"),)
    api_names = {"pricing_currencies": "currency", "default_pricing_currency": "currency"}

    def chosen(self) -> dict[str, Any]:
        """The billing period as the API writes it."""
        if self.cleaned_data["period"] != "other":
            kind, _, value = self.cleaned_data["period"].partition("-")
            return {"type": kind, "value": int(value)}
        return {"type": self.cleaned_data["unit"] or "MONTH", "value": self.cleaned_data["every"]}

    @property
    def billing_period(self) -> Period:
        """The chosen billing period of a valid form."""
        chosen = self.chosen()
        return Period(PeriodType(chosen["type"]), chosen["value"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("period") == "other" and not found.get("every"):
            self.add_error("every", "Enter how many")
        return found


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
            ctx=self.operator.ctx, plan=form.fields_of(), version=self.first_version()
        )
        return steps.url(version, "billing")

    def first_version(self) -> dict[str, Any]:
        """What version 1 starts with: monthly, in the platform's currency."""
        currency = self.operator.platform.default_currency
        return {
            "billing_periods": [{"period": {"type": "MONTH", "value": 1}}],
            "pricing_currencies": [currency],
            "default_pricing_currency": currency,
        }

    def cancel_url(self) -> str:
        return reverse("desk:pricing-plans")

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        plan = form.fields_of()
        version = {"pricing_plan_id": plan["reference"], **self.first_version()}
        return [Call("POST", "/v1/pricing-plans", plan), Call("POST", "/v1/pricing-plan-versions", version)]


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
    """Step 2: period and currency, with the days on which something is charged."""

    step = "billing"
    template = "desk/editors/billing.html"

    def subject(self) -> PricingPlanVersion:
        return self.version

    def form(self, data: Any = None) -> BillingForm:
        return BillingForm(data, initial=_billing(self.version, self.book.currency))

    def store(self, form: Any) -> str:
        currency = form.cleaned_data["currency"]
        if currency != self.book.currency and self.book.priced:
            words = f"Items are priced in {self.book.currency}: take them out to change the currency"
            raise InvalidField(words, field="currency")
        pricing_plan_versions.update(
            ctx=self.operator.ctx,
            instance=self.version,
            fields={
                "billing_periods": [{"period": form.chosen()}],
                "pricing_currencies": [currency],
                "default_pricing_currency": currency,
            },
        )
        return steps.url(self.version, "items")

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


def _billing(version: PricingPlanVersion, currency: str) -> dict[str, Any]:
    period = version.billing_periods[0]["period"] if version.billing_periods else {}
    key = f"{period.get('type')}-{period.get('value')}"
    if not period or key in PERIODS:
        return {"period": key if period else "MONTH-1", "currency": currency}
    return {"period": "other", "every": period["value"], "unit": period["type"], "currency": currency}
