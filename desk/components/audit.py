"""Reads of the audit trail for lists and feeds."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import ApiKey, AuditEntry, Platform

SHOWN = 10
KEPT_BY_ITSELF = ("id", "created_at", "updated_at")


def recent(platform: Platform, *, actor_type: str) -> list[AuditEntry]:
    """The latest changes made by people (``USER``), keys (``API_KEY``) or the ``SYSTEM``."""
    rows = AuditEntry.objects.filter(platform=platform, actor_type=actor_type)
    return told(platform.pk, rows.order_by("-pk")[:SHOWN])


def told(platform_id: int, entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    """The entries with ``who`` did it as people call it: a key by its name. A query where a key did."""
    found = list(entries)
    keys = {entry.actor for entry in found if entry.actor_type == "API_KEY"}
    rows = ApiKey.objects.filter(platform=platform_id, public_id__in=keys)
    names = dict(rows.values_list("public_id", "name")) if keys else {}
    for entry in found:
        entry.who = names.get(entry.actor) or entry.actor  # type: ignore[attr-defined]
    return found


def who(entry: AuditEntry) -> str:
    """Who did it, by the name that ``told`` found."""
    return str(getattr(entry, "who", entry.actor))


def field_names(entry: AuditEntry) -> list[str]:
    """The fields that it changed, in words, but for those that the database keeps by itself."""
    return [name.replace("_", " ") for name in entry.changes or () if name not in KEPT_BY_ITSELF]
