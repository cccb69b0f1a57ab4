"""A discount of a subscription, as its editor asks for it and as its schedules keep it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from billing.calc.schedule import resolve
from billing.selectors.item_terms import ItemTerms
from desk.editors import subscription_targets as targets
from desk.forms.base import DayField, DeskForm, ExactDecimalField, dress
from kit.money import plain
from kit.period import format_instant, parse_instant

PERCENT, AMOUNT = "PERCENT", "AMOUNT"
SAYABLE = ("totals", "product_items", "products", "product_categories", "pricing_item_configs")
DISCOUNT = "discount"
NAMES = (DISCOUNT, "discount_unit", "discount_on", "discount_until")
NO_TIME = datetime.min.time()


class DiscountForm(DeskForm):
    """So much off, of what, until when. Without a number there is no discount.

    A phase may have one of its own instead, in ``phases_<n>_discount`` and so on: nothing there means the one
    of every phase, and 0 means none.
    """

    discount = ExactDecimalField(
        help_text="Above 0, such as 10. Leave it empty for none.", label="Discount", required=False
    )
    discount_unit = forms.ChoiceField(
        help_text="A percentage, or an amount of money.",
        label="Counted in",
        choices=[(PERCENT, "Percent"), (AMOUNT, "Billing currency")],
        required=False,
    )
    discount_on = forms.ChoiceField(help_text="What it is taken off.", label="Off", required=False)
    discount_until = DayField(
        help_text="Its last day. Leave it empty for no end.", label="Discount until", required=False
    )

    def ask_discount(self, number: int) -> None:
        """Ask for the one of phase ``number``, the first being 0."""
        for name in NAMES:
            key, field = own(number, name), deepcopy(self.base_fields[name])
            field.label = f"Phase {number + 1}: {str(field.label).lower()}"
            if name == DISCOUNT:
                field.help_text = "Empty: as in every phase. 0: none."
            dress(field, key)
            self.fields[key] = field

    def clean_discount(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["discount"]
        if value is not None and value <= 0:
            raise forms.ValidationError("Discount must be above 0, or empty for none")
        return value

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in [each for each in self.fields if each.endswith(DISCOUNT) and values.get(each)]:
            label = self.fields[name].label
            if values[name] < 0:
                self.add_error(name, f"{label} must not be negative")
            elif values.get(f"{name}_unit") != AMOUNT and values[name] > 100:
                self.add_error(name, f"{label} must be 100% at most")
        return values

    def discount_of(
        self, number: int, items: Iterable[ItemTerms], start: datetime, end: datetime | None, zone: ZoneInfo
    ) -> dict[str, Any] | None:
        """What phase ``number`` of these items, from ``start`` to ``end``, says of it; None for none."""
        return said(of_phase(self.cleaned_data, number), items, start, end, zone)


def own(number: int, name: str) -> str:
    """The field of one phase that stands for ``name``."""
    return f"phases_{number}_{name}"


def of_phase(values: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The values that count in a phase: its own where it has a number, otherwise those of every phase."""
    is_own = values.get(own(number, DISCOUNT)) not in (None, "")
    found = {name: values.get(own(number, name) if is_own else name) for name in NAMES}
    return {**found, "currency": values["currency"]}


def said(
    values: Mapping[str, Any],
    items: Iterable[ItemTerms],
    start: datetime,
    end: datetime | None,
    zone: ZoneInfo,
) -> dict[str, Any] | None:
    """The same of the fields' ``values`` and the ``currency``."""
    until = values.get("discount_until")
    last = resolve(until + timedelta(days=1), NO_TIME, zone) if until else None
    if not values.get("discount") or (last and last <= start):
        return None
    number = plain(Decimal(values["discount"]))
    entry: dict[str, Any] = {"percentage": number}
    if values.get("discount_unit") == AMOUNT:
        entry = {"amount": {"quantity": number, "currency": values["currency"]}}
    if last and (end is None or last < end):
        entry["end_at"] = format_instant(last)
    return targets.entry(values.get("discount_on") or "", targets.discounted(items), entry)


def is_sayable(stored: Mapping[str, Any] | None) -> bool:
    """Whether the editor can show this: one discount at most, off one thing, from the start."""
    entries = [(level, entry) for level, several in (stored or {}).items() for entry in several or ()]
    return not entries or (
        len(entries) == 1
        and entries[0][0] in SAYABLE
        and len(entries[0][1].get("ids") or ()) < 2
        and not {"start_at", "condition"} & {name for name, value in entries[0][1].items() if value}
    )


def values_of(stored: Mapping[str, Any] | None, zone: ZoneInfo) -> dict[str, Any]:
    """What the fields start from; nothing for what the editor cannot show."""
    entries = [(level, entry) for level, several in (stored or {}).items() for entry in several or ()]
    if not entries or not is_sayable(stored):
        return {}
    level, entry = entries[0]
    amount, until = entry.get("amount"), entry.get("end_at")
    return {
        "discount": amount["quantity"] if amount else entry["percentage"],
        "discount_unit": AMOUNT if amount else PERCENT,
        "discount_on": targets.value_of(level, entry),
        "discount_until": _last_day(until, zone) if until else None,
    }


def values_of_phases(stored: Sequence[Mapping[str, Any] | None], zone: ZoneInfo) -> dict[str, Any]:
    """What the fields start from where phases differ: what most have, and what the others have instead."""
    named = [values_of(each, zone) for each in stored]
    shared = max(named, key=lambda each: (named.count(each), not each))
    others = [(number, each or {DISCOUNT: "0"}) for number, each in enumerate(named) if each != shared]
    return shared | {own(number, name): value for number, each in others for name, value in each.items()}


def _last_day(until: str, zone: ZoneInfo) -> date:
    return (parse_instant(until) - timedelta(microseconds=1)).astimezone(zone).date()
