"""The builder of a rule: one comparison on a property; known values are ticked, with their share of usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Platform
from desk.editors.pricing import conditions
from desk.editors.pricing.book import PricedItem
from desk.forms.base import DeskForm
from kit.money import plain
from kit.period import Span
from metering.models import MeterProperty
from metering.selectors import activity

DAYS = timedelta(days=30)
SEVERAL = {"EQUALS": "IN", "NOT_EQUALS": "NOT_IN"}
TICKED = (*SEVERAL, *SEVERAL.values())
SEVERAL_VALUES = (*conditions.LISTS, *conditions.CONTAINING)
NO_PROPERTY = "A rule compares what every event carries. Make a property of the meter required first."
HOW = [
    ("AND", "and: both hold"),
    ("OR", "or: at least one holds"),
    ("XOR", "or else: exactly one holds"),
]
Shares = Mapping[str | None, Decimal]


class RuleForm(DeskForm):
    """``values`` are boxes where the property has known values and the comparison is with some of them."""

    api_names = {"value": "values"}

    def __init__(
        self, *args: Any, properties: Sequence[MeterProperty], shares: Any = None, **kwargs: Any
    ) -> None:
        data = (args[0] if args else kwargs.get("data")) or kwargs.get("initial") or {}
        self.properties = properties
        names = [(row.reference, f"{row.name} ({row.reference})") for row in properties]
        chosen = next((row for row in properties if row.reference == data.get("property")), None)
        chosen = chosen or next(iter(properties), None)
        self.is_ticked = bool(chosen and chosen.enum_values) and data.get("comparator", "EQUALS") in TICKED
        self.base_fields = {  # type: ignore[misc]
            **self.before(),
            "property": forms.ChoiceField(
                label="Property",
                choices=names or [("", "None that every event carries")],
                help_text="" if names else NO_PROPERTY,
            ),
            "comparator": forms.ChoiceField(label="Comparison", choices=list(conditions.WORDS.items())),
            "values": self._boxes(chosen, data, shares) if chosen and self.is_ticked else _text(),
        }
        super().__init__(*args, **kwargs)

    def before(self) -> dict[str, forms.Field]:
        """What is asked before the comparison."""
        return {}

    def _boxes(self, chosen: MeterProperty, data: Any, shares: Any) -> forms.Field:
        """A box for each value: those that are known, and those that are in the rule already."""
        stored = data.getlist("values") if hasattr(data, "getlist") else data.get("values") or []
        known = dict.fromkeys([*chosen.enum_values, *(each for each in stored if each)])
        found: Shares = shares(chosen) if shares else {}
        return forms.MultipleChoiceField(
            label="Values",
            required=False,
            choices=[(value, _label(value, found)) for value in known],
            widget=forms.CheckboxSelectMultiple,
            help_text="With the share of the usage of the last 30 days." if found else "",
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        typed = found.get("values") or []
        named = typed if self.is_ticked else conditions.read(str(typed or ""))
        if found.get("comparator") not in conditions.NO_VALUE and not named:
            words = "Tick at least one value" if self.is_ticked else "Enter the value to compare with"
            self.add_error("values", words)
        if len(named) > 1 and found.get("comparator") not in SEVERAL_VALUES:
            if self.is_ticked:
                found["comparator"] = SEVERAL[found["comparator"]]
            else:
                self.add_error("values", "Choose “is one of” or “is none of” for several values")
        found["named"] = named
        return found


def offered(properties: Sequence[MeterProperty]) -> dict[str, MeterProperty]:
    """The properties by what a stored comparison may call them: reference or id."""
    names = ((row.public_id, row.reference) for row in properties)
    return {name: row for row, both in zip(properties, names, strict=True) for name in both if name}


class FurtherForm(RuleForm):
    """One more comparison, and how it goes with what the rule asks for already."""

    def before(self) -> dict[str, forms.Field]:
        return {"how": forms.ChoiceField(label="How it goes with the rest", choices=HOW)}


def shares(platform: Platform, priced: PricedItem, row: MeterProperty, *, at: datetime) -> Shares:
    """How much of the item's usage of the last 30 days is under each value, in percent."""
    calculation = priced.item.meter_value_calculation
    if calculation is None or calculation.meter_value_id is None:
        return {}
    end = at.replace(minute=0, second=0, microsecond=0)
    return activity.shares(
        platform,
        meter=calculation.meter,
        value=calculation.meter_value_id,
        span=Span(end - DAYS, end),
        by=row.pk,
    )


def _label(value: str, found: Shares) -> str:
    return f"{value}, {plain(found.get(value, Decimal(0)))}%" if found else value


def _text() -> forms.Field:
    return forms.CharField(
        label="Value",
        required=False,
        help_text="Separate several with commas; one that has a comma goes in quotes.",
    )
