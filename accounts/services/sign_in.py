"""Check a password without letting anyone guess it: an attempt is counted before the password is checked."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts.models import AttemptKind, SignInAttempt, User
from accounts.services import attempts
from kit.errors import InvalidRequest


def check(*, request: HttpRequest, email: str, password: str, address: str, at: datetime) -> User:
    """The user of these credentials. Raises TooManyAttempts or InvalidRequest. ``at`` is wall time.

    A success forgets the account's own failures.
    """
    email = email.strip().lower()[:254]
    attempts.count(kind=AttemptKind.SIGN_IN, email=email, address=address, at=at)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise InvalidRequest("The email address and the password do not belong together.")
    SignInAttempt.objects.filter(kind=AttemptKind.SIGN_IN, email=email).delete()
    return user
