"""The sandbox: a TEST platform with an owner and a key, for a first ``make start``."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime
from pathlib import Path

from django.db import transaction

from accounts.models import Environment, Membership, Platform, User
from accounts.services import api_keys, platforms

NAME = "Sandbox"
OWNER = "owner@sandbox.example"


def load(*, note: Path, at: datetime) -> dict[str, str]:
    """Make the sandbox unless it is there; return and keep in ``note`` how to enter it.

    The facts are ``platform_id``, ``owner_email``, ``owner_password``, ``api_key``. A note that fits the
    database stays as it is; a lost one is replaced by a new password and a further key.
    """
    facts = read(note)
    if facts is not None and fits(facts, at=at):
        return facts
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        platform_id, key = _open(password=password, at=at)
        User.objects.filter(email=OWNER).update(is_staff=True, is_superuser=True)
    facts = {"platform_id": platform_id, "owner_email": OWNER, "owner_password": password, "api_key": key}
    write(note, facts)
    return facts


def fits(facts: dict[str, str], *, at: datetime) -> bool:
    """True when the noted key opens a platform of this database."""
    key = api_keys.find(secret=facts.get("api_key", ""), at=at)
    return key is not None and key.platform.public_id == facts.get("platform_id")


def read(note: Path) -> dict[str, str] | None:
    """The noted facts, or None when there is no readable note."""
    try:
        facts = json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def write(note: Path, facts: dict[str, str]) -> None:
    """Keep the facts where only their owner can read them."""
    note.parent.mkdir(parents=True, exist_ok=True)
    note.unlink(missing_ok=True)
    with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(facts, file, indent=2)


def _open(*, password: str, at: datetime) -> tuple[str, str]:
    """(platform id, key) of the sandbox, found by its owner or made."""
    owned = Membership.objects.filter(user__email=OWNER, platform__environment=Environment.TEST)
    platform = Platform.objects.filter(pk__in=owned.values("platform")).order_by("pk").first()
    if platform is None:
        opened = platforms.open_platform(
            name=NAME, environment=Environment.TEST, owner_email=OWNER, owner_password=password, at=at
        )
        return opened.platform.public_id, opened.api_key
    owner = User.objects.select_for_update().get(email=OWNER)
    owner.set_password(password)
    owner.save(update_fields=["password"])
    _, key = api_keys.issue(platform=platform, name="Sandbox", at=at)
    return platform.public_id, key
