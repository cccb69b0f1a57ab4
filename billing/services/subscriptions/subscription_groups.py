"""Create, change and delete groups of subscriptions whose volumes count together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.context import Context
from billing.models import (
    PricingPlanSubscription,
    PricingPlanSubscriptionGroup,
    SubscriptionGroupMember,
    SubscriptionStatus,
)
from billing.selectors import subscription_groups as selectors
from kit import persistence
from kit.errors import InvalidField, InvalidOperation
from webhooks.services import changes

MOST = 500
MEMBERS, GROUP = "pricing_plan_subscription_ids", "pricing_plan_subscription_group_id"


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> PricingPlanSubscriptionGroup:
    """A group with these members. A duplicate reference is 409."""
    values = dict(fields)
    wanted = values.pop("subscriptions", None) or []
    group = PricingPlanSubscriptionGroup.stamped(platform=ctx.platform, at=ctx.at, **values)
    persistence.insert(group)
    _set_members(ctx, group, wanted)
    changes.created(ctx=ctx, instance=group)
    return group


@transaction.atomic
def update(
    *, ctx: Context, instance: PricingPlanSubscriptionGroup, fields: dict[str, Any]
) -> PricingPlanSubscriptionGroup:
    """Change the named fields; members that are not in a list that is sent leave now.

    The period that runs is pooled with those who are members at its end.
    """
    group: PricingPlanSubscriptionGroup = persistence.lock(instance)
    before = changes.snapshot(group)
    values = dict(fields)
    wanted = values.pop("subscriptions", None)
    if wanted is not None:
        _set_members(ctx, group, wanted)
    persistence.store(group, persistence.assign(group, {**values, "updated_at": ctx.at}))
    changes.updated(ctx=ctx, instance=group, before=before)
    return group


@transaction.atomic
def delete(*, ctx: Context, instance: PricingPlanSubscriptionGroup) -> None:
    """Delete a group that pooled nothing yet. Raises CannotDelete once a running subscription was in it."""
    group: PricingPlanSubscriptionGroup = persistence.lock(instance)
    before = changes.snapshot(group)
    group.members.filter(subscription__status=SubscriptionStatus.DRAFT).delete()
    persistence.remove(group)
    changes.deleted(ctx=ctx, instance=group, before=before)


def place(
    *, ctx: Context, subscription: PricingPlanSubscription, group: PricingPlanSubscriptionGroup | None
) -> None:
    """Move a subscription, locked by the caller, to another group or out of all of them."""
    present = selectors.membership(subscription)
    if (present.group if present else None) == group:
        return
    touched = [each for each in (present.group if present else None, group) if each is not None]
    before = [changes.snapshot(each) for each in touched]
    if present is not None:
        _leave(ctx, present, subscription)
    if group is not None:
        _join(ctx, group, subscription, field=GROUP)
    for each, was in zip(touched, before, strict=True):
        changes.updated(ctx=ctx, instance=each, before=was)


def _set_members(
    ctx: Context, group: PricingPlanSubscriptionGroup, wanted: Sequence[PricingPlanSubscription]
) -> None:
    if len(wanted) > MOST:
        raise InvalidField(f"at most {MOST} subscriptions", field=MEMBERS)
    keys = {each.pk for each in wanted}
    present = {each.subscription_id: each for each in selectors.current(group)}
    rows = PricingPlanSubscription.objects.for_platform(ctx.platform).filter(pk__in=keys ^ present.keys())
    for subscription in rows.select_for_update(no_key=True).order_by("pk"):
        if subscription.pk in present:
            _leave(ctx, present[subscription.pk], subscription)
        else:
            _join(ctx, group, subscription, field=MEMBERS)


def _join(
    ctx: Context, group: PricingPlanSubscriptionGroup, subscription: PricingPlanSubscription, *, field: str
) -> None:
    """Raises InvalidOperation for one that has ended, or is in another group."""
    if subscription.status not in selectors.JOINABLE:
        raise InvalidOperation(
            f"{subscription} is {subscription.status}; only DRAFT and ACTIVE subscriptions can join",
            field=field,
        )
    other = selectors.membership(subscription)
    if other is not None:
        raise InvalidOperation(f"{subscription} is in the group {other.group} already", field=field)
    drafted = subscription.status == SubscriptionStatus.DRAFT
    SubscriptionGroupMember.objects.create(
        platform=ctx.platform, group=group, subscription=subscription, joined_at=None if drafted else ctx.at
    )
    persistence.store(subscription, persistence.assign(subscription, {"grouped": True}))


def _leave(ctx: Context, member: SubscriptionGroupMember, subscription: PricingPlanSubscription) -> None:
    """What was not billed yet leaves no trace; else the row stays for the periods that it pooled."""
    if subscription.status == SubscriptionStatus.DRAFT:
        member.delete()
        return
    member.left_at = max(ctx.at, member.joined_at or ctx.at)
    member.save(update_fields=["left_at"])
