"""Go on with a copy of the last phase at indexed prices: see every price first, then add exactly that."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpResponse

from billing.models import PricingPlanSchedule
from billing.services.subscriptions import copy_schedule
from billing.services.terms.slices import Realign
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors import indexed_prices
from desk.editors.subscription_versions import version_words
from desk.forms.schedule_copy import ScheduleCopyForm
from desk.screens.customers.subscription_derived import anniversary
from desk.screens.customers.subscription_screen import SubscriptionScreen
from kit.errors import InvalidOperation

PERMISSION = "PRICING_PLAN_SCHEDULE.CREATE"


class CopySchedule(SubscriptionScreen):
    """A phase more, like the last one, with what it has of its own."""

    permission = PERMISSION
    title = "Go on at other prices"
    verb = "Show the prices"
    message = "Phase added"
    form_class = ScheduleCopyForm
    fields_template = "desk/customers/schedule_copy.html"
    has_calls = True
    description = (
        "Adds a phase like the last one, with its discounts, commitments, add-ons and own prices; the one "
        "before ends where it starts."
    )

    @cached_property
    def schedule(self) -> PricingPlanSchedule:
        """The last phase."""
        timeline = self.shown.timeline
        if not timeline:
            raise InvalidOperation("This subscription has no phase to go on from")
        return timeline[-1]

    def facts(self) -> list[Fact]:
        return [*super().facts(), Fact("Last phase", version_words(self.schedule.pricing_plan_version))]

    def initial(self) -> dict[str, Any]:
        """From the end of the last phase on, or a year after its start that lies ahead."""
        zone, end = self.row.billing_entity.zone, self.schedule.end_at
        if end is not None:
            return {"start": end.astimezone(zone).date()}
        day, today = self.schedule.start_at.astimezone(zone).date(), self.operator.at.astimezone(zone).date()
        return {"start": _next_year(day, max(day, today))}

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        path = f"/v1/pricing-plan-schedules/{self.schedule.public_id}/copy?set_previous_end_at=true"
        return [Call("POST", path, form.body(self.row.billing_entity.zone))]

    def save(self, form: Any) -> str | HttpResponse:
        agreed = "|".join(str(form.cleaned_data[name]) for name in ("percentage", "rounding", "decimals"))
        if form.cleaned_data["agreed"] != agreed:
            return self.show_prices(form, agreed)
        copy_schedule.schedule(
            ctx=self.operator.ctx,
            instance=self.schedule,
            fields=form.dates(self.row.billing_entity.zone),
            indexing=form.indexing,
            targets={},
            realign=Realign.PREVIOUS_END,
        )
        return self.cancel_url()

    def show_prices(self, form: Any, agreed: str) -> HttpResponse:
        """The same form with every price as it is and will be; its button now adds the phase."""
        found = (
            indexed_prices.changes(self.operator.platform, self.schedule, form.indexing)
            if form.indexing
            else []
        )
        form.data = {**form.data.dict(), "agreed": agreed}
        return self.show(form, changes=found, told=indexed_prices.count(found), verb="Add the phase")


def _next_year(day: date, after: date) -> date:
    """The first of its anniversaries after ``after``."""
    found = anniversary(day, after.year)
    return found if found > after else anniversary(day, after.year + 1)
