"""What the subscription editor asks for row by row, discounts and markups: fields, and what can be wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django import forms

from billing.calc.targets import COMPARED
from billing.selectors.item_terms import ItemTerms
from desk.editors import subscription_targets as targets
from desk.editors.subscription_adjustment import AMOUNT, PERCENT, Row
from desk.forms.base import DayField, ExactDecimalField

WHOLE = 100
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
}
CONDITION: Mapping[str, forms.Field] = {
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
MARKUP_FIELDS: Mapping[str, forms.Field] = {
    **FIELDS,
    "unit": forms.ChoiceField(
        label="unit",
        help_text="Percent, or money in each period.",
        choices=[(PERCENT, "Percent"), (AMOUNT, "Price currency")],
        required=False,
    ),
    "on": forms.ChoiceField(label="on", help_text="Whose charge it is added to.", required=False),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """``column`` keeps it in a schedule; its rows are ``<rows>_<n>_<field>``, and ``rows`` counts them.

    ``on_total`` says whether it can be of the whole invoice; otherwise it is of rules only.
    """

    column: str
    rows: str
    fields: Mapping[str, forms.Field]
    on_total: bool

    @property
    def word(self) -> str:
        """``Discount``."""
        return self.column.capitalize()

    def field(self, index: int, name: str) -> str:
        """The field of row ``index``, the first being 0."""
        return f"{self.rows}_{index}_{name}"

    def targets(self, items: Iterable[ItemTerms]) -> targets.Choices:
        """What it can be of."""
        return targets.discounted(items) if self.on_total else targets.ruled(items)

    def problems(self, row: Row) -> Iterator[tuple[str, str]]:
        """(field, what is wrong) of a row that has a number."""
        value: Decimal | None = row["value"]
        if value is None:
            return
        if value <= 0:
            yield "value", "must be above 0, or empty for none"
        elif self.on_total and row["unit"] != AMOUNT and value > WHOLE:
            yield "value", "must be 100% at most"
        if not self.on_total and targets.level_of(row["on"] or "")[0] == targets.TOTALS:
            yield "on", "is added to the charge of a rule: choose one"
        if row["from"] and row["until"] and row["until"] < row["from"]:
            yield "until", "ends before it starts"
        yield from _condition(row)


DISCOUNT = Kind("discount", "discounts", {**FIELDS, **CONDITION}, on_total=True)
MARKUP = Kind("markup", "markups", MARKUP_FIELDS, on_total=False)
KINDS = (DISCOUNT, MARKUP)


def _condition(row: Row) -> Iterator[tuple[str, str]]:
    chosen, bound = row.get("if"), row.get("bound")
    if chosen and bound is None:
        yield "bound", "has a condition: enter the amount it compares with"
    elif bound is not None and bound < 0:
        yield "bound", "compares with an amount that must not be negative"
    elif bound is not None and not chosen:
        yield "if", "has an amount to compare with: choose how"
