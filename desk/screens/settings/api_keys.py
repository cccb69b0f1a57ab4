"""Settings > API keys: made and shown once, rotated with an overlap, revoked.

Keys live by wall time, whatever the platform's test clock says.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from accounts.models import ApiKey, KeyRole
from accounts.services import api_keys, audit
from desk import palette
from desk.components.actions import Action, offered
from desk.components.badges import word
from desk.components.empty import Empty
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.palette import Jump
from desk.screens.forms import FormScreen, shown_once
from desk.screens.lists import ListScreen
from desk.tables import Choice, Code, Column, Moment, Status, Table
from kit import clock
from kit.errors import InvalidField, NotFound

ROLES = [(role.value, word(role.value)) for role in KeyRole]
OVERLAPS = [("0", "Stops now"), ("1", "1 hour"), ("24", "1 day"), ("168", "7 days")]


def _status(key: ApiKey) -> str:
    if key.revoked_at:
        return "REVOKED"
    return "EXPIRED" if key.expires_at and key.expires_at <= clock.now() else "ACTIVE"


class ApiKeys(ListScreen):
    """Every key of the platform; the secret itself is nowhere stored."""

    permission = "USER.API.VIEW"
    drawer = "desk/settings/api_key.html"
    empty = Empty("Create a key to use the API", "A program identifies itself with a key in X-API-KEY.")
    table = Table(
        key="api-keys",
        one="API key",
        many="API keys",
        default="-created",
        columns=[
            Column(name="name", label="Name", of="name", sort="name"),
            Code(name="hint", label="Starts with", of="hint"),
            Column(name="role", label="Role", of=lambda key: word(key.role)),
            Moment(name="used", label="Last used", of="last_used_at", sort="last_used_at"),
            Moment(name="expires", label="Expires", of="expires_at", sort="expires_at"),
            Moment(name="created", label="Created", of="created_at", sort="created_at"),
            Status(name="status", of=_status),
        ],
        filters=[
            Choice(
                name="role",
                label="Role",
                path="role",
                choices=ROLES,
            )
        ],
        search=("name", "hint"),
    )

    def rows(self) -> QuerySet[Any]:
        return ApiKey.objects.for_platform(self.operator.platform)

    def actions(self) -> list[Action]:
        url = reverse("desk:api-key-new")
        return [Action("New API key", url, "USER.API.CREATE", "primary", "dialog", key="n")]

    def drawer_context(self, row: Any) -> dict[str, Any]:
        actions = [] if row.revoked_at else _key_actions(row)
        return {"drawer_actions": offered(actions, self.operator)}


def _key_actions(key: ApiKey) -> list[Action]:
    rotate, revoke = (reverse(f"desk:api-key-{verb}", args=[key.public_id]) for verb in ("rotate", "revoke"))
    return [
        Action("Rotate", rotate, "USER.API.UPDATE", opens="dialog"),
        Action("Revoke", revoke, "USER.API.UPDATE", "bad", "dialog"),
    ]


class KeyForm(DeskForm):
    """A name and a role."""

    name = forms.CharField(max_length=200, help_text="What uses it, such as Production ingest")
    role = forms.ChoiceField(
        help_text="What requests with this key may do.",
        choices=[
            ("ADMINISTRATOR", "Administrator: reads and changes everything"),
            ("READ_ONLY", "Read only"),
        ],
        widget=forms.RadioSelect,
    )


class KeyScreen(FormScreen):
    """What the forms of keys share."""

    menu = "api-keys"
    permission = "USER.API.UPDATE"

    def cancel_url(self) -> str:
        return reverse("desk:api-keys")

    @property
    def key(self) -> ApiKey:
        rows = ApiKey.objects.for_platform(self.operator.platform)
        row: ApiKey | None = rows.filter(public_id=self.kwargs["pk"], revoked_at__isnull=True).first()
        if row is None:
            raise NotFound("There is no such key, or it was revoked.")
        return row

    def note(self, action: str, key: ApiKey) -> None:
        """Put the change of a key on the audit trail."""
        audit.record(
            ctx=self.operator.ctx,
            action=action,
            object_type=ApiKey.object_type,
            object_id=key.public_id,
            after={"name": key.name, "role": key.role},
        )


class NewKey(KeyScreen):
    """Shows the secret, once."""

    title = "New API key"
    verb = "Create API key"
    permission = "USER.API.CREATE"
    form_class = KeyForm

    def initial(self) -> dict[str, Any]:
        return {"role": KeyRole.ADMINISTRATOR}

    def save(self, form: Any) -> HttpResponse:
        key, secret = api_keys.issue(
            platform=self.operator.platform,
            name=form.cleaned_data["name"],
            at=clock.now(),
            role=KeyRole(form.cleaned_data["role"]),
        )
        self.note("CREATED", key)
        return shown_once(self, secret, f"API key {key.name}", "Copy it now: it is shown only this once.")


class RotateForm(DeskForm):
    """How long the old key keeps working."""

    overlap = forms.ChoiceField(
        help_text="How long requests with it are still answered.",
        label="The old key",
        choices=OVERLAPS,
        widget=forms.RadioSelect,
    )


class Rotate(KeyScreen):
    """A successor with the same powers."""

    title = "Rotate this key"
    verb = "Rotate key"
    form_class = RotateForm

    def initial(self) -> dict[str, Any]:
        return {"overlap": "24"}

    def facts(self) -> list[Fact]:
        return [Fact("Key", self.key.name), Fact("Starts with", self.key.hint)]

    def save(self, form: Any) -> HttpResponse:
        overlap = timedelta(hours=int(form.cleaned_data["overlap"]))
        key, secret = api_keys.rotate(key=self.key, at=clock.now(), overlap=overlap)
        self.note("CREATED", key)
        return shown_once(self, secret, f"API key {key.name}", "Copy it now: it is shown only this once.")


class RevokeForm(DeskForm):
    """The key's name, typed."""

    name = forms.CharField(
        help_text="As it is shown above, capitals included.",
        label="Type the key's name to confirm",
        strip=True,
    )


class Revoke(KeyScreen):
    """Stops a key at once, for good."""

    title = "Revoke this key?"
    verb = "Revoke key"
    verb_style = "solid-bad"
    keep = "Keep key"
    form_class = RevokeForm
    message = "API key revoked"

    def facts(self) -> list[Fact]:
        return [Fact("Key", self.key.name), Fact("Starts with", self.key.hint)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("lock", "Programs that use it are refused at once. This cannot be undone.")]

    def save(self, form: Any) -> str:
        key = self.key
        if form.cleaned_data["name"] != key.name:
            raise InvalidField(f"Type {key.name}, exactly as it is written", field="name")
        api_keys.revoke(key=key, at=clock.now())
        self.note("DELETED", key)
        return self.cancel_url()


palette.register(Jump("New API key", "api-key-new", "USER.API.CREATE"))
