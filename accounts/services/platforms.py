"""Open a platform: its owner and a first API key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Environment, Membership, Platform, Role, User
from accounts.services import api_keys
from kit import ids


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
