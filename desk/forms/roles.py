"""A role, chosen with its meaning beside it."""

from __future__ import annotations

from django import forms

from accounts.models import Role
from accounts.permissions import MEANINGS
from desk.components.badges import word
from desk.forms.base import DeskForm


class RoleForm(DeskForm):
    """One of the roles, with what it means."""

    role = forms.ChoiceField(
        help_text="What this member may see and do on this platform.",
        choices=[(role.value, f"{word(role.value)}. {MEANINGS[role]}") for role in Role],
        widget=forms.RadioSelect,
    )
