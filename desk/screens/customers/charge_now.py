"""Charge what a subscription has on demand: choose, see the invoice, then charge exactly that."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse

from billing.models import PricingPlanSchedule
from billing.selectors.item_terms import ItemTerms
from billing.services.invoices import charge_on_demand
from billing.services.invoices.charge_on_demand import Then
from billing.services.invoices.drafting import Draft
from desk.components import format
from desk.components.addresses import to
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.editors.pricing import kinds, words
from desk.editors.pricing.built import Terms
from desk.forms.base import DeskForm
from desk.operators import Operator
from desk.screens.customers.subscription_screen import SubscriptionScreen
from kit.errors import InvalidOperation

PERMISSION = "INVOICE.ONE_OFF.CREATE"


class ChargeForm(DeskForm):
    """``agreed`` tells what was shown: another choice, or another total, is shown first."""

    chosen = forms.MultipleChoiceField(
        help_text="At least one. Each is charged once, now.",
        label="What to charge",
        widget=forms.CheckboxSelectMultiple,
    )
    then = forms.ChoiceField(
        help_text="A draft can still be changed; a final invoice has its number and is locked.",
        label="The invoice is",
        widget=forms.RadioSelect,
        choices=[(Then.DRAFT, "A draft until its grace period is over"), (Then.FINAL, "Final at once")],
    )
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)
    api_names: ClassVar[dict[str, str]] = {"pricing_items": "chosen"}


class ChargeNow(SubscriptionScreen):
    """First a dry run, then the charge."""

    permission = PERMISSION
    title = "Charge now"
    verb = "Show the invoice"
    form_class = ChargeForm
    has_calls = True

    @cached_property
    def schedule(self) -> PricingPlanSchedule:
        found = self.shown.current
        if found is None:
            raise InvalidOperation("No phase of this subscription is in force")
        return found

    def form(self, data: Any = None) -> DeskForm:
        form = super().form(data)
        items = charge_on_demand.available(
            platform=self.operator.platform, schedule=self.schedule, at=self.operator.at
        )
        form.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (item.pricing_item_id, _label(item, self.schedule)) for item in items
        ]
        return form

    def initial(self) -> dict[str, Any]:
        return {"then": Then.DRAFT}

    def asked(self, form: Any) -> dict[str, Any]:
        """What both the dry run and the charge are asked for."""
        return {"schedule": self.schedule, "pricing_items": form.cleaned_data["chosen"]}

    def calls(self, form: Any) -> list[Call]:
        if not form.is_valid():
            return []
        body: dict[str, Any] = {
            "pricing_plan_schedule_id": self.schedule.public_id,
            "pricing_items": [{"pricing_item_id": name} for name in form.cleaned_data["chosen"]],
        }
        if form.cleaned_data["then"] == Then.FINAL:
            body["finalize_immediately"] = True
        return [Call("POST", "/v1/invoices/charge-on-demand-pricing-items", body)]

    def save(self, form: Any) -> HttpResponse:
        tried = charge_on_demand.preview(ctx=self.operator.ctx, start_at=None, **self.asked(form))
        agreed = _agreement(form, tried)
        if form.cleaned_data["agreed"] != agreed:
            return self.show_invoice(form, tried, agreed)
        then = Then(form.cleaned_data["then"])
        made = charge_on_demand.invoice(ctx=self.operator.ctx, then=then, **self.asked(form))
        return self.done(to("invoice", made.public_id), f"Charged {_total(tried)}")

    def show_invoice(self, form: Any, tried: Draft, agreed: str) -> HttpResponse:
        """The same form with the invoice over it; its button now charges that."""
        form.data = {**form.data.dict(), "chosen": form.cleaned_data["chosen"], "agreed": agreed}
        at_once = form.cleaned_data["then"] == Then.FINAL
        status = (
            "Final at once, with the next number." if at_once else "A draft until its grace period is over."
        )
        return self.show(
            form,
            facts=_facts(tried),
            consequences=[("doc", status), ("card", "The invoice is created, but no money is collected.")],
            verb=f"Charge {_total(tried)}",
        )


def can_charge(operator: Operator, schedule: PricingPlanSchedule | None) -> bool:
    """Whether a schedule has anything to charge on demand now."""
    if schedule is None:
        return False
    found = charge_on_demand.available(platform=operator.platform, schedule=schedule, at=operator.at)
    return bool(found)


def _label(item: ItemTerms, schedule: PricingPlanSchedule) -> str:
    kind = kinds.of(item.type.value, item.model.value)
    terms = Terms(item.currency or schedule.pricing_currency, metered=False, kind=kind)
    prices = [words.short(dict(rule.body), terms) for rule in item.rules if rule.on_demand]
    return f"{item.description}, {' and '.join(prices)}"


def _agreement(form: Any, tried: Draft) -> str:
    return "|".join([form.cleaned_data["then"], *form.cleaned_data["chosen"], _total(tried)])


def _facts(tried: Draft) -> list[Fact]:
    content = tried.complete
    lines = [
        Fact(line.charge.item.description, format.money(line.taxed.excluding_tax, content.currency))
        for line in content.lines
    ]
    less = [Fact(words, format.money(amount, content.currency)) for words, amount in content.adjusted]
    tax = Fact("Tax", format.money(content.totals.tax, content.currency))
    return [*lines, *less, tax, Fact("Total", _total(tried))]


def _total(tried: Draft) -> str:
    content = tried.complete
    return format.money(content.totals.including_tax, content.currency)
