"""The forms of a migration to another version: from where to where, and how many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from catalog.models import PricingPlanVersion
from desk.components.filters import midnight
from desk.forms.base import DeskForm

NEXT, ON_A_DAY = "NEXT", "DAY"


class GoingOver(DeskForm):
    """To which version, and when: what every migration asks."""

    to_version = forms.ChoiceField(label="To", help_text="An active version.")
    when = forms.ChoiceField(
        label="When",
        widget=forms.RadioSelect,
        choices=[(NEXT, "Each at its next billing period"), (ON_A_DAY, "All on one day")],
        initial=NEXT,
    )
    day = forms.DateField(
        label="Day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="For all on one day. A period that it cuts is prorated.",
    )
    api_names = {"to_pricing_plan_version_id": "to_version", "start_at": "day"}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("when") == ON_A_DAY and not values.get("day") and "day" not in self.errors:
            self.add_error("day", "Enter the day on which all go over")
        return values

    def start(self, zone: ZoneInfo) -> datetime | None:
        """Midnight of the chosen day, where all go over on one."""
        values = getattr(self, "cleaned_data", {})
        if values.get("when") != ON_A_DAY or not values.get("day"):
            return None
        return midnight(values["day"], zone)


class MigrationForm(GoingOver):
    """``sources`` and ``targets`` are the versions to choose from, newest first."""

    from_version = forms.ChoiceField(label="From", help_text="Whose subscriptions are to move.")
    field_order = ("from_version", "to_version", "when", "day")
    rows = (("from_version", "to_version"),)
    api_names = {
        **GoingOver.api_names,
        "from_pricing_plan_version_id": "from_version",
        "pricing_plan_subscription_ids": "from_version",
    }

    def __init__(
        self,
        *args: Any,
        sources: Sequence[PricingPlanVersion],
        targets: Sequence[PricingPlanVersion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {each.public_id: each for each in (*sources, *targets)}
        for name, offered in (("from_version", sources), ("to_version", targets)):
            choices = [(each.public_id, f"Version {each.version}") for each in offered]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class ChosenForm(GoingOver):
    """The same for subscriptions that are chosen already; ``targets`` come with their plans."""

    api_names = {**GoingOver.api_names, "pricing_plan_subscription_ids": "to_version"}

    def __init__(self, *args: Any, targets: Sequence[PricingPlanVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {each.public_id: each for each in targets}
        self.fields["to_version"].choices = [  # type: ignore[attr-defined]
            (key, f"{each.pricing_plan.name or each.pricing_plan.reference} v{each.version}")
            for key, each in self.versions.items()
        ]


class BatchForm(DeskForm):
    """How many subscriptions to migrate now."""

    at_most = forms.IntegerField(
        label="At most (optional)",
        required=False,
        min_value=1,
        help_text="The first so many, to begin with a few. Empty: all that are fit.",
    )
