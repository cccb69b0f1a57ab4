"""Requests on their way to the log: noted in memory, taken out by whoever writes them.

Noting takes a lock and a few additions, never the database. The buffer is bounded: when it is full further
requests are dropped and counted. Ingestion folds: requests of one key to one path with one status are one
entry until the buffer is taken, so a busy second costs one row.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

MOST = 2000  # entries that wait
MOST_BYTES = 16 * 1024 * 1024  # of bodies that wait


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is. ``folds``: one row stands for all alike of a second (ingestion)."""

    platform_id: int
    source: str
    actor: str
    key_id: str = ""
    key_hint: str = ""
    folds: bool = False


@dataclass(slots=True)
class Noted:
    """A request as it was seen at the edge; bodies are raw, and empty where they were not kept."""

    caller: Caller
    at: datetime
    method: str
    path: str
    query: str
    status: int
    microseconds: int
    request_id: str
    ip: str = ""
    user_agent: str = ""
    idempotency_key: str = ""
    replayed: bool = False
    request_type: str = ""
    request_body: bytes = b""
    request_size: int = 0
    response_type: str = ""
    response_body: bytes = b""
    response_size: int = 0
    requests: int = 1
    slowest: int = 0

    @property
    def weight(self) -> int:
        """Bytes of bodies that wait with it."""
        return len(self.request_body) + len(self.response_body)


class Buffer:
    """Bounded, safe for threads. ``dropped`` counts requests that found it full."""

    def __init__(self, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._waiting: list[Noted] = []
        self._folded: dict[Hashable, Noted] = {}
        self._bytes = 0
        self.dropped = 0

    def fold(self, caller: Caller, *, path: str, status: int, microseconds: int) -> bool:
        """Add a request to the entry that stands for its like; False where there is none yet."""
        with self._lock:
            found = self._folded.get((caller.key_id, path, status))
            if found is None:
                return False
            found.requests += 1
            found.microseconds += microseconds
            found.slowest = max(found.slowest, microseconds)
            return True

    def note(self, noted: Noted) -> None:
        """Have a request written soon, or count it as dropped."""
        noted.slowest = noted.microseconds
        with self._lock:
            if len(self._waiting) >= self._most:
                self.dropped += 1
                return
            if self._bytes + noted.weight > self._most_bytes:
                noted.request_body = noted.response_body = b""
            self._bytes += noted.weight
            self._waiting.append(noted)
            if noted.caller.folds:
                self._folded.setdefault((noted.caller.key_id, noted.path, noted.status), noted)

    def take(self) -> tuple[list[Noted], int]:
        """(everything that waits, how many were dropped since the last time); the buffer is empty after."""
        with self._lock:
            taken, dropped = self._waiting, self.dropped
            self._waiting, self._folded, self._bytes, self.dropped = [], {}, 0, 0
        return taken, dropped
