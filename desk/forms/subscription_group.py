"""The form of a subscription group: its name, who agreed the prices, and its members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from desk.forms.base import DeskForm, ReferenceField

MEMBERS = "What they use together picks the tiers of each. Everyone keeps an invoice of their own."
OWNER_HINT = "ID or reference of the customer who agreed the prices, such as the parent company."
OTHERS_HINT = "IDs or references, separated by commas: for what is not in the list above."


class SubscriptionGroupForm(DeskForm):
    """``choices`` are (id, label) of subscriptions that can be members."""

    name = forms.CharField(help_text="Such as the name of the parent company.", max_length=500)
    reference = ReferenceField()
    description = forms.CharField(
        help_text="What someone else should know about it.",
        label="Description",
        max_length=2000,
        required=False,
    )
    owner = forms.CharField(label="Owner", max_length=256, required=False, help_text=OWNER_HINT)
    members = forms.MultipleChoiceField(
        label="Subscriptions", required=False, widget=forms.CheckboxSelectMultiple, help_text=MEMBERS
    )
    others = forms.CharField(
        label="Other subscriptions", max_length=20_000, required=False, help_text=OTHERS_HINT
    )
    api_names = {"owner_customer_id": "owner", "pricing_plan_subscription_ids": "members"}

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = list(choices)
        self.fields["members"].choices = found  # type: ignore[attr-defined]
        if not found:
            del self.fields["members"]

    def body(self) -> dict[str, Any]:
        """The API's request."""
        values = self.cleaned_data
        others = [key.strip() for key in values["others"].split(",") if key.strip()]
        return {
            "reference": values["reference"],
            "name": values["name"],
            "description": values["description"],
            "owner_customer_id": values["owner"] or None,
            "pricing_plan_subscription_ids": [*values.get("members", ()), *others],
        }
