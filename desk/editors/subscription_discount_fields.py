"""The fields of one discount in the subscription editor, and what can be wrong with what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django import forms

from billing.calc.targets import COMPARED
from desk.editors.subscription_discount import AMOUNT, PERCENT, Row
from desk.forms.base import DayField, ExactDecimalField

DISCOUNTS = "discounts"
FIELDS: Mapping[str, forms.Field] = {
    "value": ExactDecimalField(help_text="How much. Empty: none.", required=False),
    "unit": forms.ChoiceField(
        label="unit",
        help_text="Percent, or money.",
        choices=[(PERCENT, "Percent"), (AMOUNT, "Billing currency")],
        required=False,
    ),
    "on": forms.ChoiceField(label="off", help_text="What it is taken off.", required=False),
    "phase": forms.ChoiceField(label="phase", help_text="Which phase has it.", required=False),
    "from": DayField(label="from", help_text="Its first day. Empty: that of the phase.", required=False),
    "until": DayField(label="until", help_text="Its last day. Empty: no end.", required=False),
    "if": forms.ChoiceField(
        label="only if the charges are",
        help_text="Before any discount.",
        choices=[
            ("", "Whatever they are"),
            *((key.value, words.capitalize()) for key, words in COMPARED.items()),
        ],
        required=False,
    ),
    "bound": ExactDecimalField(label="this amount", help_text="In the billing currency.", required=False),
}


def field_name(index: int, name: str) -> str:
    """The field of row ``index``, the first being 0."""
    return f"{DISCOUNTS}_{index}_{name}"


def problems(row: Row) -> Iterator[tuple[str, str]]:
    """(field, what is wrong) of a row that has a number."""
    value: Decimal | None = row["value"]
    if value is None:
        return
    if value <= 0:
        yield "value", "must be above 0, or empty for none"
    elif row["unit"] != AMOUNT and value > 100:
        yield "value", "must be 100% at most"
    if row["from"] and row["until"] and row["until"] < row["from"]:
        yield "until", "ends before it starts"
    if row["if"] and row["bound"] is None:
        yield "bound", "has a condition: enter the amount it compares with"
    elif row["bound"] is not None and row["bound"] < 0:
        yield "bound", "compares with an amount that must not be negative"
    elif row["bound"] is not None and not row["if"]:
        yield "if", "has an amount to compare with: choose how"
