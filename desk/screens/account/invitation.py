"""Accept an invitation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.context import Context
from accounts.models import Invitation, User
from accounts.services import clock as platform_clock
from accounts.services import invitations, sessions
from desk.components.badges import word
from desk.forms.account import AcceptForm, KnownAcceptForm
from desk.operators import PLATFORM_KEY
from desk.screens import replies
from desk.screens.gates import Gate
from kit import clock
from kit.api import addresses
from kit.errors import NotFound


class Accept(Gate):
    """``/desk/invitation/<secret>/``."""

    title = "Join"
    verb = "Join"
    template = "desk/account/forgot.html"
    invitation: Invitation

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.invitation = invitations.find(secret=kwargs["secret"], at=clock.now())
        except NotFound as error:
            self.lead, self.title = error.message, "Invitation"
            return self.show(None, status=404)
        known = User.objects.filter(email=self.invitation.email).exists()
        self.form_class = KnownAcceptForm if known else AcceptForm
        self.title = f"Join {self.invitation.platform.name}"
        self.lead = f"As {word(self.invitation.role)}, with {self.invitation.email}."
        return super().dispatch(request, *args, **kwargs)

    def enter(self, form: Any) -> HttpResponse:
        platform, now = self.invitation.platform, clock.now()
        user = invitations.accept(
            request=self.request,
            secret=self.kwargs["secret"],
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            at=now,
            ctx=Context(
                platform=platform,
                at=platform_clock.now(platform),
                actor_type="USER",
                actor=self.invitation.email,
            ),
        )
        sessions.open_session(request=self.request, user=user, address=addresses.of(self.request), at=now)
        self.request.session[PLATFORM_KEY] = platform.public_id
        return replies.see_other(reverse("desk:home"))
