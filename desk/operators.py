"""Who sits at the screen: a user, the platform they work on, and what their role allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest

from accounts.context import Context
from accounts.models import Environment, Membership, Platform, RequestSource, User
from accounts.permissions import member_allows
from accounts.services import clock
from accounts.services.request_buffer import Caller
from billing.models import Invoice
from billing.selectors import invoice_states
from desk import progress
from desk.models import Preference
from kit import clock as wall_clock

PLATFORM_KEY = "platform"
LIKES = ("theme", "density", "shortcuts", "open_folders")
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
        """How the member likes Desk, as it came with the membership; the defaults are not stored."""
        return Preference(
            platform=self.platform, user=self.user, **(getattr(self.membership, "likes", None) or {})
        )

    @property
    def waiting(self) -> dict[str, int]:
        """Menu entry -> work to do there: drafts in their grace period, as they came with the membership."""
        return {"invoices": getattr(self.membership, "in_grace", None) or 0}

    @property
    def progress(self) -> str:
        """How many steps of Get started are done, as it came with the membership; empty when all are."""
        return progress.words(self.membership)

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
    chosen = request.session.get(PLATFORM_KEY)
    rows = _living(user)
    memberships = list(rows if progress.is_over(user, chosen) else progress.counted(rows))
    if not memberships:
        return None
    membership = next((row for row in memberships if row.platform.public_id == chosen), memberships[0])
    membership.user = user
    progress.note(user, chosen, membership)
    request.caller = Caller(membership.platform_id, RequestSource.DESK, user.email)  # type: ignore[attr-defined]
    _note_seen(membership)
    return Operator(user, membership, memberships, getattr(request, "request_id", ""))


def _living(user: User) -> QuerySet[Membership]:
    """The user's memberships, each with its platform, what Desk remembers and what waits there: one query."""
    rows = Membership.objects.filter(user=user, deactivated_at__isnull=True).select_related("platform")
    return rows.annotate(likes=_likes(), in_grace=_in_grace()).order_by("platform__name", "pk")


@cache
def _likes() -> Subquery:
    """How the member likes Desk. Made once, as every page asks."""
    mine = Preference.objects.filter(platform=OuterRef("platform"), user=OuterRef("user"))
    return Subquery(mine.values(found=JSONObject(**{name: name for name in LIKES})))


@cache
def _in_grace() -> Subquery:
    """How many drafts of the membership's platform become final soon."""
    drafts = Invoice.objects.filter(platform=OuterRef("platform"))
    waiting = invoice_states.in_states(drafts, [invoice_states.IN_GRACE]).order_by()
    return Subquery(waiting.values("platform").annotate(count=Count("pk")).values("count"))


def _note_seen(membership: Membership) -> None:
    now = wall_clock.now()
    if membership.last_seen_at is None or now - membership.last_seen_at > SEEN_GRAIN:
        Membership.objects.filter(pk=membership.pk).update(last_seen_at=now)
