"""Forms of Desk: Django forms with labels above, hints, an error summary, and the services' errors.

``wide`` puts a field on its own row whatever its neighbors; ``rows`` groups names side by side.
``folded`` names long lists of boxes that open only when asked, so that Tab need not pass each box.
``api_names`` maps a service error's dotted field to a field of the form, where the names differ.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField

from desk.forms import numbers
from kit.errors import InvalidField, TallydeskError

LAST_DAY = "9999-12-31"  # of a year with four digits: its field goes on after the fourth
NO_SPACES = RegexValidator(r"^\S*\Z", "Reference must have no spaces")
REFERENCE_HINT = "Your own key for it. No spaces; unique on this platform."


class DeskForm(forms.Form):
    """A form whose fields render through ``desk/ui/field.html``."""

    use_required_attribute = False
    api_names: ClassVar[dict[str, str]] = {}
    rows: ClassVar[tuple[tuple[str, ...], ...]] = ()
    folded: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            dress(field, name)

    def refuse(self, error: TallydeskError) -> None:
        """Put a service's error on the field it names, or over the form, as a sentence."""
        name, message = self.field_of(error.field or ""), error.message
        if message[:1].islower():  # the API's reader has the field beside it
            message = f"{self.fields[name].label} {message}" if name else message[:1].upper() + message[1:]
        self.add_error(name, message)

    def field_of(self, path: str) -> str | None:
        """The form's field for the API's dotted ``path``: the longest name that fits."""
        parts = path.split(".")
        while parts:
            known = ".".join(parts)
            name = self.api_names.get(known, known.replace(".", "_"))
            if name in self.fields:
                return name
            parts.pop()
        return None

    def groups(self) -> list[list[BoundField]]:
        """The visible fields in rows: those of ``rows`` side by side, every other alone."""
        beside = {name: row for row in self.rows for name in row if row[0] == name}
        follows = {name for row in self.rows for name in row[1:]}
        return [
            [self[name] for name in beside.get(field.name, (field.name,))]
            for field in self.visible_fields()
            if field.name not in follows
        ]

    def problems(self) -> list[tuple[str, str, str]]:
        """(field id, of boxes the first, or nothing; label; message) of every error, in the form's order."""
        found = [("", "", str(message)) for message in self.non_field_errors()]
        for field in self:
            target = field.id_for_label or (f"{field.auto_id}_0" if len(field) else "")
            found += [(target, str(field.label), str(message)) for message in field.errors]
        return found


class ExactDecimalField(forms.CharField):
    """A decimal as text, exact to 12 places, written as ``numbers`` reads it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.update({"data-number": "", "inputmode": "decimal", "class": "input num r"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = str(super().to_python(value) or "")
        if not text:
            return None
        try:
            return numbers.exact(text, field="value")
        except InvalidField as error:
            raise forms.ValidationError(f"{self.label} {error.message}.") from error


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date", "max": LAST_DAY}, format="%Y-%m-%d")
        errors = {"invalid": "Enter a date such as 2026-08-14"}
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=errors, **kwargs)


class ReferenceField(forms.CharField):
    """A reference, suggested from the field ``follows`` until someone edits it."""

    def __init__(self, *, follows: str = "name", **kwargs: Any) -> None:
        kwargs.setdefault("label", "Reference")
        kwargs.setdefault("help_text", REFERENCE_HINT)
        super().__init__(max_length=256, validators=[NO_SPACES], **kwargs)
        self.widget.attrs.update({"data-follows": follows, "data-suggested": "", "class": "input mono"})


def dress(field: forms.Field, name: str) -> None:
    attrs = field.widget.attrs
    if not isinstance(field.widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        attrs.setdefault("class", "input")
    if field.label is None:
        field.label = name.replace("_", " ").capitalize()
    if field.error_messages.get("required", "This field").startswith("This field"):
        label = str(field.label)
        # "Enter name", and "Enter URL": an abbreviation stays as it is.
        field.error_messages["required"] = (
            f"Enter {label if label[:2].isupper() else label[:1].lower() + label[1:]}"
        )
