"""A minimum commitment of a subscription, as its editor asks for it and as its schedules keep it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from billing.selectors.item_terms import ItemTerms
from desk.editors import subscription_targets as targets
from desk.forms.base import DeskForm, ExactDecimalField
from kit.money import plain

AMOUNT, UNITS = "AMOUNT", "UNITS"
RULES = "pricing_item_configs"
DATES = ("start_at", "end_at")


class CommitmentForm(DeskForm):
    """What is charged at least each billing period, of what. Without a number there is no commitment."""

    commitment = ExactDecimalField(
        help_text="What is charged at least. Leave it empty for none.",
        label="Minimum each period",
        required=False,
    )
    commitment_unit = forms.ChoiceField(
        help_text="Money, or units of one pricing rule.",
        label="Committed in",
        choices=[(AMOUNT, "Billing currency"), (UNITS, "Units, of one rule")],
        required=False,
    )
    commitment_on = forms.ChoiceField(
        help_text="What counts toward the minimum.", label="Committed of", required=False
    )

    def clean_commitment(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["commitment"]
        if value is not None and value <= 0:
            raise forms.ValidationError("Minimum commitment must be above 0, or empty for none")
        return value

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        level = targets.level_of(values.get("commitment_on") or "")[0]
        if values.get("commitment") and values.get("commitment_unit") == UNITS and level != RULES:
            self.add_error("commitment_on", "Units are committed of one rule: choose it")
        return values

    def commitment_of(self, items: Iterable[ItemTerms]) -> dict[str, Any] | None:
        """What a schedule of these items says of it; None where it has none."""
        return said(self.cleaned_data, items)


def said(values: Mapping[str, Any], items: Iterable[ItemTerms]) -> dict[str, Any] | None:
    """The same of the fields' ``values`` and the ``currency``."""
    if not values.get("commitment"):
        return None
    sold, number = list(items), plain(Decimal(values["commitment"]))
    amount = {"quantity": number, "currency": values["currency"]}
    body: dict[str, Any] = {"amount": amount}
    on = values.get("commitment_on") or ""
    if values.get("commitment_unit") == UNITS:
        key = targets.level_of(on)[1]
        rule = next((item for item in sold for rule in item.rules if rule.config_id == key), None)
        units = {"amount": amount} if rule and rule.is_amount else {"number": number}
        body = {"meter_value_calculation": units}
    return targets.entry(on, targets.committed(sold), body)


def is_sayable(stored: Mapping[str, Any] | None) -> bool:
    """Whether the editor can show this: one commitment at most, of one thing, as long as the schedule."""
    entries = [entry for several in (stored or {}).values() for entry in several or ()]
    return not entries or (
        len(entries) == 1
        and len(entries[0].get("ids") or ()) < 2
        and not any(entries[0].get(name) for name in DATES)
    )


def values_of(stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the fields start from; nothing for what the editor cannot show."""
    entries = [(level, entry) for level, several in (stored or {}).items() for entry in several or ()]
    if not entries or not is_sayable(stored):
        return {}
    level, entry = entries[0]
    units = entry.get("meter_value_calculation")
    measure = units or entry
    number = measure.get("number") or measure["amount"]["quantity"]
    return {
        "commitment": number,
        "commitment_unit": UNITS if units else AMOUNT,
        "commitment_on": targets.value_of(level, entry),
    }
