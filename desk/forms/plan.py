"""What a pricing plan and its billing are asked for: steps 1 and 2 of its editor."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import AmountType
from desk.editors import subscription_words
from desk.editors.pricing import places
from desk.editors.pricing.places import NOTHING, Offer
from desk.forms.base import DeskForm, ReferenceField
from kit.money import CURRENCIES
from kit.period import Period, PeriodType

PERIODS = {"MONTH-1": "Monthly", "MONTH-3": "Quarterly", "YEAR-1": "Yearly"}
TAXES = [
    (AmountType.EXCLUDING_TAX.value, "Prices exclude tax"),
    (AmountType.INCLUDING_TAX.value, "Prices include tax"),
]


class PlanForm(DeskForm):
    """What the plan is called, and whether its prices hold tax."""

    name = forms.CharField(help_text="Such as Growth.", max_length=1000)
    reference = ReferenceField()
    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    amount_type = forms.ChoiceField(
        help_text="Whether tax is added to its prices, or is part of them.",
        label="Tax",
        choices=TAXES,
        widget=forms.RadioSelect,
    )
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
    every = forms.IntegerField(
        help_text="A whole number, only for another period.",
        label="Other: every",
        required=False,
        min_value=1,
        max_value=999,
    )
    unit = forms.ChoiceField(
        help_text="What that number counts.",
        label="Unit",
        required=False,
        choices=[("DAY", "days"), ("WEEK", "weeks"), ("MONTH", "months"), ("YEAR", "years")],
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in sorted(CURRENCIES)],
        help_text="Fixed once an item is priced.",
    )
    further_periods = forms.MultipleChoiceField(
        label="Also offered: billing periods",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each has the same prices until you enter others for it in step 4.",
    )
    further_currencies = forms.MultipleChoiceField(
        label="Also offered: currencies",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="In step 4 each item gets a price in it, or falls back to another at the day's rate.",
    )
    rows = (("every", "unit"),)
    folded = ("further_currencies",)
    api_names = {
        "pricing_currencies": "further_currencies",
        "default_pricing_currency": "currency",
        "billing_periods": "further_periods",
    }

    def __init__(self, *args: Any, offer: Offer = NOTHING, **kwargs: Any) -> None:
        """What ``offer`` has is offered again, its currencies before the others."""
        super().__init__(*args, **kwargs)
        field, currencies = self.fields["further_periods"], self.fields["further_currencies"]
        assert isinstance(field, forms.MultipleChoiceField)
        assert isinstance(currencies, forms.MultipleChoiceField)
        codes = dict.fromkeys([*offer.currencies[1:], *sorted(CURRENCIES)])
        currencies.choices = [(code, code) for code in codes]
        known = [key for key, _ in subscription_words.PERIODS]
        field.choices = [
            (key, subscription_words.period_label(key)) for key in dict.fromkeys([*known, *offer.periods])
        ]

    def further(self) -> tuple[list[str], list[str]]:
        """The periods and the currencies beside the first ones."""
        values = self.cleaned_data
        chosen = places.key_of(self.chosen())
        return (
            [key for key in values["further_periods"] if key != chosen],
            [code for code in values["further_currencies"] if code != values["currency"]],
        )

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
