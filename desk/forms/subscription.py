"""What a subscription is called, and what stays open while it runs: in the editor and by itself."""

from __future__ import annotations

from typing import Any

from django import forms

from desk.editors.subscription_words import term_choices, term_of
from desk.forms.base import DeskForm, ReferenceField


class NamedForm(DeskForm):
    """What it is called."""

    name = forms.CharField(
        help_text="As lists show it. Empty: the plan's name.", max_length=500, required=False
    )


class OpenTermsForm(NamedForm):
    """What may change at any time; ``fields`` are those of the service."""

    reference = ReferenceField(follows="name", required=False, help_text="Your own key. Empty: none.")
    purchase_order_number = forms.CharField(
        help_text="The customer's own, for its invoices.", label="PO number", max_length=200, required=False
    )
    term = forms.ChoiceField(
        help_text="How long after the invoice date.", label="Payment due", required=False
    )
    on_hold = forms.BooleanField(
        label="Its invoices begin on hold",
        required=False,
        help_text="Such a draft takes usage as any other, and becomes final only after someone releases it.",
    )
    api_names = {"due_date_configuration": "term", "init_invoice_on_hold": "on_hold"}
    rows = (("name", "reference"), ("purchase_order_number", "term"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = term_choices(self.initial.get("term") or "")
        self.fields["term"].choices = terms  # type: ignore[attr-defined]

    def open_terms(self) -> dict[str, Any]:
        """What a valid form says."""
        values = self.cleaned_data
        return {
            "name": values["name"],
            "reference": values["reference"] or None,
            "purchase_order_number": values["purchase_order_number"],
            "due_date_configuration": term_of(values["term"]),
            "init_invoice_on_hold": values["on_hold"],
        }
