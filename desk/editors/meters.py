"""The meter form: name, values, properties and calculations on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.models import Platform
from desk.editors import meter_rows
from desk.editors.meter_rows import EVENTS, Rows
from desk.editors.products import slug
from desk.forms.base import DeskForm, ReferenceField
from metering.models import CalculationType, MeterProperty, MeterValue, PropertyType, Status, ValueType

VALUE_TYPES = [(ValueType.NUMBER.value, "Number"), (ValueType.AMOUNT.value, "Amount of money")]
PROPERTY_TYPES = [
    (PropertyType.STRING.value, "Text"),
    (PropertyType.NUMBER.value, "Number"),
    (PropertyType.ENUM.value, "One of"),
]
CALCULATIONS = [
    (CalculationType.SUM.value, "SUM"),
    (CalculationType.MAX.value, "MAX"),
    (CalculationType.MIN.value, "MIN"),
    (CalculationType.AVERAGE.value, "AVERAGE"),
    (CalculationType.LATEST.value, "LATEST"),
    (CalculationType.UNIQUE.value, "UNIQUE"),
    (CalculationType.COUNT.value, "COUNT"),
]
STARTERS: dict[str, dict[str, str]] = {
    "count": {
        "name": "API calls",
        "reference": "api_calls",
        "values_0_name": "calls",
        "values_0_reference": "calls",
    },
    "quantity": {
        "name": "Storage",
        "reference": "storage",
        "values_0_name": "gigabytes",
        "values_0_reference": "gigabytes",
    },
    "money": {
        "name": "Transactions",
        "reference": "transactions",
        "values_0_name": "volume",
        "values_0_reference": "volume",
        "values_0_type": ValueType.AMOUNT.value,
    },
}
NEW = "new"


class Known:
    """The platform's meter values and properties that a new meter may reuse."""

    def __init__(self, platform: Platform) -> None:
        usable = {"platform": platform, "status__in": (Status.DRAFT, Status.ACTIVE)}
        self.values = {row.public_id: row for row in MeterValue.objects.filter(**usable).order_by("name")}
        self.properties = {
            row.public_id: row for row in MeterProperty.objects.filter(**usable).order_by("name")
        }

    @property
    def names(self) -> dict[str, str]:
        values = {key: row.reference for key, row in self.values.items()}
        return values | {key: row.reference for key, row in self.properties.items()}

    @property
    def examples(self) -> dict[str, tuple[str, str]]:
        """Public id -> (reference, type of a value or example of a property)."""
        values = {key: (row.reference, row.type) for key, row in self.values.items()}
        return values | {
            key: (row.reference, row.enum_values[0] if row.enum_values else "text")
            for key, row in self.properties.items()
        }


def value_fields(known: Known, follows: str) -> dict[str, forms.Field]:
    """The fields of one meter value."""
    return {
        "existing": _existing(known.values, "value"),
        "name": forms.CharField(label="Name", max_length=1000, required=False),
        "reference": ReferenceField(follows=follows, required=False, help_text=""),
        "type": forms.ChoiceField(label="Type", choices=VALUE_TYPES),
        "required": forms.BooleanField(label="On every event", required=False),
    }


def property_fields(known: Known, follows: str) -> dict[str, forms.Field]:
    """The fields of one meter property."""
    return {
        "existing": _existing(known.properties, "property"),
        "name": forms.CharField(label="Name", max_length=1000, required=False),
        "reference": ReferenceField(follows=follows, required=False, help_text=""),
        "type": forms.ChoiceField(label="Type", choices=PROPERTY_TYPES),
        "words": forms.CharField(
            label="Allowed values",
            required=False,
            help_text="Separated by commas: eu-west, eu-north. Once active, values can only be added.",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        ),
        "required": forms.BooleanField(label="On every event", required=False),
    }


def calculation_fields(choices: list[tuple[str, str]]) -> dict[str, forms.Field]:
    """The fields of one calculation: a sentence."""
    return {
        "type": forms.ChoiceField(label="Calculation", choices=CALCULATIONS),
        "source": forms.ChoiceField(label="Of what", choices=choices),
        "persist": forms.BooleanField(label="Keep across periods", required=False),
        "reference": forms.CharField(
            label="Reference",
            required=False,
            max_length=256,
            help_text="Made from the names when left empty.",
            widget=forms.TextInput(attrs={"class": "input mono"}),
        ),
    }


class MeterForm(DeskForm):
    """``rows`` says how many values, properties and calculations there are."""

    name = forms.CharField(max_length=1000, help_text="What is counted, such as API calls")
    reference = ReferenceField()
    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, known: Known, typed: Rows, **kwargs: Any) -> None:
        self.typed = typed
        own = dict(self.base_fields)
        choices = meter_rows.sources(typed, known.names)
        for kind, found in typed.items():
            for index in range(len(found)):
                own |= {
                    f"{kind}_{index}_{name}": field
                    for name, field in _fields_of(kind, index, known, choices).items()
                }
        self.base_fields = own  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def rows_of(self, kind: str) -> Iterator[dict[str, Any]]:
        """Each row's fields by their short names, with its place."""
        for index in range(len(self.typed[kind])):
            fields = {name: self[f"{kind}_{index}_{name}"] for name in meter_rows.KINDS[kind]}
            yield {"index": index, "number": index + 1, **fields}

    def values(self) -> list[dict[str, Any]]:
        return list(self.rows_of("values"))

    def properties(self) -> list[dict[str, Any]]:
        return list(self.rows_of("properties"))

    def calculations(self) -> list[dict[str, Any]]:
        return list(self.rows_of("calculations"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for kind in ("values", "properties"):
            for index in range(len(self.typed[kind])):
                self._check_new(values, f"{kind}_{index}_")
        for index in range(len(self.typed["calculations"])):
            check_sentence(self, values, f"calculations_{index}_")
        return values

    def _check_new(self, values: dict[str, Any], prefix: str) -> None:
        """What does not exist yet needs a name; its reference follows from it."""
        if values.get(f"{prefix}existing") not in ("", NEW):
            return
        if not values.get(f"{prefix}name"):
            self.add_error(f"{prefix}name", "Enter a name, or remove this row")
        values[f"{prefix}reference"] = values.get(f"{prefix}reference") or slug(
            values.get(f"{prefix}name", "")
        )
        if values.get(f"{prefix}type") == PropertyType.ENUM and not meter_rows.words_of(
            values.get(f"{prefix}words", "")
        ):
            self.add_error(f"{prefix}words", "Enter at least one allowed value")


def check_sentence(form: DeskForm, values: dict[str, Any], prefix: str) -> None:
    """UNIQUE is of a property, COUNT of events, the others of a value."""
    kind, source = values.get(f"{prefix}type"), values.get(f"{prefix}source", "")
    if kind == CalculationType.COUNT:
        values[f"{prefix}source"] = EVENTS
    elif kind == CalculationType.UNIQUE and not source.startswith("properties:"):
        form.add_error(f"{prefix}source", "UNIQUE counts the different values of a property: choose one")
    elif kind and kind != CalculationType.UNIQUE and not source.startswith("values:"):
        form.add_error(f"{prefix}source", f"{kind} needs a value: choose one")


def _fields_of(kind: str, index: int, known: Known, choices: list[tuple[str, str]]) -> dict[str, forms.Field]:
    follows = f"{kind}_{index}_name"
    if kind == "values":
        return value_fields(known, follows)
    return property_fields(known, follows) if kind == "properties" else calculation_fields(choices)


def _existing(rows: dict[str, Any], one: str) -> forms.ChoiceField:
    choices = [(key, f"{row.name} ({row.reference})") for key, row in rows.items()]
    field = forms.ChoiceField(label=f"Which {one}", choices=[(NEW, f"New {one}"), *choices])
    field.required = bool(rows)
    return field
