"""Sign-in and what surrounds it."""

from __future__ import annotations

from django import forms

from desk.forms.base import DeskForm


class SignInForm(DeskForm):
    """E-mail and password; password managers and paste are welcome."""

    email = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
