"""The threads that send. A dead receiver keeps one of them for ten seconds, and nobody waits for it."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from django.db import connection

log = logging.getLogger(__name__)

SENDERS = 16
# No platform may keep all senders busy with dead endpoints of its own.
SHARE = 4


class Senders:
    """A pool of threads that never queues: ask what is ``free`` before you ``start``."""

    def __init__(self, *, senders: int = SENDERS, share: int = SHARE) -> None:
        self._pool = ThreadPoolExecutor(senders, thread_name_prefix="webhook-sender")
        self._senders, self._share = senders, share
        self._busy: Counter[int] = Counter()
        self._lock = threading.Lock()

    def free(self, platform_pk: int) -> int:
        """How many more the platform may start now."""
        with self._lock:
            return max(0, min(self._senders - self._busy.total(), self._share - self._busy[platform_pk]))

    def start(self, platform_pk: int, work: Callable[[], int]) -> Future[int]:
        """Run ``work`` in a thread with a database connection of its own."""
        with self._lock:
            self._busy[platform_pk] += 1
        future = self._pool.submit(_with_connection, work)
        future.add_done_callback(partial(self._finished, platform_pk))
        return future

    def _finished(self, platform_pk: int, future: Future[int]) -> None:
        with self._lock:
            self._busy[platform_pk] -= 1
        if error := future.exception():
            log.error("A webhook sender failed; its endpoint waits for the lease to end", exc_info=error)


def _with_connection(work: Callable[[], int]) -> int:
    try:
        return work()
    finally:
        connection.close()
