"""Reads of the audit trail for lists and feeds."""

from __future__ import annotations

from accounts.models import AuditEntry, Platform

SHOWN = 10


def recent(platform: Platform, *, actor_type: str) -> list[AuditEntry]:
    """The latest changes made by people (``USER``), keys (``API_KEY``) or the ``SYSTEM``."""
    rows = AuditEntry.objects.filter(platform=platform, actor_type=actor_type)
    return list(rows.order_by("-pk")[:SHOWN])
