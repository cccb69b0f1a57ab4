"""Settings > Users & roles: who works here, as what."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Invitation, Membership, Role
from accounts.permissions import MEANINGS
from desk.components.actions import Action, offered
from desk.components.badges import word
from desk.components.empty import Empty
from desk.screens.lists import ListScreen
from desk.tables import Choice, Column, Moment, Status, Table

ROLES = [(role.value, word(role.value)) for role in Role]


def _status(row: Any) -> str:
    return "DEACTIVATED" if row.deactivated_at else "ACTIVE"


def _by_state(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    if len(values) != 1:
        return rows
    return rows.filter(deactivated_at__isnull=values[0] == "ACTIVE")


class Users(ListScreen):
    """Every member; a row opens what can be done with them."""

    permission = "USER.MORTAL.VIEW"
    drawer = "desk/settings/user.html"
    empty = Empty("Invite the first user", "People work on a platform in a role that you choose.")
    table = Table(
        key="users",
        one="user",
        many="users",
        default="name",
        columns=[
            Column(
                name="name",
                label="Name",
                of=lambda row: row.user.name or row.user.email,
                more=lambda row: row.user.email if row.user.name else "",
                sort="user__email",
                exports=[("Name", "user.name"), ("Email", "user.email")],
            ),
            Column(name="role", label="Role", of=lambda row: word(row.role), sort="role"),
            Moment(name="seen", label="Last active", of="last_seen_at", sort="last_seen_at"),
            Moment(name="since", label="Since", of="created_at", sort="created_at", optional=True),
            Status(name="status", of=_status),
        ],
        filters=[
            Choice(name="role", label="Role", path="role", choices=ROLES),
            Choice(
                name="state",
                label="State",
                choices=[("ACTIVE", "Active"), ("DEACTIVATED", "Deactivated")],
                narrow=_by_state,
            ),
        ],
        search=("user__email", "user__name"),
    )

    def rows(self) -> QuerySet[Any]:
        return Membership.objects.for_platform(self.operator.platform).select_related("user")

    def actions(self) -> list[Action]:
        url = reverse("desk:user-invite")
        return [Action("Invite user", url, "USER.MORTAL.CREATE", "primary", "dialog", key="n")]

    def drawer_context(self, row: Any) -> dict[str, Any]:
        return {
            "drawer_actions": offered(_member_actions(row), self.operator),
            "means": MEANINGS[Role(row.role)],
        }

    def context(self, **extra: Any) -> dict[str, Any]:
        waiting = Invitation.objects.for_platform(self.operator.platform).filter(
            accepted_at__isnull=True, revoked_at__isnull=True
        )
        open_ones = list(waiting.order_by("-pk"))
        return super().context(
            invitations=[(row, row.expires_at <= self.operator.at) for row in open_ones], **extra
        )

    template = "desk/settings/users.html"


def _member_actions(row: Membership) -> list[Action]:
    def named(name: str) -> str:
        return reverse(f"desk:{name}", args=[row.public_id])

    if row.deactivated_at:
        return [Action("Reactivate", named("user-reactivate"), "USER.MORTAL.UPDATE", posts=True)]
    return [
        Action("Change role", named("user-role"), "USER.MORTAL.UPDATE", opens="dialog"),
        Action("Password link", named("user-reset"), "USER.MORTAL.UPDATE", opens="dialog"),
        Action("Deactivate", named("user-deactivate"), "USER.MORTAL.UPDATE", "bad", "dialog"),
    ]
