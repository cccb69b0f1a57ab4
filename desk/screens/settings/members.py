"""What can be done with one member: another role, out, in again, a password link."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts.models import Membership, Role
from accounts.services import memberships, passwords
from desk.components.badges import word
from desk.components.facts import Fact
from desk.forms.roles import RoleForm
from desk.screens.forms import FormScreen, shown_once
from kit.errors import NotFound


class MemberForm(FormScreen):
    """A change of one member."""

    permission = "USER.MORTAL.UPDATE"
    menu = "users"

    @property
    def member(self) -> Membership:
        rows = Membership.objects.for_platform(self.operator.platform).select_related("user")
        row: Membership | None = rows.filter(public_id=self.kwargs["pk"]).first()
        if row is None:
            raise NotFound("There is no such user.")
        return row

    def subject(self) -> Membership:
        return self.member

    def cancel_url(self) -> str:
        return reverse("desk:users")

    def facts(self) -> list[Fact]:
        member = self.member
        return [Fact("User", member.user.email), Fact("Role", word(member.role))]


class ChangeRole(MemberForm):
    """Another role, from the next click on."""

    title = "Change role"
    verb = "Change role"
    message = "Role changed"
    form_class = RoleForm

    def initial(self) -> dict[str, Any]:
        return {"role": self.member.role}

    def save(self, form: Any) -> str:
        memberships.change_role(
            ctx=self.operator.ctx,
            instance=self.member,
            role=Role(form.cleaned_data["role"]),
            by=self.operator.membership,
        )
        return self.cancel_url()


class Deactivate(MemberForm):
    """Shuts a member out; undone by Reactivate."""

    title = "Deactivate this user?"
    verb = "Deactivate user"
    verb_style = "solid-bad"

    def consequences(self) -> list[tuple[str, str]]:
        return [
            ("lock", "They cannot open this platform any more, from their next click on."),
            ("undo", "Their changes stay on record, and you can reactivate them."),
        ]

    def save(self, form: Any) -> HttpResponse:
        member = self.member
        memberships.deactivate(ctx=self.operator.ctx, instance=member, by=self.operator.membership)
        undo = reverse("desk:user-reactivate", args=[member.public_id])
        return self.done(self.cancel_url(), "User deactivated", undo=undo)


class Reactivate(MemberForm):
    """The reverse of Deactivate: a plain POST."""

    title = "Reactivate this user?"
    verb = "Reactivate user"
    message = "User reactivated"

    def save(self, form: Any) -> str:
        memberships.reactivate(ctx=self.operator.ctx, instance=self.member, by=self.operator.membership)
        return self.cancel_url()


class ResetLink(MemberForm):
    """A link with which the member chooses a new password."""

    title = "Make a password link?"
    verb = "Make the link"
    description = "Whoever has the link can choose the password of this user. It works once, for three days."

    def save(self, form: Any) -> HttpResponse:
        member = self.member
        who, proof = passwords.token_for_member(membership=member, by=self.operator.membership)
        link = self.request.build_absolute_uri(reverse("desk:reset", args=[who, proof]))
        return shown_once(self, link, f"Password link for {member.user.email}", "It is shown only now.")
