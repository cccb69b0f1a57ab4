"""Check a password without letting anyone guess it.

An attempt is written before the password is checked, in a transaction of its own, so that a hundred
attempts at once are counted as a hundred. A success forgets the account's own and everybody's old ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import SignInAttempt, User
from kit.errors import InvalidRequest, NotAllowed

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 50
KEPT = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class TooManyAttempts(NotAllowed):
    """The account or the address has to wait."""

    status = 429


def check(*, request: HttpRequest, email: str, password: str, address: str, at: datetime) -> User:
    """The user of these credentials. Raises TooManyAttempts or InvalidRequest. ``at`` is wall time."""
    email = email.strip().lower()[:254]
    SignInAttempt.objects.create(email=email, address=address, at=at)
    _refuse_if_throttled(email=email, address=address, at=at)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise InvalidRequest("The email address and the password do not belong together.")
    SignInAttempt.objects.filter(Q(email=email) | Q(at__lt=at - KEPT)).delete()
    return user


def _refuse_if_throttled(*, email: str, address: str, at: datetime) -> None:
    recent = SignInAttempt.objects.filter(Q(email=email) | Q(address=address), at__gt=at - WINDOW)
    seen = list(recent.order_by("at").values_list("email", "address", "at"))
    mine = [row[2] for row in seen if row[0] == email]
    here = [row[2] for row in seen if row[1] == address]
    opens = [_opens(mine, PER_ACCOUNT), _opens(here, PER_ADDRESS)]
    if until := max((each for each in opens if each is not None), default=None):
        minutes = -((at - until) // MINUTE)  # up to the next whole one
        wait = f"{minutes} minute{'' if minutes == 1 else 's'}"
        raise TooManyAttempts(f"Too many attempts. Wait {wait}, or reset the password.")


def _opens(attempts: Sequence[datetime], most: int) -> datetime | None:
    """When the next attempt would be heard again, the newest one being one too many; None for now."""
    return attempts[-most] + WINDOW if len(attempts) > most else None
