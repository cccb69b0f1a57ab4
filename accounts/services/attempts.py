"""How often somebody may try what a stranger can try: a password, a link for a forgotten one.

An attempt is written before it is judged, in a transaction of its own, so that a hundred at once are
counted as a hundred. Every kind is counted by itself, per account and per address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import AttemptKind, SignInAttempt
from kit.errors import NotAllowed

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 50
KEPT = timedelta(days=1)
MINUTE = timedelta(minutes=1)
ELSE = {
    AttemptKind.SIGN_IN: ", or reset the password",
    AttemptKind.RESET_LINK: " before you ask for another link",
}


class TooManyAttempts(NotAllowed):
    """The account or the address has to wait."""

    status = 429


def count(*, kind: AttemptKind, email: str, address: str, at: datetime) -> None:
    """Write this attempt down; raises TooManyAttempts where it is one too many. ``at`` is wall time."""
    email = email[:254]
    SignInAttempt.objects.filter(at__lt=at - KEPT).delete()
    SignInAttempt.objects.create(kind=kind, email=email, address=address, at=at)
    about = Q(email=email) | Q(address=address)
    recent = SignInAttempt.objects.filter(about, kind=kind, at__gt=at - WINDOW)
    seen = list(recent.order_by("at").values_list("email", "address", "at"))
    mine = [row[2] for row in seen if row[0] == email]
    here = [row[2] for row in seen if row[1] == address]
    opens = [_opens(mine, PER_ACCOUNT), _opens(here, PER_ADDRESS)]
    if until := max((each for each in opens if each is not None), default=None):
        minutes = -((at - until) // MINUTE)  # up to the next whole one
        wait = f"{minutes} minute{'' if minutes == 1 else 's'}"
        raise TooManyAttempts(f"Too many attempts. Wait {wait}{ELSE[kind]}.")


def _opens(attempts: Sequence[datetime], most: int) -> datetime | None:
    """When the next attempt would be heard again, the newest one being one too many; None for now."""
    return attempts[-most] + WINDOW if len(attempts) > most else None
