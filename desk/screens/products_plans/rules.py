"""Rules of an item: add one, and what one says beside its price."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from accounts.models import AuditEntry
from catalog.models import PricingItemConfig, PricingPlanVersion
from desk.editors.pricing import book, conditions, rule_advice, rule_extras, rule_form, rule_settings, steps
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.rule_form import RuleForm
from desk.editors.pricing.rule_settings import SettingsForm
from desk.forms.base import DeskForm
from desk.screens.forms import FormScreen, last_change
from desk.screens.products_plans.versions import find_version
from desk.services import plan_drafts
from kit.errors import InvalidOperation, NotFound
from metering.models import MeterProperty


class RuleScreen(FormScreen):
    """What the forms about the rules of an item share."""

    permission = "PRICING_PLAN.UPDATE"
    menu = "pricing-plans"

    @cached_property
    def version(self) -> PricingPlanVersion:
        return find_version(self.operator.platform, self.kwargs["pk"], self.kwargs["number"])

    @cached_property
    def priced(self) -> PricedItem:
        found = book.read(self.version, default_currency=self.operator.platform.default_currency)
        item = found.item(self.kwargs["item"])
        if item is None:
            raise NotFound("This version has no such item.")
        return item

    @cached_property
    def properties(self) -> list[MeterProperty]:
        """What a rule may ask for."""
        return rule_advice.properties(self.operator.platform, self.priced)

    def form(self, data: Any = None) -> DeskForm:
        return self.built(data, self.initial())

    def built(self, data: Any, initial: Any) -> DeskForm:
        return RuleForm(data, initial=initial, properties=self.properties, shares=self.shares)

    def shares(self, row: MeterProperty) -> rule_form.Shares:
        return rule_form.shares(self.operator.platform, self.priced, row, at=self.operator.at)

    def cancel_url(self) -> str:
        return steps.item_url(self.version, self.priced.key)

    def store(self, change: Any) -> PricedItem:
        """Change the rules of the item."""
        key = self.priced.key
        stored = plan_drafts.store_rules(
            ctx=self.operator.ctx, version=self.version, key=key, seen="", change=change
        )
        return stored.item(key) or self.priced


class Builder(RuleScreen):
    """The form of a rule: htmx asks for its values when the property or the comparison changes."""

    fields_template = "desk/products_plans/rule_fields.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.htmx_target != "rule-values":
            return super().get(request, *args, **kwargs)
        asked = {name: request.GET.get(name, "") for name in ("property", "comparator")}
        form = self.built(None, asked | {"values": request.GET.getlist("values")})
        form.auto_id = "rule-%s"
        context = self.context(form=form)
        return HttpResponse(render_to_string("desk/products_plans/rule_values.html", context, request))


class NewRule(Builder):
    """Conditions first; the price starts as that of all other usage."""

    title = "Add a pricing rule"
    verb = "Add rule"
    description = "Events that match are priced by this rule. Its price starts as that of all other usage."

    def initial(self) -> dict[str, Any]:
        return {"comparator": "EQUALS"}

    def save(self, form: Any) -> str:
        if not self.properties:
            raise InvalidOperation("The item's meter has no required property that a rule could ask for.")
        if not self.priced.configs:
            raise InvalidOperation("Enter the price of all other usage first.")
        test = asked_for(form.cleaned_data)

        def change(rules: plan_drafts.Rules) -> plan_drafts.Rules:
            tested = [rule for rule in rules if conditions.of(rule)]
            others = [rule for rule in rules if not conditions.of(rule)]
            source = {name: value for name, value in (others or tested)[-1].items() if name != "id"}
            return numbered([*tested, {**source, "conditions": {"meter_properties": [test]}}, *others])

        stored = self.store(change)
        tested = [rule for rule in stored.rules if rule.tests]
        return steps.item_url(self.version, self.priced.key, tested[-1].number)


class OneRule(Builder):
    """The conditions of a rule that there is, at the same price."""

    @property
    def config(self) -> PricingItemConfig:
        rules = self.priced.rules
        if not 0 < self.kwargs["rule"] <= len(rules):
            raise NotFound("There is no such rule.")
        found: PricingItemConfig = rules[self.kwargs["rule"] - 1].config
        return found

    def stamp(self) -> str:
        return conditions.stamp(self.config.public_id, self.config.body)

    def last_change(self) -> AuditEntry | None:
        return last_change(self.priced.pricing_item.pricing)

    def ask(self, conditions_of: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
        """Give the rule the conditions that are made of those it has."""
        number = self.kwargs["rule"]

        def change(rules: plan_drafts.Rules) -> plan_drafts.Rules:
            rules[number - 1]["conditions"] = conditions_of(rules[number - 1])
            return rules

        self.store(change)
        return steps.item_url(self.version, self.priced.key, number)


class RuleSettings(RuleScreen):
    """What the rule says beside its conditions and its price."""

    title = "More settings"
    verb = "Save settings"

    @property
    def rule(self) -> book.Rule:
        rules = self.priced.rules
        if not 0 < self.kwargs["rule"] <= len(rules):
            raise NotFound("There is no such rule.")
        found: book.Rule = rules[self.kwargs["rule"] - 1]
        return found

    def stamp(self) -> str:
        config = self.rule.config
        return f"{config.public_id}-{rule_extras.of(config.body)}"

    def last_change(self) -> AuditEntry | None:
        return last_change(self.priced.pricing_item.pricing)

    def initial(self) -> dict[str, Any]:
        return rule_extras.of(self.rule.config.body)

    def built(self, data: Any, initial: Any) -> DeskForm:
        return SettingsForm(data, initial=initial, rule=self.rule, properties=self.properties)

    def save(self, form: Any) -> str:
        key, sent = self.rule.config.public_id, form.cleaned_data

        def change(rules: plan_drafts.Rules) -> plan_drafts.Rules:
            return [rule_settings.changed(each, sent) if each["id"] == key else each for each in rules]

        self.store(change)
        return steps.item_url(self.version, self.priced.key, self.kwargs["rule"])


def numbered(rules: plan_drafts.Rules) -> plan_drafts.Rules:
    """The rules tried in this order."""
    return [{**rule, "order": place} for place, rule in enumerate(rules, 1)]


def asked_for(values: dict[str, Any]) -> dict[str, Any]:
    """The comparison that a form asks for."""
    return conditions.entry(
        reference=values["property"], comparator=values["comparator"], values=values["named"]
    )
