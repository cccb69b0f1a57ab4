"""Sign-in, invitation, password."""

from __future__ import annotations

from typing import Any

from django import forms

from desk.forms.base import DeskForm


class SignInForm(DeskForm):
    """Email and password; password managers and paste are welcome."""

    email = forms.EmailField(
        label="Email", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class EmailForm(DeskForm):
    """Whose password was forgotten."""

    email = forms.EmailField(
        help_text="The one you sign in with. The link to a new password goes there.",
        label="Email",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class NewPasswordForm(DeskForm):
    """A password, typed once; it can be shown by the browser."""

    password = forms.CharField(
        label="New password",
        strip=False,
        help_text="At least 8 characters, and not a common word.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AcceptForm(DeskForm):
    """Joining a platform: a new person gives a name and a password, a known one the password."""

    name = forms.CharField(
        help_text="As other members see it.",
        label="Your name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        help_text="At least 8 characters, and not a common word.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class KnownAcceptForm(DeskForm):
    """Joining with an account that exists."""

    password = forms.CharField(
        help_text="You have an account already: the password you sign in with.",
        label="Password of your account",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or {}), "name": ""}
