"""Check a password without letting anyone guess it.

An attempt is written before the password is checked, in a transaction of its own, so that a hundred
attempts at once are counted as a hundred. A success forgets the account's own and everybody's old ones.
"""

from __future__ import annotations

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
    seen = list(recent.values_list("email", "address"))
    mine = sum(1 for row in seen if row[0] == email)
    here = sum(1 for row in seen if row[1] == address)
    if mine > PER_ACCOUNT or here > PER_ADDRESS:
        minutes = int(WINDOW.total_seconds()) // 60
        raise TooManyAttempts(f"Too many attempts. Wait {minutes} minutes, or reset the password.")
