"""Remember how a member likes Desk."""

from __future__ import annotations

from typing import Any

from accounts.models import Platform, User
from desk.models import Preference


def change(*, platform: Platform, user: User, **values: Any) -> Preference:
    """Set some of ``theme``, ``density``, ``shortcuts``, ``open_folders``."""
    preference, _ = Preference.objects.update_or_create(platform=platform, user=user, defaults=values)
    return preference


def rename(*, user: User, name: str) -> None:
    """How the user is called on every platform."""
    user.name = name.strip()
    user.save(update_fields=["name"])
