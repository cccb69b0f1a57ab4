"""Settings > My profile: how Desk looks to me, my password, where I am signed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.services import passwords, sessions
from desk.components.agents import browser
from desk.forms.base import DeskForm
from desk.models import Density, Shortcuts, Theme
from desk.screens import replies
from desk.screens.base import Screen
from desk.screens.forms import FormScreen
from desk.services import preferences
from kit import clock


class ProfileForm(DeskForm):
    """The member's preferences."""

    name = forms.CharField(
        help_text="Shown in place of your email.", label="Your name", max_length=200, required=False
    )
    theme = forms.ChoiceField(
        help_text="The colors of Desk, for you only.", choices=Theme.choices, widget=forms.RadioSelect
    )
    density = forms.ChoiceField(
        help_text="How close the rows of lists stand, for you only.",
        choices=Density.choices,
        widget=forms.RadioSelect,
    )
    shortcuts = forms.ChoiceField(
        label="Single-key shortcuts",
        choices=Shortcuts.choices,
        widget=forms.RadioSelect,
        help_text="Ctrl/⌘ K and Ctrl/⌘ Enter always work.",
    )


class Profile(FormScreen):
    """Preferences and sessions on one page."""

    title = "My profile"
    template = "desk/settings/profile.html"
    form_class = ProfileForm
    verb = "Save profile"
    message = "Profile saved"

    def initial(self) -> dict[str, Any]:
        mine = self.operator.preference
        return {
            "name": self.operator.user.name,
            "theme": mine.theme,
            "density": mine.density,
            "shortcuts": mine.shortcuts,
        }

    def save(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        preferences.rename(user=self.operator.user, name=values.pop("name"))
        preferences.change(platform=self.operator.platform, user=self.operator.user, **values)
        return reverse("desk:profile")

    def cancel_url(self) -> str:
        return reverse("desk:settings")

    def context(self, **extra: Any) -> dict[str, Any]:
        found = sessions.of_user(user=self.operator.user, at=clock.now())
        here = self.request.session.session_key
        rows = [(row, browser(row.agent), row.session_id == here) for row in found]
        return super().context(sessions=rows, **extra)


class PasswordForm(DeskForm):
    """The password there is, and the one to come."""

    current = forms.CharField(
        help_text="To make sure that it is you.",
        label="Your password now",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label="New password",
        strip=False,
        help_text="At least 8 characters, and not a common word.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ChangePassword(FormScreen):
    """Another password, for someone who knows theirs."""

    title = "Change your password"
    form_class = PasswordForm
    verb = "Change password"
    message = "Password changed"
    description = "Every other browser in which you are signed in is signed out."

    def cancel_url(self) -> str:
        return reverse("desk:profile")

    def save(self, form: Any) -> str:
        user, key = self.operator.user, self.request.session.session_key or ""
        passwords.change(user=user, keep=key, **form.cleaned_data)
        sessions.renew(request=self.request, user=user)
        return self.cancel_url()


class EndSession(Screen):
    """Ends one other session of this person."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        is_ended = sessions.close_one(user=self.operator.user, pk=pk)
        replies.toast(request, "Browser signed out" if is_ended else "It was signed out already")
        return replies.see_other(reverse("desk:profile"))


class SignOutEverywhere(Screen):
    """Ends every other session of this person."""

    def post(self, request: HttpRequest) -> HttpResponse:
        count = sessions.close_all(user=self.operator.user, keep=request.session.session_key or "")
        replies.toast(request, f"Signed out of {count} other {'browser' if count == 1 else 'browsers'}")
        return replies.see_other(reverse("desk:profile"))
