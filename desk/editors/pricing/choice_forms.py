"""The forms of what a subscription chooses: how an item is sold, and a group of alternatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from catalog.models import PricingGroup, ProductType, SelectionConstraint
from desk.editors.pricing import choice_words
from desk.forms.base import DeskForm

ALONE, ALL = "ALONE", "ALL"
ALWAYS = (ProductType.DEFAULT.value, "Always. Every subscription has it")
ADDON = (ProductType.ADDON.value, "Add-on. A subscription has it once it is chosen")
DEMANDS = [
    (
        SelectionConstraint.EXACTLY_ONE.value,
        "Exactly one. One must be chosen, and no second beside it",
    ),
    (SelectionConstraint.AT_MOST_ONE.value, "At most one. One of them, or none"),
    (SelectionConstraint.AT_LEAST_ONE.value, "At least one. Several may be chosen, one must be"),
    (SelectionConstraint.ANY.value, "Any. As many as wanted, or none"),
]


class SoldForm(DeskForm):
    """How a subscription gets an item: always, as an add-on, or as one of a group.

    ``beside`` are the items that are priced together with it: it leaves them, or takes them along.
    """

    def __init__(
        self, *args: Any, groups: Sequence[PricingGroup], beside: Sequence[str], **kwargs: Any
    ) -> None:
        several = [(row.public_id, f"{choice_words.name(row)}. {choice_words.demand(row)}") for row in groups]
        fields: dict[str, forms.Field] = {
            "sold": forms.ChoiceField(
                label="A subscription has it", choices=[ALWAYS, ADDON, *several], widget=forms.RadioSelect
            ),
            "name": forms.CharField(
                label="Called, where it is chosen",
                required=False,
                max_length=1000,
                help_text="Such as Gold or Phone support. Empty: by its product.",
            ),
        }
        if beside:
            others, everything = " and ".join(beside), "Both" if len(beside) == 1 else "All of them"
            fields["covers"] = forms.ChoiceField(
                label="This is so for",
                choices=[(ALL, f"{everything}. {others} too"), (ALONE, f"It alone. {others} as before")],
                widget=forms.RadioSelect,
            )
        self.base_fields = fields  # type: ignore[misc]
        super().__init__(*args, **kwargs)


class GroupForm(DeskForm):
    """A group of alternatives: its name, how many of it a subscription may have, and what is in it."""

    api_names = {"selection_constraint": "demand", "product_type": "optional", "pricings": "members"}

    def __init__(
        self, *args: Any, members: Sequence[tuple[str, str]], taken: Sequence[str], **kwargs: Any
    ) -> None:
        self.taken = {each.casefold() for each in taken}
        self.base_fields = {  # type: ignore[misc]
            "name": forms.CharField(label="Name", max_length=1000, help_text="Such as Support level."),
            "demand": forms.ChoiceField(
                label="A subscription chooses", choices=DEMANDS, widget=forms.RadioSelect
            ),
            "optional": forms.BooleanField(
                label="A subscription may leave the whole group out",
                required=False,
                help_text="Then it demands something only of those that have one of it.",
            ),
            "members": forms.MultipleChoiceField(
                label="In this group",
                choices=members,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": "Tick what a subscription chooses from"},
            ),
        }
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        found: str = self.cleaned_data["name"]
        if found.casefold() in self.taken:
            raise forms.ValidationError("Another group of this version is called so")
        return found

    def row(self) -> dict[str, Any]:
        """The group as catalog has it, without its pricings."""
        sent = self.cleaned_data
        kind = ProductType.ADDON if sent["optional"] else ProductType.DEFAULT
        return {"name": sent["name"], "selection_constraint": sent["demand"], "product_type": kind.value}


def started(group: PricingGroup, members: Sequence[str]) -> dict[str, Any]:
    """What the form of a group begins with."""
    return {
        "name": group.name or "",
        "demand": group.selection_constraint,
        "optional": group.product_type == ProductType.ADDON,
        "members": list(members),
    }
