"""The form of what decides the tiers of a rule: what is billed, another calculation, usage of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from catalog.models import Status
from catalog.services.activation_facts import value_type
from desk.editors.pricing import bundles, conditions, tiers_by
from desk.editors.pricing.book import PricedItem, Rule
from desk.editors.pricing.rule_form import HOW, RuleForm
from desk.editors.products import calculation_words
from metering.models import MeterValueCalculation

BILLED, ANOTHER, SOME = "BILLED", "ANOTHER", "SOME"
KEEP = "KEEP"
FURTHER = [
    (KEEP, "as it is"),
    (tiers_by.INSTEAD, "another condition in its place"),
    *((operator, f"one more, joined by {words}") for operator, words in HOW),
]
Calculations = Iterable[MeterValueCalculation]


class TiersForm(RuleForm):
    """``calculations`` are those that may decide; ``free`` says whether the item may take another one."""

    api_names = {
        **RuleForm.api_names,
        "tiering_conditions": "values",
        "usage_based.tiering_meter_value_calculation_id": "calculation",
    }

    def __init__(self, *args: Any, rule: Rule, calculations: Calculations, free: bool, **kwargs: Any) -> None:
        self.rule, self.free = rule, free
        self.others = {row.public_id: row for row in calculations}
        self.is_sold = bundles.is_sold(rule.config.body)
        super().__init__(*args, **kwargs)
        if not kwargs["properties"]:
            for name in ("property", "comparator", "values"):
                self.fields.pop(name)

    def before(self) -> dict[str, forms.Field]:
        """What decides, and which calculation of it."""
        item, stored = self.rule.owner.item, tiers_by.usage(self.rule.config.body)
        billed = item.meter_value_calculation
        counted = calculation_words(billed) if billed else "what is billed"
        chosen = item.tiering_meter_value_calculation
        known = calculation_words(chosen) if chosen else counted
        fields: dict[str, forms.Field] = {
            "by": forms.ChoiceField(
                label="Tiers by", choices=self._choices(counted), widget=forms.RadioSelect, help_text=EXAMPLE
            ),
            "calculation": forms.ChoiceField(
                label="Calculation that decides",
                required=False,
                choices=[("", f"As billed: {counted}"), *self._others()],
                disabled=not self.free,
                help_text=SHARED if self.free else f"{known} decides, and {SETTLED}",
            ),
        }
        if stored:
            fields["how"] = forms.ChoiceField(
                label="The condition", choices=FURTHER, required=False, help_text=f"So far: {stored}."
            )
        return fields

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean()
        by, how = found.get("by"), found.get("how") or ""
        if self.is_sold and by != BILLED:
            self.add_error("by", "A price in bundles takes its tiers from what is billed")
        if by == ANOTHER and not found.get("calculation"):
            self.add_error("calculation", "Choose the calculation that decides")
        if by != SOME or how == KEEP:
            for name in ("values", "property", "comparator"):
                self.errors.pop(name, None)
        return found

    def test(self) -> dict[str, Any]:
        """The comparison that was asked for."""
        values = self.cleaned_data
        return conditions.entry(
            reference=values["property"], comparator=values["comparator"], values=values["named"]
        )

    @property
    def calculation(self) -> MeterValueCalculation | None:
        """The calculation that is to decide; None for the billed one."""
        wanted = "" if self.cleaned_data["by"] == BILLED else self.cleaned_data["calculation"]
        return self.others.get(wanted)

    def tiering(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The tiering conditions that the rule is to have."""
        stored, how = body.get(tiers_by.NAME), self.cleaned_data.get("how") or ""
        if self.cleaned_data["by"] != SOME:
            return None
        return dict(stored) if stored and how == KEEP else tiers_by.asked(stored, self.test(), how)

    def _choices(self, counted: str) -> list[tuple[str, str]]:
        chosen = self.rule.owner.item.tiering_meter_value_calculation_id
        found = []
        if self.free or not chosen:
            found.append((BILLED, f"What is billed. {counted} of what this rule prices."))
        if chosen or (self.free and self.others):
            found.append((ANOTHER, "Another calculation. Of the same meter, and of what this rule prices."))
        if self._has_conditions:
            found.append((SOME, "Only usage where a condition holds. In whichever rule it is priced."))
        return found

    @property
    def _has_conditions(self) -> bool:
        return bool(self.properties) or bool(self.rule.config.body.get(tiers_by.NAME))

    def _others(self) -> list[tuple[str, str]]:
        return [(key, calculation_words(row)) for key, row in self.others.items()]


EXAMPLE = "For example: calls cost €0.01 each while fewer than 100 of them are long, and €0.008 each beyond."
SETTLED = "stays: it is chosen while the item is a draft, by somebody who may edit items."
SHARED = "It belongs to the item: every plan that sells it takes its tiers from there."


def initial(rule: Rule) -> dict[str, Any]:
    """What the form begins with."""
    chosen = rule.owner.item.tiering_meter_value_calculation
    some = bool(rule.config.body.get(tiers_by.NAME))
    by = SOME if some else ANOTHER if chosen else BILLED
    known = {"calculation": chosen.public_id if chosen else "", "comparator": "EQUALS"}
    return {"by": by, **known, **({"how": KEEP} if some else {})}


def fitting(priced: PricedItem, rows: Calculations) -> list[MeterValueCalculation]:
    """The calculations of the item's meter that may decide: of the same kind; and the one that does."""
    item = priced.item
    billed = item.meter_value_calculation
    if billed is None:
        return []
    kind, chosen = value_type(billed), item.tiering_meter_value_calculation_id
    return [
        row
        for row in rows
        if row.pk == chosen
        or (row.meter_id == billed.meter_id and row.pk != billed.pk and value_type(row) == kind)
    ]


def is_free(priced: PricedItem) -> bool:
    """Whether another calculation may decide: it is settled once the item is in use."""
    return priced.item.status == Status.DRAFT
