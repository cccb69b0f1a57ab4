"""Who sits at the screen: a user, the platform they work on, and what their role allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from accounts.context import Context
from accounts.models import Environment, Membership, Platform, User
from accounts.permissions import member_allows
from accounts.services import clock
from desk.models import Preference
from kit import clock as wall_clock

PLATFORM_KEY = "platform"
SEEN_GRAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Operator:
    """A member at work. ``at`` is the platform's time, taken once per request."""

    user: User
    membership: Membership
    memberships: list[Membership]
    request_id: str

    @property
    def platform(self) -> Platform:
        return self.membership.platform

    @cached_property
    def at(self) -> datetime:
        return clock.now(self.platform)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.platform.timezone)

    @cached_property
    def ctx(self) -> Context:
        """The circumstances of a change made by this person."""
        return Context(
            platform=self.platform,
            at=self.at,
            actor_type="USER",
            actor=self.user.email,
            request_id=self.request_id,
        )

    @cached_property
    def preference(self) -> Preference:
        """How the member likes Desk; the defaults are not stored."""
        mine = Preference.objects.filter(platform=self.platform, user=self.user).first()
        return mine or Preference(platform=self.platform, user=self.user)

    @property
    def is_test(self) -> bool:
        return self.platform.environment == Environment.TEST

    def can(self, permission: str) -> bool:
        """Whether the role allows ``permission``; a LIVE platform has no test clock."""
        if permission.startswith("TEST_CLOCK.") and not self.is_test:
            return False
        return member_allows(role=self.membership.role, permission=permission)


def of(request: HttpRequest) -> Operator | None:
    """The operator of a signed-in request, on the platform of the session; None without a membership."""
    user = request.user
    if not isinstance(user, User):
        return None
    living = Membership.objects.select_related("platform").filter(user=user, deactivated_at__isnull=True)
    memberships = list(living.order_by("platform__name", "pk"))
    if not memberships:
        return None
    chosen = request.session.get(PLATFORM_KEY)
    membership = next((row for row in memberships if row.platform.public_id == chosen), memberships[0])
    membership.user = user
    _note_seen(membership)
    return Operator(user, membership, memberships, getattr(request, "request_id", ""))


def _note_seen(membership: Membership) -> None:
    now = wall_clock.now()
    if membership.last_seen_at is None or now - membership.last_seen_at > SEEN_GRAIN:
        Membership.objects.filter(pk=membership.pk).update(last_seen_at=now)
