"""Invite someone to a platform by a secret link, and let them accept it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.context import Context
from accounts.models import Invitation, Membership, Role, User
from accounts.services import audit, memberships
from accounts.services.api_keys import digest
from kit import persistence
from kit.errors import AlreadyExists, InvalidField, NotAllowed, NotFound

LIFE = timedelta(days=7)


@transaction.atomic
def invite(*, ctx: Context, email: str, role: Role, by: Membership, at: datetime) -> tuple[Invitation, str]:
    """(the invitation, its secret, seen only now). An open one to the same address is replaced.

    ``at`` is wall time: links live by it, whatever the platform's test clock says.
    """
    email = email.strip().lower()
    if role == Role.OWNER and by.role != Role.OWNER:
        raise NotAllowed("Only an owner can invite owners.", field="role")
    living = Membership.objects.filter(platform=ctx.platform, user__email=email, deactivated_at__isnull=True)
    if living.exists():
        raise AlreadyExists("This person works on this platform already.", field="email")
    _open(ctx).filter(email=email).update(revoked_at=ctx.at, updated_at=ctx.at)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.stamped(
        platform=ctx.platform,
        at=ctx.at,
        email=email,
        role=role,
        secret_hash=digest(secret),
        expires_at=at + LIFE,
    )
    persistence.insert(invitation)
    _record(ctx, "CREATED", invitation, {"email": email, "role": role})
    return invitation, secret


def find(*, secret: str, at: datetime) -> Invitation:
    """The open invitation of a link. ``at`` is wall time."""
    if not secret.isascii() or len(secret) > 100:
        raise _gone()
    rows = Invitation.objects.select_related("platform").filter(
        secret_hash=digest(secret), accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at
    )
    invitation = rows.first()
    if invitation is None:
        raise _gone()
    return invitation


@transaction.atomic
def accept(
    *, request: HttpRequest, secret: str, name: str, password: str, at: datetime, ctx: Context
) -> User:
    """Join. A new person sets a password; a known one proves theirs."""
    invitation = find(secret=secret, at=at)
    locked = persistence.lock(invitation)
    if locked.accepted_at or locked.revoked_at:
        raise _gone()
    known = User.objects.filter(email=locked.email).first()
    user = _known(request, known, password) if known else _new(locked.email, name, password)
    locked.accepted_at, locked.updated_at = ctx.at, ctx.at
    locked.save(update_fields=["accepted_at", "updated_at"])
    memberships.join(ctx=ctx, user=user, role=Role(locked.role))
    return user


@transaction.atomic
def revoke(*, ctx: Context, instance: Invitation) -> None:
    """Make the link worthless."""
    locked = persistence.lock(instance)
    if locked.accepted_at is None and locked.revoked_at is None:
        locked.revoked_at, locked.updated_at = ctx.at, ctx.at
        locked.save(update_fields=["revoked_at", "updated_at"])
        _record(ctx, "DELETED", locked, {})


def _open(ctx: Context) -> QuerySet[Any]:
    return Invitation.objects.filter(platform=ctx.platform, accepted_at__isnull=True, revoked_at__isnull=True)


def _known(request: HttpRequest, user: User, password: str) -> User:
    if authenticate(request, username=user.email, password=password) != user:
        raise InvalidField("This is not the password of your account.", field="password")
    return user


def _new(email: str, name: str, password: str) -> User:
    user = User(email=email, name=name.strip())
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidField(" ".join(error.messages), field="password") from error
    return User.objects.create_user(email, password, name=name.strip())


def _gone() -> NotFound:
    return NotFound("This invitation was used, withdrawn or has expired. Ask for a new one.")


def _record(ctx: Context, action: str, invitation: Invitation, after: dict[str, object]) -> None:
    audit.record(
        ctx=ctx,
        action=action,
        object_type=Invitation.object_type,
        object_id=invitation.public_id,
        after=after,
    )
