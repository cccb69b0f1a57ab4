"""The product form: category, product, items and their meter link on one screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from catalog.models import ItemType, ModelType, TaxCategory
from catalog.services.product_items import METERED
from desk.components.badges import word
from desk.forms.base import DeskForm, ReferenceField
from metering.models import MeterValueCalculation

MODELS = {
    ModelType.USAGE_BASED.value: ("Usage based", "Charged by what a meter counts, such as API calls."),
    ModelType.USAGE_BASED_CONVERSION.value: (
        "Usage conversion",
        "Turns what a meter counts into money at a rate.",
    ),
    ModelType.PER_SEAT.value: ("Per seat", "For each seat, as many as the subscription has then."),
    ModelType.RECURRING.value: ("Recurring", "The same fee every billing period."),
    ModelType.ONE_OFF.value: ("One-off", "Charged once, such as a setup fee."),
}
TYPES = [
    (ItemType.REVENUE.value, "Charge. Adds to the invoice."),
    (ItemType.DEDUCTION.value, "Deduction. Reduces the invoice, such as cashback."),
]
TAXES = [
    (TaxCategory.STANDARD.value, "Standard"),
    (TaxCategory.NO_TAX.value, "No tax"),
    (TaxCategory.EXEMPT.value, "Exempt"),
]
INHERITED_TAXES = [("", "As the product"), *TAXES]
EXAMPLES: dict[str, dict[str, Any]] = {
    "usage": {
        "category": "Platform",
        "name": "API",
        "reference": "api",
        "items_0_name": "API calls",
        "items_0_reference": "api_calls",
        "items_0_model_type": ModelType.USAGE_BASED.value,
        "items_0_unit_singular": "call",
        "items_0_unit_plural": "calls",
    },
    "fee": {
        "category": "Platform",
        "name": "Platform fee",
        "reference": "platform_fee",
        "items_0_model_type": ModelType.RECURRING.value,
    },
    "setup": {
        "category": "Services",
        "name": "Onboarding",
        "reference": "onboarding",
        "items_0_model_type": ModelType.ONE_OFF.value,
    },
}
ITEM_FIELDS = (
    "name",
    "reference",
    "model_type",
    "type",
    "calculation",
    "unit_singular",
    "unit_plural",
    "tax",
)
OWN_FIELDS: Sequence[str] = ("name", "reference", "description", "tax_category")
MOST_ITEMS = 20


def calculations(platform: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """The platform's calculations as choices, by meter."""
    rows = MeterValueCalculation.objects.filter(platform=platform)
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows.select_related("meter", "meter_value", "meter_property").order_by("meter__name", "pk"):
        meter = row.meter.name or row.meter.reference
        found.setdefault(meter, []).append((row.public_id, f"{meter}: {calculation_words(row)}"))
    return list(found.items())


def calculation_words(row: MeterValueCalculation) -> str:
    """``SUM of calls``."""
    what = row.meter_value or row.meter_property
    return f"{row.calculation_type} of {what.reference}" if what else row.calculation_type


def item_fields(choices: Any, *, follows: str = "name") -> dict[str, forms.Field]:
    """The fields of one item."""
    return {
        "name": forms.CharField(label="Name", max_length=1000, help_text="What the invoice line is called"),
        "reference": ReferenceField(follows=follows),
        "model_type": forms.ChoiceField(
            label="Model", choices=[(key, f"{label}. {hint}") for key, (label, hint) in MODELS.items()]
        ),
        "type": forms.ChoiceField(
            label="On the invoice",
            required=False,
            choices=TYPES,
            widget=forms.RadioSelect,
            initial=TYPES[0][0],
        ),
        "calculation": forms.ChoiceField(
            label="Meter calculation",
            required=False,
            choices=[("", "No meter link"), *choices],
            help_text="Only for usage: what is counted for this item.",
        ),
        "unit_singular": forms.CharField(label="One unit is called", required=False, max_length=200),
        "unit_plural": forms.CharField(label="Several are called", required=False, max_length=200),
        "tax": forms.ChoiceField(label="Tax category", required=False, choices=INHERITED_TAXES),
    }


class DescribedForm(DeskForm):
    """What every part of the catalog may say of itself."""

    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class EditProductForm(DescribedForm):
    """A product's own fields."""

    name = forms.CharField(help_text="What you sell, such as API access.", max_length=1000)
    reference = ReferenceField()
    tax_category = forms.ChoiceField(
        help_text="Of every item that names none of its own.",
        required=False,
        choices=[("", "As the category"), *TAXES],
    )
    field_order: Sequence[str] = OWN_FIELDS
    rows = (("name", "reference"),)


class ProductForm(EditProductForm):
    """``count`` items, each with its own fields ``items_<n>_<name>``."""

    category = forms.CharField(
        max_length=1000,
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
        help_text="Choose one, or type a new name to create it.",
    )
    field_order = ("category", *OWN_FIELDS)
    api_names = {
        "category.name": "category",
        "category.reference": "category",
        "product.reference": "reference",
        "product.name": "name",
    }

    def __init__(self, *args: Any, platform: Any, count: int = 1, **kwargs: Any) -> None:
        self.count = max(1, min(count, MOST_ITEMS))
        choices = calculations(platform)
        own = dict(self.base_fields)
        for index in range(self.count):
            for name, field in item_fields(choices, follows=f"items_{index}_name").items():
                own[f"items_{index}_{name}"] = field
        if self.count == 1:
            own["items_0_name"].required = own["items_0_reference"].required = False
        self.base_fields = own  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        only = self.fields["items_0_name"] if self.count == 1 else None
        if only:
            only.help_text = "The invoice line. Left empty: as the product."

    def groups(self) -> list[list[BoundField]]:
        """The product's own fields; the items render by themselves."""
        beside = [["category"], ["name", "reference"], ["description"], ["tax_category"]]
        return [[self[name] for name in names] for names in beside]

    def items(self) -> Iterator[dict[str, Any]]:
        """Each item's fields by their short names, with its number from one."""
        for index in range(self.count):
            fields = {name: self[f"items_{index}_{name}"] for name in ITEM_FIELDS}
            chosen = fields["model_type"].value()
            yield {"index": index, "number": index + 1, "models": radios(fields["model_type"]), **fields} | {
                "metered": chosen in (None, "", *METERED)
            }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, source in (("items_0_name", "name"), ("items_0_reference", "reference")):
            if self.count == 1 and not values.get(name):
                values[name] = values.get(source, "")
        for index in range(self.count):
            metered = values.get(f"items_{index}_model_type") in METERED
            name = f"items_{index}_calculation"
            if not metered:
                values[name] = ""
            elif not values.get(name) and self.data.get("activate"):
                self.add_error(name, "Choose what is counted: a usage-based item needs it to be active")
        return values


class ItemForm(DescribedForm):
    """One item by itself."""

    rows = (("name", "reference"), ("unit_singular", "unit_plural"))
    api_names = {
        "meter_value_calculation_id": "calculation",
        "unit_name_singular": "unit_singular",
        "tax_category": "tax",
    }

    def __init__(self, *args: Any, platform: Any, **kwargs: Any) -> None:
        fields = item_fields(calculations(platform))
        self.base_fields = {**fields, "description": self.base_fields["description"]}  # type: ignore[misc]
        super().__init__(*args, **kwargs)
        model = self.fields["model_type"]
        known = list(model.choices)  # type: ignore[attr-defined]
        stored = self.initial.get("model_type")
        if stored and stored not in MODELS:  # made through the API: kept as it is
            known.append((stored, word(stored)))
        model.choices = known  # type: ignore[attr-defined]
        model.widget = forms.RadioSelect(choices=known)

    def clean(self) -> dict[str, Any]:
        """What counts nothing has no calculation: its field is not shown then."""
        values = super().clean() or {}
        if values.get("model_type") not in METERED:
            values["calculation"] = ""
        return values


def radios(field: BoundField) -> list[dict[str, Any]]:
    """The models as cards: value, label, when to use it, whether it is chosen."""
    chosen = field.value() or ModelType.USAGE_BASED.value
    return [
        {"value": value, "label": label, "hint": hint, "checked": value == chosen}
        for value, (label, hint) in MODELS.items()
    ]


def item_words(item: Any) -> str:
    """The model of an item as operators read it, and whether it reduces the invoice."""
    model = MODELS[item.model_type][0] if item.model_type in MODELS else word(item.model_type)
    return f"{model}, deduction" if item.type == ItemType.DEDUCTION else model


def slug(text: str, taken: Iterable[str] = ()) -> str:
    """A reference for ``text``: lower case words with underscores, numbered while it is taken."""
    base = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "category"
    known, number, found = set(taken), 1, base
    while found in known:
        number += 1
        found = f"{base}_{number}"
    return found
