"""The forms of a migration to another version: from where to where, and how many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from billing.models import WithoutCounterpart
from catalog.models import PricingPlanVersion
from desk.components.filters import midnight
from desk.forms.base import LAST_DAY, DeskForm
from kit.period import format_instant

NEXT, ON_A_DAY = "NEXT", "DAY"


class GoingOver(DeskForm):
    """To which version, and when: what every migration asks."""

    to_version = forms.ChoiceField(label="To", help_text="An active version.")
    when = forms.ChoiceField(
        help_text="When each subscription begins with the new version.",
        label="When",
        widget=forms.RadioSelect,
        choices=[(NEXT, "Each at its next billing period"), (ON_A_DAY, "All on one day")],
        initial=NEXT,
    )
    day = forms.DateField(
        label="Day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "max": LAST_DAY}),
        help_text="For all on one day. A period that it cuts is prorated.",
    )
    without_counterpart = forms.ChoiceField(
        label="What the new version has no place for",
        widget=forms.RadioSelect,
        choices=[
            (WithoutCounterpart.BLOCK, "Keep the subscription where it is, and say why"),
            (WithoutCounterpart.DROP, "Migrate it without: the dry run lists what it loses"),
        ],
        initial=WithoutCounterpart.BLOCK,
        required=False,
        help_text="Own prices, discounts, commitments, seats and add-ons of a price that it lacks.",
    )
    api_names = {"to_pricing_plan_version_id": "to_version", "start_at": "day"}

    def body(self, zone: ZoneInfo) -> dict[str, Any]:
        """What the API's request says of it, beside the versions."""
        start, lost = self.start(zone), self["without_counterpart"].value()
        when = {"start_at": format_instant(start)} if start else {}
        return when | ({"without_counterpart": lost} if lost == WithoutCounterpart.DROP else {})

    def clean_without_counterpart(self) -> str:
        return str(self.cleaned_data["without_counterpart"] or WithoutCounterpart.BLOCK)

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
    field_order = ("from_version", "to_version", "when", "day", "without_counterpart")
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
        label="At most",
        required=False,
        min_value=1,
        help_text="The first so many, to begin with a few. Empty: all that are fit.",
    )
