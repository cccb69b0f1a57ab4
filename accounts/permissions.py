"""Permissions are strings RESOURCE.ACTION, as in the reference; roles are sets of them by rule."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models.api_key import KeyRole

READ_SUFFIXES = (".VIEW", ".PREVIEW", ".DOWNLOAD")


def allows(*, role: str, scopes: Iterable[str], permission: str) -> bool:
    """Whether a key with ``role`` and ``scopes`` may use ``permission``.

    Scopes narrow a role, never widen it; an empty list narrows nothing.
    """
    if role == KeyRole.READ_ONLY and not permission.endswith(READ_SUFFIXES):
        return False
    granted = list(scopes)
    return not granted or permission in granted
