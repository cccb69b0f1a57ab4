"""Issue, check, rotate and revoke API keys."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import ApiKey, KeyRole, Platform

PREFIX = {"TEST": "tk_test_", "LIVE": "tk_live_"}
USE_GRAIN = timedelta(minutes=5)


def digest(secret: str) -> bytes:
    """SHA-256 of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def issue(
    *,
    platform: Platform,
    name: str,
    at: datetime,
    role: KeyRole = KeyRole.ADMINISTRATOR,
    scopes: tuple[str, ...] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """(the row, the secret): the only time that the secret can be seen."""
    secret = PREFIX[platform.environment] + secrets.token_urlsafe(32)
    key = ApiKey.stamped(
        platform=platform,
        at=at,
        name=name,
        hint=secret[:12],
        secret_hash=digest(secret),
        role=role,
        scopes=list(scopes),
        expires_at=expires_at,
    )
    key.save(force_insert=True)
    return key, secret


def find(*, secret: str, at: datetime) -> ApiKey | None:
    """The living key of ``secret`` with its platform, or None. ``at`` is wall time."""
    if not secret.isascii() or len(secret) > 200:
        return None
    living = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    return (
        ApiKey.objects.select_related("platform")
        .filter(living, secret_hash=digest(secret), revoked_at__isnull=True)
        .first()
    )


def note_use(*, key: ApiKey, at: datetime) -> None:
    """Remember the use, coarsely, so that a busy key does not write a row per request."""
    if key.last_used_at is None or at - key.last_used_at > USE_GRAIN:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)


@transaction.atomic
def rotate(*, key: ApiKey, at: datetime, overlap: timedelta) -> tuple[ApiKey, str]:
    """A successor with the same powers; the old key works ``overlap`` longer."""
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    successor = issue(
        platform=locked.platform,
        name=locked.name,
        at=at,
        role=KeyRole(locked.role),
        scopes=tuple(locked.scopes),
        expires_at=locked.expires_at,
    )
    ends = at + overlap
    locked.expires_at = min(ends, locked.expires_at) if locked.expires_at else ends
    locked.save(update_fields=["expires_at"])
    return successor


def revoke(*, key: ApiKey, at: datetime) -> None:
    """Stop a key at once; a second revocation changes nothing."""
    ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=at, updated_at=at)
