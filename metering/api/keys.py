"""The key check of the ingest path: as everywhere, remembered for a second per process.

A revoked key therefore works for one second longer here than elsewhere.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest

from accounts.models import ApiKey
from accounts.permissions import allows
from accounts.services import api_keys, request_log
from kit.errors import NotAllowed, Unauthorized

REMEMBERED = timedelta(seconds=1)
MAX_KEYS = 10_000
_known: dict[str, tuple[datetime, ApiKey]] = {}


def authorized(request: HttpRequest, *, permission: str, at: datetime) -> ApiKey:
    """The key of the request, if it may use ``permission``; ``at`` is wall time."""
    key = _find(request.headers.get("X-API-KEY", ""), at)
    if key is None:
        raise Unauthorized("A valid key is needed in the header X-API-KEY.")
    request.caller = request_log.caller_of(key, folds=True)  # type: ignore[attr-defined]
    if not allows(role=key.role, scopes=key.scopes, permission=permission):
        raise NotAllowed(f"This key lacks the permission {permission}.")
    return key


def forget() -> None:
    """Look every key up again; tests that revoke one need not wait."""
    _known.clear()


def _find(secret: str, at: datetime) -> ApiKey | None:
    seen = _known.get(secret)
    if seen is not None and timedelta(0) <= at - seen[0] < REMEMBERED:
        return seen[1]
    key = api_keys.find(secret=secret, at=at) if secret else None
    if key is None:
        _known.pop(secret, None)
        return None
    api_keys.note_use(key=key, at=at)
    if len(_known) >= MAX_KEYS:
        _known.clear()
    _known[secret] = (at, key)
    return key
