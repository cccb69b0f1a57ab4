"""Invite someone, and withdraw an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import Invitation, Role
from accounts.services import invitations, mail
from desk import palette
from desk.components.badges import word
from desk.forms.roles import RoleForm
from desk.palette import Jump
from desk.screens.base import Screen
from desk.screens.forms import FormScreen, shown_once
from kit import clock
from kit.errors import NotFound


class InviteForm(RoleForm):
    """An address and a role."""

    email = forms.EmailField(help_text="They sign in with it.", label="Email")
    field_order = ["email", "role"]


class Invite(FormScreen):
    """Makes a link; mailed when a mail server is set up, shown once in any case."""

    title = "Invite user"
    permission = "USER.MORTAL.CREATE"
    menu = "users"
    form_class = InviteForm
    verb = "Invite user"

    def initial(self) -> dict[str, Any]:
        return {"role": Role.READ_ONLY}

    def cancel_url(self) -> str:
        return reverse("desk:users")

    def save(self, form: Any) -> HttpResponse:
        invitation, secret = invitations.invite(
            ctx=self.operator.ctx,
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            by=self.operator.membership,
            at=clock.now(),
        )
        link = self.request.build_absolute_uri(reverse("desk:invitation", args=[secret]))
        return shown_once(self, link, f"Invitation for {invitation.email}", self._mailed(invitation, link))

    def _mailed(self, invitation: Invitation, link: str) -> str:
        if not mail.is_set_up():
            return "No mail is set up: hand over this link. It is shown only now and works for 7 days."
        subject = f"Join {self.operator.platform.name} on Tallydesk"
        inviter, role = self.operator.user, word(invitation.role)
        text = (
            f"{inviter.name or inviter.email} invites you to {self.operator.platform.name} on Tallydesk, "
            f"as {role}.\n\nJoin here within 7 days:\n\n{link}\n"
        )
        if not mail.send(to=invitation.email, subject=subject, text=text):
            return "It could not be mailed: hand over this link. It is shown only now and works for 7 days."
        return "It was mailed. This is the same link, shown only now; it works for 7 days."


class Withdraw(Screen):
    """Makes an invitation's link worthless."""

    permission = "USER.MORTAL.CREATE"

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        row = Invitation.objects.for_platform(self.operator.platform).filter(public_id=pk).first()
        if row is None:
            raise NotFound("There is no such invitation.")
        invitations.revoke(ctx=self.operator.ctx, instance=row)
        return self.done(reverse("desk:users"), "Invitation withdrawn")


palette.register(Jump("Invite user", "user-invite", "USER.MORTAL.CREATE"))
