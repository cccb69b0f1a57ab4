"""What follows from the editor's fields: words with dates, the ruler, the next invoices."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from billing.models import Customer, PricingPlanSubscription, ScheduleType
from billing.selectors import subscriptions as selectors
from catalog.models import PricingPlanVersion
from desk.components.ruler import Phase as Bar
from desk.components.ruler import Ruler
from desk.editors import subscription_words as words
from desk.editors.subscription import SubscriptionForm
from desk.editors.subscription_coupon import named, problem, words_of
from desk.editors.subscription_phases import ON
from desk.editors.subscription_preview import Assumption, Rail, assumptions, rail
from desk.editors.subscription_versions import version_words
from desk.screens.customers.form import find
from desk.screens.forms import FormScreen
from kit.errors import NotFound, TallydeskError


class Derived(FormScreen):
    """Reads the form, the customer and the stored draft; changes nothing."""

    @cached_property
    def customer(self) -> Customer:
        """As it comes with the draft; asked for where there is none yet."""
        draft = self.draft
        return find(self, self.kwargs["customer"]) if draft is None else draft.customer

    def rows(self) -> QuerySet[Any]:
        """The customer's subscriptions, without invoices: a draft has none. ``within`` adds the schedules."""
        rows = selectors.subscriptions(self.operator.platform).prefetch_related(None)
        return rows.filter(customer__public_id=self.kwargs["customer"])

    @cached_property
    def draft(self) -> PricingPlanSubscription | None:
        """The draft that the path, or the form, names."""
        key = self.kwargs.get("pk") or self.request.POST.get("draft")
        if not key:
            return None
        row: PricingPlanSubscription | None = self.rows().filter(public_id=key).first()
        if row is None:
            raise NotFound("There is no such draft any more.")
        return selectors.within(self.operator.platform, row)

    @property
    def today(self) -> date:
        return self.operator.at.astimezone(self.operator.zone).date()

    def derived(self, form: SubscriptionForm) -> dict[str, Any]:
        """What follows from the fields: words, ruler, assumptions, the next invoices."""
        valid = form.is_valid() if form.is_bound else False
        typed = {key: str(value) for key, value in self.request.POST.items()}
        assumed = assumptions((item for items in form.agreed.values() for item in items), typed)
        return {
            "assumed": assumed,
            "zone": form.zone,
            "assumed_for": chosen_keys(form),
            "said": self.said(form),
            "entity_words": self.entity_words(form),
            "ruler": self.ruler(form) if valid else self.drawn(),
            "rail": self.rail(form, assumed),
            "changes_for": changes_keys(form),
            **self.coupon_said(form),
        }

    def coupon_said(self, form: SubscriptionForm) -> dict[str, Any]:
        """What each coupon that is typed does, or why one cannot be redeemed."""
        if form.is_bound and "coupon" in form.errors:
            return {"coupon_problem": str(form.errors["coupon"][0])}
        typed = str(form["coupon"].value() or "")
        given = form.given or tuple(named(self.operator.platform, words_of(typed)).values())
        troubles = [problem(each, self.customer, at=self.operator.at) for each in given]
        trouble = next(filter(None, troubles), "")
        return {"coupon_problem": trouble} if trouble else {"coupon_words": [each.words for each in given]}

    def rail(self, form: SubscriptionForm, assumed: list[Assumption]) -> Rail:
        """The next invoices of the stored draft; what they wait for where there is none yet."""
        problems = form.problems() if form.is_bound else []
        if problems:
            return Rail(waits=problems[0][2])
        if not self.draft or not selectors.timeline(self.draft):
            return Rail(waits="Choose a plan")
        wrong = next((each.problem for each in assumed if each.problem), "")
        if wrong:
            return Rail(waits=wrong)
        timeline = selectors.timeline(self.draft)
        try:
            return rail(
                ctx=self.operator.ctx,
                subscription=self.draft,
                start=timeline[0].start_at,
                ends=timeline[-1].end_at is not None,
                assumed=assumed,
            )
        except TallydeskError as error:
            return Rail(waits=error.message)

    def said(self, form: SubscriptionForm) -> dict[str, str]:
        """What each way of billing means, in words with dates."""
        start, entity = day_of(form["start"].value()), form.entity
        if start is None or entity is None:
            return {}
        trial = str(form["trial_days"].value() or "0")
        free = int(trial) if trial.isascii() and trial.isdigit() and len(trial) < 5 else 0
        goes_on = form["after_trial"].value() == ON
        key = str(form["phases_0_period"].value() or form["period"].value())
        try:
            instant = form.midnight(start + timedelta(days=free))
            anchor = form.midnight(start) if goes_on else instant
            return {
                "EXACT": words.billing_words(instant, key, "EXACT", entity, anchor=anchor),
                "CALENDAR": words.billing_words(instant, key, "CALENDAR", entity),
            }
        except (TallydeskError, ValueError, OverflowError):
            return {}

    def entity_words(self, form: SubscriptionForm) -> str:
        """The country of the billing entity, and the tax that follows."""
        if form.entity is None:
            return ""
        return words.tax_words(form.entity, self.customer, day_of(form["start"].value()) or self.today)

    def ruler(self, form: SubscriptionForm) -> Ruler:
        bars = [Bar(_bar(phase.type, phase.version), phase.start, phase.end) for phase in form.terms().phases]
        return Ruler(bars, self.operator.at, form.zone)

    def drawn(self) -> Ruler | None:
        """The ruler of the stored draft."""
        if not self.draft:
            return None
        rows = selectors.timeline(self.draft)
        bars = [Bar(_bar(row.type, row.pricing_plan_version), row.start_at, row.end_at) for row in rows]
        return Ruler(bars, self.operator.at, self.draft.billing_entity.zone)


def _bar(kind: str, version: PricingPlanVersion) -> str:
    words = version_words(version)
    return f"Trial of {words}" if kind == ScheduleType.TRIAL else words


def chosen_keys(form: SubscriptionForm) -> str:
    """The chosen versions and pricings, so that the assumptions change only with them."""
    return " ".join([*(version.public_id for version in form.chosen), *sorted(form.on)])


def changes_keys(form: SubscriptionForm) -> str:
    """What the fields of the changes depend on, so that they are drawn anew only with it."""
    names = ("currency", "period")
    return " ".join([*(v.public_id for v in form.chosen), *(str(form[name].value()) for name in names)])


def day_of(value: Any) -> date | None:
    """A day that was typed, or None."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def a_year_after(text: str) -> str:
    """The day a year later, or nothing where ``text`` is none."""
    day = day_of(text)
    return anniversary(day, day.year + 1).isoformat() if day and day.year < date.max.year else ""


def anniversary(day: date, year: int) -> date:
    """The same day of another year; 28 February for the 29th where that year has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
