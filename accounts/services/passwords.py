"""Forget and replace a password, by a link that works once and for a short time."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.models import Membership, Role, SignInAttempt, User
from accounts.services import sessions
from kit.errors import InvalidField, NotAllowed, NotFound

STEWARDS = (Role.OWNER, Role.ADMINISTRATOR)


def token(*, user: User) -> tuple[str, str]:
    """(who, proof) of a reset link; the proof dies with the password, the next sign-in or in three days."""
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def token_for_member(*, membership: Membership, by: Membership) -> tuple[str, str]:
    """A reset link that an administrator hands over, where no mail is set up.

    Whoever resets a password can become that person everywhere: so every platform of the person has
    to be one that ``by`` administers, and only an owner does it for an owner.
    """
    theirs = Membership.objects.filter(user=membership.user_id, deactivated_at__isnull=True)
    mine = Membership.objects.filter(user=by.user_id, role__in=STEWARDS, deactivated_at__isnull=True)
    foreign = theirs.exclude(platform__in=mine.values("platform")).exists()
    above = by.role != Role.OWNER and theirs.filter(role=Role.OWNER).exists()
    if by.role not in STEWARDS or foreign or above:
        raise NotAllowed("This person works on platforms that you do not administer: only mail can help.")
    return token(user=membership.user)


def user_of(*, who: str, proof: str) -> User:
    """The user of a reset link that still holds."""
    try:
        user = User.objects.filter(pk=force_str(urlsafe_base64_decode(who)), is_active=True).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not default_token_generator.check_token(user, proof):
        raise NotFound("This link was used or has expired. Ask for a new one.")
    return user


def change(*, user: User, current: str, password: str, keep: str) -> None:
    """Set another password for someone who knows the one they have; ``keep`` is the session that stays."""
    if not user.check_password(current):
        raise InvalidField("This is not your password.", field="current")
    reset(user=user, password=password, keep=keep)


@transaction.atomic
def reset(*, user: User, password: str, keep: str = "") -> None:
    """Set the password, sign every browser out but the session ``keep``, and forget failed attempts."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidField(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.close_all(user=user, keep=keep)
    SignInAttempt.objects.filter(email=user.email).delete()
