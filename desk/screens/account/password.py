"""A forgotten password: ask for a link, use it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.models import AttemptKind, User
from accounts.services import attempts, mail, passwords
from desk.forms.account import EmailForm, NewPasswordForm
from desk.screens.gates import Gate
from kit import clock
from kit.api import addresses
from kit.errors import NotFound

ASKED = "If there is an account with this address, a link is on its way. It works once, for three days."
NO_MAIL = "No mail is set up here. Ask an administrator for a link: Settings, Users & roles."


class Forgot(Gate):
    """Says the same whether the account exists or not, and is throttled like sign-in."""

    title = "Reset your password"
    verb = "Send a link"
    form_class = EmailForm
    template = "desk/account/forgot.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if mail.is_set_up():
            return super().get(request, *args, **kwargs)
        self.lead = NO_MAIL
        return self.show(None)

    def enter(self, form: Any) -> HttpResponse:
        email, address = form.cleaned_data["email"].strip().lower(), addresses.of(self.request)
        attempts.count(kind=AttemptKind.RESET_LINK, email=email, address=address, at=clock.now())
        user = User.objects.filter(email=email, is_active=True).first()
        if user is not None and mail.is_set_up():
            link = self.request.build_absolute_uri(reset_path(user))
            mail.send(to=email, subject="Reset your password", text=f"Choose a new password:\n\n{link}\n")
        self.lead = ASKED
        return self.show(None)


class Reset(Gate):
    """``/desk/reset/<who>/<proof>/``."""

    title = "Choose a new password"
    verb = "Set password"
    form_class = NewPasswordForm
    template = "desk/account/forgot.html"
    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.user = passwords.user_of(who=kwargs["who"], proof=kwargs["proof"])
        except NotFound as error:
            self.lead = error.message
            return self.show(None, status=404)
        return super().dispatch(request, *args, **kwargs)

    def enter(self, form: Any) -> HttpResponse:
        passwords.reset(user=self.user, password=form.cleaned_data["password"])
        self.lead = "Your password is set, and every browser was signed out. Sign in with the new one."
        return self.show(None)


def reset_path(user: User) -> str:
    """The path of a fresh reset link."""
    who, proof = passwords.token(user=user)
    return reverse("desk:reset", args=[who, proof])
