"""The form of what invoice numbers look like."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from billing.api.number_formats import LARGEST, MONTHS, NumberConfigurationSerializer
from billing.calc.numbering import NumberFormat, PrefixPart, nth_number, render
from billing.models import BillingEntity
from billing.services.invoices.numbering import API_NAMES
from desk.forms.base import DeskForm
from kit.errors import InvalidField

PARTS = {"": "No date", "YEAR": "Year: 2026", "YEAR MONTH": "Year and month: 2026, 04"}
NEVER = ("", "Never: one count for ever")
RESTARTS = [NEVER, *((month, f"Each {month.capitalize()}") for month in MONTHS)]
FIELDS = {"prefix": "letters"}
FIXED = ("first_number", "increment", "reset_month")
FIXED_HINT = "Fixed since the first number was given: numbers would repeat, or one would be missing."


class NumberingForm(DeskForm):
    """With ``given`` what the numbers are counted by is shown and stays."""

    letters = forms.CharField(
        label="Prefix", max_length=32, required=False, help_text="Such as INV, or your own letters."
    )
    parts = forms.ChoiceField(
        help_text="What stands between the prefix and the count.",
        label="Date in the number",
        choices=[*PARTS.items()],
        required=False,
    )
    separator = forms.CharField(
        max_length=4, required=False, strip=False, help_text="Between the parts, such as a hyphen."
    )
    minimum_digits = forms.IntegerField(
        label="Digits at least", min_value=1, max_value=20, help_text="Shorter counts get zeros in front."
    )
    first_number = forms.IntegerField(
        min_value=0, max_value=LARGEST, help_text="Where the count starts, and starts again."
    )
    increment = forms.IntegerField(
        label="Step", min_value=1, max_value=1_000_000, help_text="From one number to the next."
    )
    reset_month = forms.ChoiceField(
        label="Starts again",
        choices=RESTARTS,
        required=False,
        help_text="A count that starts again needs the year in the number, or numbers would repeat.",
    )
    rows = (("letters", "separator"), ("parts", "minimum_digits"), ("first_number", "increment"))
    api_names = {path: FIELDS.get(name, name) for name, path in API_NAMES.items()}

    def __init__(self, *args: Any, given: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FIXED if given else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = FIXED_HINT

    def clean(self) -> dict[str, Any]:
        """The parts have to fit together."""
        values: dict[str, Any] = super().clean() or {}
        try:
            self.format = None if self.errors else _format(values)
        except InvalidField as error:
            self.add_error(
                FIELDS.get(error.field or "", error.field), error.message[:1].upper() + error.message[1:]
            )
        return values

    def example(self, *, taken: int, on: date) -> str:
        """What the next number would be; empty while something is wrong."""
        found = getattr(self, "format", None)
        return render(found, nth_number(found, taken), on=on) if found else ""

    def body(self) -> dict[str, Any]:
        """The API's ``invoice_number_configuration``."""
        data, month = self.cleaned_data, self.cleaned_data["reset_month"]
        return {
            "prefix": data["letters"],
            "dynamic_prefix": data["parts"].split(),
            "separator": data["separator"],
            "minimum_number_of_digits": data["minimum_digits"],
            "first_number": data["first_number"],
            "increment_by": data["increment"],
            "reset_period": {"type": "YEAR", "month": month} if month else None,
        }


def values_of(entity: BillingEntity) -> dict[str, Any]:
    """What the form starts from."""
    found = NumberConfigurationSerializer(entity).data
    return {
        "letters": found["prefix"],
        "parts": " ".join(found["dynamic_prefix"]),
        "separator": found["separator"],
        "minimum_digits": found["minimum_number_of_digits"],
        "first_number": found["first_number"],
        "increment": found["increment_by"],
        "reset_month": (found["reset_period"] or {}).get("month", ""),
    }


def _format(values: dict[str, Any]) -> NumberFormat:
    month = values["reset_month"]
    return NumberFormat(
        prefix=values["letters"],
        parts=tuple(PrefixPart(each) for each in values["parts"].split()),
        separator=values["separator"],
        minimum_digits=values["minimum_digits"],
        first_number=values["first_number"],
        increment=values["increment"],
        reset_month=MONTHS.index(month) + 1 if month else None,
    )
