"""Subscription groups, and whose usage counts together with whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, Prefetch, Q, QuerySet, When

from accounts.models import Platform
from billing.models import (
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
    SubscriptionGroupMember,
    SubscriptionStatus,
)
from billing.selectors import subscriptions

JOINABLE = (SubscriptionStatus.DRAFT, SubscriptionStatus.ACTIVE)


def groups(platform: Platform) -> QuerySet[Any]:
    """The platform's groups with their owner and (as ``current``) those who are members now."""
    return (
        PricingPlanSubscriptionGroup.objects.for_platform(platform)
        .select_related("owner_customer")
        .prefetch_related(Prefetch("members", open_members(platform), to_attr="current"))
    )


def open_members(platform: Platform) -> QuerySet[SubscriptionGroupMember]:
    """Who has not left, in the order of subscriptions."""
    rows = SubscriptionGroupMember.objects.filter(platform=platform, left_at__isnull=True)
    return rows.select_related("subscription__customer").order_by("subscription")


def current(group: PricingPlanSubscriptionGroup) -> list[SubscriptionGroupMember]:
    """The members now; read once when they were loaded with the group."""
    loaded: list[SubscriptionGroupMember] | None = getattr(group, "current", None)
    return list(open_members(group.platform).filter(group=group)) if loaded is None else loaded


def membership(subscription: PricingPlanSubscription) -> SubscriptionGroupMember | None:
    """The row by which it is in a group now. No query for one that has never been in any."""
    if not subscription.grouped:
        return None
    rows = open_members(subscription.platform).select_related("group")
    return rows.filter(subscription=subscription).first()


def group_id(subscription: PricingPlanSubscription) -> str | None:
    """The public id of its group; read with the rows of ``selectors.subscriptions``."""
    if hasattr(subscription, "group_public_id"):
        found: str | None = subscription.group_public_id
        return found
    present = membership(subscription)
    return present.group.public_id if present else None


def candidates(
    platform: Platform, *, group: PricingPlanSubscriptionGroup | None, most: int
) -> list[PricingPlanSubscription]:
    """Who is or could be a member: those of the group first, then the newest that are in none."""
    own = Q(group_public_id=group.public_id) if group else Q(pk__in=())
    rows = subscriptions.subscriptions(platform).filter(own | Q(group_public_id=None, status__in=JOINABLE))
    return list(rows.order_by(Case(When(own, then=0), default=1), "-pk")[:most])


def alongside(platform: Platform, invoices: Sequence[int]) -> QuerySet[Any] | None:
    """The keys of all who are or were in the groups of these invoices' subscriptions; None where none is."""
    own = PricingPlanSubscription.objects.filter(platform=platform, grouped=True, invoices__in=invoices)
    keys = list(own.values_list("pk", flat=True).distinct()) if invoices else []
    if not keys:
        return None
    everyone = SubscriptionGroupMember.objects.filter(platform=platform)
    return everyone.filter(group__in=everyone.filter(subscription__in=keys).values("group")).values(
        "subscription"
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """Who is or was in the groups of some subscriptions: by subscription pk, and by group pk."""

    own: Mapping[int, list[SubscriptionGroupMember]] = field(default_factory=dict)
    members: Mapping[int, list[SubscriptionGroupMember]] = field(default_factory=dict)

    def of(self, subscription_id: int, *, end: datetime) -> int | None:
        """The group with which a period of this subscription that ends then is pooled."""
        return next(
            (each.group_id for each in self.own.get(subscription_id, ()) if each.counts_at(end)), None
        )

    def together(self, group_id: int, *, end: datetime) -> tuple[PricingPlanSubscription, ...]:
        """Whose usage counts together in a period that ends then."""
        return tuple(each.subscription for each in self.members[group_id] if each.counts_at(end))

    @property
    def customers(self) -> set[int]:
        """Whose usage is looked at."""
        return {each.subscription.customer_id for rows in self.members.values() for each in rows}


NONE = Groups()


def of(platform: Platform, subscriptions: Iterable[PricingPlanSubscription | None]) -> Groups:
    """The groups of these subscriptions: one query, or none where none was ever in one."""
    keys = {each.pk for each in subscriptions if each is not None and each.grouped}
    if not keys:
        return NONE
    everyone = SubscriptionGroupMember.objects.filter(platform=platform)
    # Not by a join, which would find everybody once for each of these subscriptions.
    rows = everyone.filter(group__in=everyone.filter(subscription__in=keys).values("group"))
    own: dict[int, list[SubscriptionGroupMember]] = defaultdict(list)
    members: dict[int, list[SubscriptionGroupMember]] = defaultdict(list)
    for each in rows.select_related("subscription").order_by("subscription", "pk"):
        own[each.subscription_id].append(each)
        members[each.group_id].append(each)
    return Groups(own, members)
