"""The browsers in which a person is signed in."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from accounts.models import User, UserSession


def open_session(*, request: HttpRequest, user: User, address: str, at: datetime) -> None:
    """Sign ``user`` in, in this browser, and note where. ``at`` is wall time."""
    login(request, user)
    request.session.save()
    UserSession.objects.create(
        user=user,
        session_id=request.session.session_key or "",
        address=address,
        agent=request.headers.get("User-Agent", "")[:300],
        started_at=at,
    )


def close(*, request: HttpRequest) -> None:
    """Sign out of this browser."""
    logout(request)


def of_user(*, user: User, at: datetime) -> list[UserSession]:
    """The living sessions, newest first."""
    rows = UserSession.objects.filter(user=user, session__expire_date__gt=at)
    return list(rows.order_by("-started_at", "-pk"))


def renew(*, request: HttpRequest, user: User) -> None:
    """Keep this browser signed in, and in the list, after its user's password has changed."""
    note = UserSession.objects.filter(user=user, session_id=request.session.session_key or "").first()
    update_session_auth_hash(request, user)
    request.session.save()
    if note is not None:  # the session that it named is gone
        note.pk, note.session_id = None, request.session.session_key or ""
        note.save(force_insert=True)


def close_one(*, user: User, pk: int) -> bool:
    """Sign the user out in one browser; whether there was such a session."""
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        return False
    Session.objects.filter(pk=found.session_id).delete()
    return True


def close_all(*, user: User, keep: str = "") -> int:
    """Sign the user out everywhere, except in the session ``keep``; how many were closed."""
    mine = UserSession.objects.filter(user=user).exclude(session_id=keep)
    keys = list(mine.values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)
