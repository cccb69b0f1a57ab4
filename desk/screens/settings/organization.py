"""Settings > Organization: the platform's name, zone and main currency."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from accounts.models import Platform
from accounts.services import platforms
from desk.components import format
from desk.components.actions import Action
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.forms.places import LongSelect, currencies, zone_field
from desk.screens.forms import FormScreen
from desk.screens.settings.overview import Card, SettingsPage


class Organization(SettingsPage):
    """What holds for everybody on this platform."""

    title = "Organization"
    permission = "PLATFORM.VIEW"

    def cards(self) -> list[Card]:
        platform = self.operator.platform
        facts = [
            Fact("Name", platform.name),
            Fact("Environment", "Sandbox" if self.operator.is_test else "Live"),
            Fact("Time zone", platform.timezone),
            Fact("Main currency", platform.default_currency),
            Fact("Created", format.day(platform.created_at, self.operator.zone)),
            Fact("ID", platform.public_id, copy=platform.public_id),
        ]
        note = (
            "Desk shows times in this zone. The days and months of an invoice begin in the zone of "
            "its billing entity. The main currency is the one that Home and Insights show first."
        )
        return [Card("This platform", facts, note)]

    def actions(self) -> list[Action]:
        return [
            Action(
                "Edit organization",
                reverse("desk:organization-edit"),
                "PLATFORM.UPDATE",
                "primary",
                "dialog",
                key="e",
            )
        ]


class OrganizationForm(DeskForm):
    """The platform's own fields."""

    name = forms.CharField(help_text="Shown at the top of the menu.", max_length=200)
    timezone = zone_field(label="Time zone", help_text="Desk shows times in it. No period moves.")
    default_currency = forms.ChoiceField(
        help_text="Home and Insights show it first.", label="Main currency", widget=LongSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_currency"].choices = currencies()  # type: ignore[attr-defined]


class EditOrganization(FormScreen):
    """Shown to everybody from the next page on."""

    title = "Edit organization"
    verb = "Save organization"
    message = "Organization saved"
    menu = "organization"
    permission = "PLATFORM.UPDATE"
    form_class = OrganizationForm

    def initial(self) -> dict[str, Any]:
        platform: Platform = self.operator.platform
        return {name: getattr(platform, name) for name in OrganizationForm.base_fields}

    def cancel_url(self) -> str:
        return reverse("desk:organization")

    def save(self, form: Any) -> str:
        platforms.change(ctx=self.operator.ctx, values=form.cleaned_data)
        return self.cancel_url()
