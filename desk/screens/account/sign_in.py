"""Sign-in and sign-out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views import View

from accounts.services import sessions, sign_in
from desk import operators
from desk.forms.account import SignInForm
from desk.screens import replies
from desk.screens.gates import Gate, safe_next
from kit import clock
from kit.api import addresses

NOWHERE = "You do not work on any platform any more. Ask an administrator to let you in again."


class SignIn(Gate):
    """Email and password, throttled per account and per address."""

    title = "Sign in"
    verb = "Sign in"
    form_class = SignInForm
    template = "desk/account/sign_in.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            if operators.of(request) is not None:
                return replies.see_other(safe_next(request, reverse("desk:home")))
            self.lead = NOWHERE
        return super().get(request, *args, **kwargs)

    def enter(self, form: Any) -> HttpResponse:
        now, address = clock.now(), addresses.of(self.request)
        user = sign_in.check(
            request=self.request,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            address=address,
            at=now,
        )
        sessions.open_session(request=self.request, user=user, address=address, at=now)
        return replies.see_other(safe_next(self.request, reverse("desk:home")))

    def show(self, form: Any, *, status: int = 200, **extra: Any) -> HttpResponse:
        return super().show(form, status=status, next=safe_next(self.request, ""), **extra)


class SignOut(View):
    """Ends this browser's session."""

    def post(self, request: HttpRequest) -> HttpResponse:
        sessions.close(request=request)
        return replies.see_other(reverse("desk:sign-in"))
