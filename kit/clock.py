"""The only place that asks what time it is. Services are told; the edge asks here.

A platform with a test clock lives at its own instant: see ``accounts.services.clock``.
"""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The wall clock, UTC, in microseconds."""
    return datetime.now(UTC)
