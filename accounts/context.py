"""Who asks, on which platform, at what instant: handed to every service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Platform


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a change. ``at`` is the platform's own time, test clock included."""

    platform: Platform
    at: datetime
    actor_type: str = "SYSTEM"
    actor: str = "worker"
    request_id: str = ""

    def later(self, at: datetime) -> Context:
        """The same circumstances at another instant."""
        return replace(self, at=at)
