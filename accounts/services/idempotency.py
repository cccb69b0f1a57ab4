"""Run a POST once per (platform, Idempotency-Key) and answer repeats from memory.

The record is committed before the work starts and filled in the work's own transaction, so a
process that dies in between leaves either no effect and a lease that runs out, or both.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import IdempotencyRecord, Platform
from kit import clock
from kit.errors import IdempotencyConflict, IdempotencyInProgress, InvalidRequest

KEPT = timedelta(hours=48)
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, and whether that came from memory."""

    status: int
    data: Any
    replayed: bool = False


def once(
    *,
    platform: Platform,
    key: str,
    fingerprint: bytes,
    at: datetime,
    run: Callable[[], Answer],
    within: Callable[[], AbstractContextManager[Any]] = transaction.atomic,
) -> Answer:
    """The answer of ``run``, executed at most once for this key within 48 hours.

    ``within`` opens what ``run`` and its record share: a transaction, unless the work is too long for one.
    Raises IdempotencyConflict (409) for another request under the same key, and
    IdempotencyInProgress (422) while the first one runs. After an error the key is free again.
    """
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise InvalidRequest("Idempotency-Key must be 1 to 255 printable characters")
    record, claimed = _claim(platform=platform, key=key, fingerprint=fingerprint, at=at)
    if bytes(record.fingerprint) != fingerprint:
        raise IdempotencyConflict("This Idempotency-Key was used for another request")
    if not claimed:
        if record.status is None:
            raise IdempotencyInProgress("The first request with this Idempotency-Key is still running")
        return Answer(status=record.status, data=record.answer, replayed=True)
    return _run(record, run, within)


def _claim(
    *, platform: Platform, key: str, fingerprint: bytes, at: datetime
) -> tuple[IdempotencyRecord, bool]:
    """(the record, whether it is ours to run): new, expired, or left behind by a dead process."""
    fresh = {"fingerprint": fingerprint, "leased_until": at + LEASE, "expires_at": at + KEPT}
    with transaction.atomic():
        record, created = IdempotencyRecord.objects.get_or_create(platform=platform, key=key, defaults=fresh)
        if created:
            return record, True
        locked = IdempotencyRecord.objects.select_for_update().filter(pk=record.pk).first()
        if locked is None:  # the first run failed just now and freed the key
            return _claim(platform=platform, key=key, fingerprint=fingerprint, at=at)
        record = locked
        if record.expires_at <= at:
            return _restart(record, status=None, answer=None, **fresh), True
        abandoned = record.status is None and record.leased_until <= at
        if abandoned and bytes(record.fingerprint) == fingerprint:
            return _restart(record, leased_until=at + LEASE), True
    return record, False


def _restart(record: IdempotencyRecord, **fields: Any) -> IdempotencyRecord:
    for name, value in fields.items():
        setattr(record, name, value)
    record.save(update_fields=list(fields))
    return record


def _run(
    record: IdempotencyRecord, run: Callable[[], Answer], within: Callable[[], AbstractContextManager[Any]]
) -> Answer:
    done = False
    try:
        with within():
            answer = run()
            IdempotencyRecord.objects.filter(pk=record.pk).update(status=answer.status, answer=answer.data)
        done = True
    finally:
        if not done:
            IdempotencyRecord.objects.filter(pk=record.pk, status__isnull=True).delete()
    return answer


def forget_expired(*, platform: Platform, at: datetime) -> int:
    """Delete records that are past their time; the number of rows. ``at`` is wall time."""
    return IdempotencyRecord.objects.filter(platform=platform, expires_at__lte=at).delete()[0]


def sweep(*, platform: Platform, at: datetime) -> int:
    """The same by wall time, which answers are kept by whatever the test clock (``at``) says."""
    return forget_expired(platform=platform, at=clock.now())
