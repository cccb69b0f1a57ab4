"""The form of what a rule says beside its price: lines by value, combined volume, bundles, periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from desk.editors.pricing.book import Rule
from desk.editors.pricing.bundles import TOP_UP, base_of, can_be_sold
from desk.editors.pricing.rule_extras import PERIODS, REFILLS, Json, period, period_words, split
from desk.forms.base import DeskForm
from metering.models import MeterProperty

BUNDLES = [
    ("", "No: what is used is charged"),
    ("LOST", "Yes: bought when those before are used up, the rest is lost"),
    ("KEPT", "Yes: and what is left of them serves the next period"),
]


class SettingsForm(DeskForm):
    """Only what the rule can have is asked for."""

    api_names = {
        "split_pricing": "lines",
        "volume_group_reference": "pool",
        "top_up": "bundles",
        "default_included_volume.reset_type": "refill",
        "pricing_period": "per",
    }

    def __init__(self, *args: Any, rule: Rule, properties: Sequence[MeterProperty], **kwargs: Any) -> None:
        body, fields = rule.config.body, dict[str, forms.Field]()
        if rule.owner.terms.metered:
            fields |= _of_usage(body, properties)
        if rule.owner.when != "once":
            known = PERIODS | {period(body): period_words(body)}
            fields["per"] = forms.ChoiceField(
                label="The price is for", required=False, choices=[*known.items()]
            )
        self.base_fields = fields  # type: ignore[misc]
        super().__init__(*args, **kwargs)


def changed(body: Json, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The rule as ``sent`` wants it; what was not asked for stays."""
    found = dict(body)
    if "lines" in sent:
        found["split_pricing"] = {"meter_properties": [{"reference": each} for each in sent["lines"]]}
    if "pool" in sent:
        found["volume_group_reference"] = sent["pool"]
    if "bundles" in sent:
        found["pricing_type"] = base_of(body) + (TOP_UP if sent["bundles"] else "")
        found["top_up"] = {"rollover": True} if sent["bundles"] == "KEPT" else None
    if "refill" in sent:
        found["default_included_volume"] = {**body["default_included_volume"], "reset_type": sent["refill"]}
    if "per" in sent and sent["per"] != period(body):
        found.pop("billing_period", None)
        number, _, kind = sent["per"].partition(" ")
        found["pricing_period"] = {"type": kind, "value": int(number)} if kind else None
    empty: tuple[Any, ...] = (None, "", {"meter_properties": []})
    return {name: value for name, value in found.items() if value not in empty}


def _of_usage(body: Json, properties: Sequence[MeterProperty]) -> dict[str, forms.Field]:
    names = [(row.reference, f"{row.name} ({row.reference})") for row in properties]
    names = [*((each, each) for each in split(body)), *names]
    fields: dict[str, forms.Field] = {
        "lines": forms.MultipleChoiceField(
            label="A line for each value of",
            required=False,
            choices=[*dict(names).items()],
            widget=forms.CheckboxSelectMultiple,
            help_text="The values share the tiers, and each pays its own units.",
        ),
        "pool": forms.CharField(
            label="Combine volume as",
            required=False,
            max_length=256,
            help_text="Rules of one name share a volume, which decides the tier of each.",
        ),
    }
    if can_be_sold(body):
        fields["bundles"] = forms.ChoiceField(label="Sold in bundles", required=False, choices=BUNDLES)
    if body.get("default_included_volume"):
        fields["refill"] = forms.ChoiceField(label="The included volume is full again", choices=REFILLS)
    return fields
