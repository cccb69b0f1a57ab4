"""Open a platform: its owner and a first API key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.models import Environment, Membership, Platform, Role, User
from accounts.services import api_keys, audit, configuration
from kit import ids, persistence


@dataclass(frozen=True, slots=True)
class Opened:
    """A new platform and the one sight of its key."""

    platform: Platform
    owner: User
    api_key: str


@transaction.atomic
def open_platform(
    *, name: str, environment: Environment, owner_email: str, owner_password: str, at: datetime
) -> Opened:
    """A platform with an owner (made, or an existing user joined) and an administrator key."""
    platform = Platform.objects.create(
        public_id=ids.new(Platform.prefix, at=at),
        name=name,
        environment=environment,
        created_at=at,
        updated_at=at,
    )
    email = owner_email.strip().lower()
    owner = User.objects.filter(email=email).first() or User.objects.create_user(email, owner_password)
    Membership.stamped(platform=platform, at=at, user=owner, role=Role.OWNER).save(force_insert=True)
    _, secret = api_keys.issue(platform=platform, name="First key", at=at)
    return Opened(platform=platform, owner=owner, api_key=secret)


@transaction.atomic
def change(*, ctx: Context, values: dict[str, Any]) -> Platform:
    """Change settings of the platform; the audit trail tells what they were."""
    locked = persistence.lock(ctx.platform)
    before = {name: getattr(locked, name) for name in values}
    changed = persistence.assign(locked, values)
    if not changed:
        return locked
    locked.updated_at = ctx.at
    persistence.store(locked, [*changed, "updated_at"])
    audit.record(
        ctx=ctx,
        action="UPDATED",
        object_type=Platform.object_type,
        object_id=locked.public_id,
        before=before,
        after=values,
    )
    configuration.bump(platform=locked)
    return locked
