"""Who works on a platform, in which role.

Only an owner makes, changes or removes an owner, and a platform keeps at least one.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.context import Context
from accounts.models import Membership, Platform, Role, User
from accounts.services import audit
from kit.errors import InvalidOperation, NotAllowed


def of_user(*, platform: Platform, user: User) -> Membership | None:
    """The user's living membership, or None."""
    return Membership.objects.filter(platform=platform, user=user, deactivated_at__isnull=True).first()


def join(*, ctx: Context, user: User, role: Role) -> Membership:
    """Let ``user`` in; someone who was deactivated comes back in the new role."""
    membership = Membership.objects.filter(platform=ctx.platform, user=user).first()
    if membership is None:
        membership = Membership.stamped(platform=ctx.platform, at=ctx.at, user=user, role=role)
        membership.save(force_insert=True)
    else:
        membership.role, membership.deactivated_at, membership.updated_at = role, None, ctx.at
        membership.save(update_fields=["role", "deactivated_at", "updated_at"])
    _record(ctx, "CREATED", membership, before={}, after={"email": user.email, "role": role})
    return membership


@transaction.atomic
def change_role(*, ctx: Context, instance: Membership, role: Role, by: Membership) -> Membership:
    """Give a member another role."""
    locked = _locked(instance)
    before = Role(locked.role)
    _require_owner(by, before, role)
    if before == Role.OWNER and role != Role.OWNER:
        _require_another_owner(locked)
    locked.role, locked.updated_at = role, ctx.at
    locked.save(update_fields=["role", "updated_at"])
    _record(ctx, "UPDATED", locked, before={"role": before}, after={"role": role})
    return locked


@transaction.atomic
def deactivate(*, ctx: Context, instance: Membership, by: Membership) -> Membership:
    """Shut a member out of this platform, at once; their changes stay on record."""
    locked = _locked(instance)
    if locked.pk == by.pk:
        raise InvalidOperation("You cannot deactivate yourself. Ask another administrator.")
    _require_owner(by, Role(locked.role))
    if locked.role == Role.OWNER:
        _require_another_owner(locked)
    return _set_deactivated(ctx, locked, ctx.at)


@transaction.atomic
def reactivate(*, ctx: Context, instance: Membership, by: Membership) -> Membership:
    """Let a deactivated member in again, in the role they had."""
    locked = _locked(instance)
    _require_owner(by, Role(locked.role))
    return _set_deactivated(ctx, locked, None)


def _set_deactivated(ctx: Context, membership: Membership, at: datetime | None) -> Membership:
    before, after = _state(membership.deactivated_at), _state(at)
    membership.deactivated_at, membership.updated_at = at, ctx.at
    membership.save(update_fields=["deactivated_at", "updated_at"])
    _record(ctx, "UPDATED", membership, before={"status": before}, after={"status": after})
    return membership


def _state(deactivated_at: datetime | None) -> str:
    return "DEACTIVATED" if deactivated_at else "ACTIVE"


def _locked(membership: Membership) -> Membership:
    """The row under a lock, after the platform's, so that two owners cannot remove each other."""
    Platform.objects.select_for_update().get(pk=membership.platform_id)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user")
    return rows.get(pk=membership.pk)


def _require_owner(by: Membership, *roles: Role) -> None:
    if Role.OWNER in roles and by.role != Role.OWNER:
        raise NotAllowed("Only an owner can change owners.", field="role")


def _require_another_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        platform=membership.platform_id, role=Role.OWNER, deactivated_at__isnull=True
    )
    if not owners.exclude(pk=membership.pk).exists():
        raise InvalidOperation("A platform keeps an owner. Make someone else owner first.", field="role")


def _record(
    ctx: Context, action: str, membership: Membership, *, before: dict[str, object], after: dict[str, object]
) -> None:
    audit.record(
        ctx=ctx,
        action=action,
        object_type=Membership.object_type,
        object_id=membership.public_id,
        before=before,
        after=after,
    )
