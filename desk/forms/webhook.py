"""The form of an endpoint; what the API takes of it."""

from __future__ import annotations

from typing import Any

from django import forms

from desk.components.badges import word
from desk.forms.base import DeskForm, ReferenceField
from webhooks.models import AuthenticationType
from webhooks.services import actions

AUTHENTICATION = [
    (AuthenticationType.NONE.value, "The signature is enough"),
    (AuthenticationType.PASSWORD.value, "User name and password"),
    (AuthenticationType.API_KEY.value, "A key in a header"),
]


class WebhookForm(DeskForm):
    """An endpoint. Secrets left empty stay as they are."""

    rows = (("username", "password"), ("api_header_field", "api_key"))

    name = forms.CharField(max_length=200, help_text="What hears it, such as Ledger")
    reference = ReferenceField()
    url = forms.CharField(
        label="URL",
        max_length=2000,
        help_text="Where events are posted, such as https://ledger.example/hooks",
    )
    included_actions = forms.MultipleChoiceField(
        label="Events",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What it hears of. Choose nothing to hear of everything.",
    )
    authentication_type = forms.ChoiceField(
        help_text="How each delivery proves who sent it.",
        label="Authentication",
        choices=AUTHENTICATION,
        widget=forms.RadioSelect,
        required=False,
    )
    username = forms.CharField(
        help_text="For a user name and password.", label="User name", max_length=200, required=False
    )
    password = forms.CharField(
        help_text="Leave it empty to keep the stored one.", required=False, widget=forms.PasswordInput
    )
    api_header_field = forms.CharField(
        help_text="For a key, such as X-API-KEY.", label="Header", max_length=100, required=False
    )
    api_key = forms.CharField(
        help_text="Leave it empty to keep the stored one.",
        label="Key",
        required=False,
        widget=forms.PasswordInput,
    )
    active = forms.BooleanField(
        help_text="Clear it to stop deliveries and keep the endpoint.",
        label="Deliver to this endpoint",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["included_actions"].choices = [  # type: ignore[attr-defined]
            (word(str(each["object_type"])), [(name, name) for name in _names(each)])
            for each in actions.catalogue()
        ]

    def values(self) -> dict[str, Any]:
        """The service's fields; secrets only where one was typed."""
        data = dict(self.cleaned_data)
        data["authentication_type"] = data["authentication_type"] or AuthenticationType.NONE.value
        return {name: value for name, value in data.items() if value or name not in ("password", "api_key")}

    def body(self) -> dict[str, Any]:
        """The same as the API takes it: what is empty is left out."""
        return {name: value for name, value in self.values().items() if value not in ("", [])}


def _names(each: dict[str, Any]) -> list[str]:
    return [name if "." in name else f"{each['object_type']}.{name}" for name in each["actions"]]
