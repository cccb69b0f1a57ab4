"""Prices of an item per currency and billing period: give one of its own, take it back, fall back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from desk.components.facts import Fact
from desk.editors.pricing import book, place_rules, steps
from desk.editors.pricing.place_words import Tab
from desk.forms.base import DeskForm
from desk.screens.products_plans.rules import RuleScreen
from desk.services import plan_drafts
from kit.errors import InvalidOperation

NOWHERE = "No other: a price is entered"


class PlaceScreen(RuleScreen):
    """What the screens about one price of an item share; the address names which."""

    @property
    def tab(self) -> Tab:
        return self.priced.tab

    def here(self) -> str:
        return steps.item_url(self.version, self.priced.key)

    def cancel_url(self) -> str:
        return self.here()


class OwnPrice(PlaceScreen):
    """A price of its own, which starts as the one that applies so far, in its own currency."""

    title = "Enter a price of its own"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        priced = self.priced
        source = priced.applied(priced.asked) or self.first()
        rules = place_rules.started([each.body for each in source.configs], self.tab.wanted_currency)

        def change(stored: plan_drafts.Rules) -> plan_drafts.Rules:
            return stored or rules

        self.store(change)
        return self.done(self.here(), f"{self.tab.label} has a price of its own")

    def first(self) -> book.PricedItem:
        """By the price that the version starts with."""
        found = self.priced.applied(self.priced.home) or self.priced.at(self.priced.home)
        if not found.configs:
            raise InvalidOperation("Enter the price that the version starts with first.")
        return found

    def save(self, form: Any) -> str:
        return self.here()


class DropPrice(PlaceScreen):
    """No price of its own any more: which other applies is said instead."""

    title = "Remove this price"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        label = self.tab.label
        self.store(lambda rules: [])
        return self.done(self.here(), f"{label} has no price of its own any more")

    def save(self, form: Any) -> str:
        return self.here()


class FallbackForm(DeskForm):
    """Which currency stands in."""

    fallback = forms.ChoiceField(
        label="Where it has no price",
        required=False,
        help_text="Rates are kept in Settings under Currencies & exchange rates.",
    )
    everywhere = forms.BooleanField(
        label="For every item of this version",
        required=False,
        help_text="Each item that has no price of its own in this currency.",
    )
    api_names = {"pricing_currency_configs": "fallback", "fallback_currency": "fallback"}

    def __init__(self, *args: Any, currency: str, others: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fallback"]
        assert isinstance(field, forms.ChoiceField)
        named = [(code, f"The price in {code}, at the rate of the day of the invoice") for code in others]
        field.choices = [("", NOWHERE), *named]
        field.help_text = f"An invoice in {currency} then converts it. {field.help_text}"


class Fallback(PlaceScreen):
    """The currency that stands in for another, for this item or for all."""

    title = "Fall back to another currency"
    verb = "Save"

    def built(self, data: Any, initial: Any) -> DeskForm:
        currency, offer = self.tab.wanted_currency, self.priced.offer
        known = [*offer.currencies, self.tab.fallback]
        others = [code for code in dict.fromkeys(known) if code and code != currency]
        return FallbackForm(data, initial=initial, currency=currency, others=others)

    def initial(self) -> dict[str, Any]:
        return {"fallback": self.tab.fallback}

    def stamp(self) -> str:
        stored = json.dumps(self.priced.pricing_item.pricing_currency_configs, sort_keys=True, default=str)
        return hashlib.sha256(stored.encode()).hexdigest()[:20]

    def facts(self) -> list[Fact]:
        return [Fact("Item", self.priced.item.name), Fact("Currency", self.tab.wanted_currency)]

    def save(self, form: Any) -> str:
        keys = [self.priced.item.public_id]
        if form.cleaned_data["everywhere"]:
            found = book.read(self.version, default_currency=self.operator.platform.default_currency)
            keys = list(dict.fromkeys(found.order))
        plan_drafts.fall_back(
            ctx=self.operator.ctx,
            version=self.version,
            keys=keys,
            currency=self.tab.wanted_currency,
            fallback=form.cleaned_data["fallback"],
        )
        return self.here()
