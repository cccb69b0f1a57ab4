"""What is done to a rule with one press: move it, remove it; and try an event on the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from catalog.rating.parsing import config as rating_config
from catalog.rating.rules.rules import RuleSet
from desk.editors.pricing import conditions
from desk.forms.base import DeskForm
from desk.screens.products_plans.rules import RuleScreen, numbered
from desk.services import plan_drafts
from kit.errors import NotFound
from metering.models import MeterProperty

STEPS = {"up": -1, "down": 1}


class EventForm(DeskForm):
    """A value for each property of the meter."""

    def __init__(self, *args: Any, properties: list[MeterProperty], **kwargs: Any) -> None:
        self.names = {f"property_{row.pk}": row for row in properties}
        self.base_fields = {  # type: ignore[misc]
            name: forms.ChoiceField(label=row.name, required=False, choices=_choices(row))
            if row.enum_values
            else forms.CharField(label=row.name, required=False)
            for name, row in self.names.items()
        }
        super().__init__(*args, **kwargs)

    def event(self) -> dict[str, str | None]:
        """Property -> value, by reference and by id."""
        typed = {row: self.cleaned_data[name] or None for name, row in self.names.items()}
        return {key: value for row, value in typed.items() for key in (row.reference, row.public_id)}


def _choices(row: MeterProperty) -> list[tuple[str, str]]:
    return [("", "Not given"), *((value, value) for value in row.enum_values)]


class TryEvent(RuleScreen):
    """Which rule would price an event with these properties, and why."""

    permission = "PRICING_PLAN.VIEW"
    title = "Test an event"
    verb = "Find the rule"
    keep = "Close"

    def form(self, data: Any = None) -> DeskForm:
        return EventForm(data, properties=self.properties)

    def save(self, form: Any) -> HttpResponse:
        rules = self.priced.rules
        found = RuleSet([rating_config.parse(rule.config.body) for rule in rules]).pick(form.event())
        if found is None:
            return self.show(form, description="No rule matches this event: it would have no price.")
        rule = rules[found]
        tests = " and ".join(map(str, rule.tests))
        why = f"because {tests}" if tests else "because no rule before it does"
        return self.show(form, description=f"Rule {rule.number} matches, {why}: {rule.short}.")


class RuleVerb(RuleScreen):
    """Move a rule up, down or to a place, or remove it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        number, verb = kwargs["rule"], kwargs["verb"]

        def change(rules: plan_drafts.Rules) -> plan_drafts.Rules:
            nonlocal number
            tested = [rule for rule in rules if conditions.of(rule)]
            others = [rule for rule in rules if not conditions.of(rule)]
            number = _number_of(tested, request.POST.get("config", ""), number)
            moved = tested.pop(number - 1)
            if verb != "remove":
                place = _place(number, verb, request.POST.get("place", ""))
                tested.insert(min(place, len(tested) + 1) - 1, moved)
            return numbered([*tested, *others])

        self.store(change)
        if verb == "remove":
            return self.done(self.cancel_url(), "Rule removed")
        place = _place(number, verb, request.POST.get("place", ""))
        return self.done(f"{self.cancel_url()}?moved={place}", "Rules reordered")


def _place(number: int, verb: str, asked: str) -> int:
    """Where the rule goes, from one; rules for all other usage stay last."""
    if verb == "to" and asked.isdecimal():
        return max(1, int(asked))
    return max(1, number + STEPS.get(verb, 0))


def _number_of(rules: plan_drafts.Rules, key: str, number: int) -> int:
    """Where the rule that was pressed stands by now, whatever someone else moved or took out meanwhile."""
    if key:
        number = next((place for place, rule in enumerate(rules, 1) if rule["id"] == key), 0)
    if not 0 < number <= len(rules):
        raise NotFound("This rule is no longer there: someone else took it out.")
    return number
