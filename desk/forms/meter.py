"""The forms of a meter and of what it carries: values, properties, calculations."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from desk.editors import meter_rows, meters
from desk.editors.meters import Known
from desk.editors.products import slug
from desk.forms.base import DeskForm, ReferenceField


class EditMeterForm(DeskForm):
    """A meter's own fields."""

    name = forms.CharField(help_text="What is counted, such as API calls.", max_length=1000)
    reference = ReferenceField(help_text="Events name it. It changes only while the meter is a draft.")
    description = forms.CharField(
        help_text="What someone else should know about it.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    rows = (("name", "reference"),)


class RowForm(DeskForm):
    """One value or property for a meter: an existing one, or a new one."""

    KIND: ClassVar[str] = "values"

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        build = meters.value_fields if self.KIND == "values" else meters.property_fields
        self.base_fields = build(known, "name")  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("existing") in ("", meters.NEW):
            if not values.get("name"):
                self.add_error("name", "Enter a name, or choose an existing one")
            values["reference"] = values.get("reference") or slug(values.get("name", ""))
            if values.get("type") == "ENUM" and not meter_rows.words_of(values.get("words", "")):
                self.add_error("words", "Enter at least one allowed value")
        return values


class PropertyForm(RowForm):
    """A property."""

    KIND = "properties"


class CalculationForm(DeskForm):
    """One calculation over what the meter carries."""

    rows = (("type", "source"),)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        self.base_fields = meters.calculation_fields(choices)  # type: ignore[misc]
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        meters.check_sentence(self, values, "")
        return values
