"""Who runs the sweeps of a platform: the worker, or one advance of its test clock, never both.

A sweep passes over rows that another one has locked. Without these locks an advance could therefore
answer while the worker is still busy with what was due, or run the next boundary before that is done.
They are session locks: they die with the connection of a process that is killed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from accounts.models import Platform
from kit.errors import InvalidOperation

ADVANCE_LOCK, SWEEP_LOCK = 7_102_001, 7_102_002


@contextmanager
def advancing(platform: Platform) -> Iterator[None]:
    """One advance per platform, once the sweeps that the worker runs on it are through.

    Raises InvalidOperation where another advance is under way.
    """
    if not _ask("SELECT pg_try_advisory_lock(%s, %s)", ADVANCE_LOCK, platform):
        raise InvalidOperation("The test clock of this platform is being advanced already")
    try:
        _ask("SELECT pg_advisory_lock(%s, %s)", SWEEP_LOCK, platform)
        try:
            yield
        finally:
            _ask("SELECT pg_advisory_unlock(%s, %s)", SWEEP_LOCK, platform)
    finally:
        _ask("SELECT pg_advisory_unlock(%s, %s)", ADVANCE_LOCK, platform)


@contextmanager
def sweeping(platform: Platform) -> Iterator[bool]:
    """Whether the worker may run a sweep that follows the clock; not while an advance runs them."""
    free = _ask("SELECT pg_try_advisory_lock_shared(%s, %s)", SWEEP_LOCK, platform)
    try:
        yield free
    finally:
        if free:
            _ask("SELECT pg_advisory_unlock_shared(%s, %s)", SWEEP_LOCK, platform)


def _ask(sql: str, lock: int, platform: Platform) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [lock, platform.pk])
        return bool(cursor.fetchone()[0])
