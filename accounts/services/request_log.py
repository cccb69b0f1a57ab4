"""Writing the API log, and forgetting it.

One thread of each process empties the buffer once a second into one statement. A request never waits for it
and never fails by it; what a process that is killed had not written yet is lost, a second at most.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import ApiKey, ApiRequest, AuditEntry, Platform, RequestSource
from accounts.services.request_buffer import Buffer, Caller, Noted
from kit import clock
from kit.api import redact

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds
CHUNK = 5000  # rows deleted in one statement
buffer = Buffer()
_starting = threading.Lock()
_writer: threading.Thread | None = None


def caller_of(key: ApiKey, *, folds: bool = False) -> Caller:
    """A program, by its key."""
    return Caller(key.platform_id, RequestSource.API, key.name, key.public_id, key.hint, folds)


def note(noted: Noted) -> None:
    """Have the request written soon."""
    buffer.note(noted)
    if settings.REQUEST_LOG_THREAD and (_writer is None or not _writer.is_alive()):
        _start()


def write() -> int:
    """Write what waits, in one statement; the number of rows. Called by the thread, and by tests."""
    taken, dropped = buffer.take()
    if dropped:
        log.warning("%d requests were not logged: the buffer was full", dropped)
    rows = [_row(noted) for noted in _worth_keeping(taken)]
    ApiRequest.objects.bulk_create(rows)
    return len(rows)


def forget(*, platform: Platform, at: object = None) -> int:
    """Delete what is older than the platform keeps it, by wall time (the log knows no test clock)."""
    before = clock.now() - timedelta(days=platform.api_log_days)
    rows = ApiRequest.objects.filter(platform=platform, at__lt=before)
    total = 0
    while done := ApiRequest.objects.filter(pk__in=rows.values("pk")[:CHUNK]).delete()[0]:
        total += done
    return total


def _start() -> None:
    global _writer
    with _starting:
        if _writer is None or not _writer.is_alive():
            _writer = threading.Thread(target=_run, name="request-log", daemon=True)
            _writer.start()


def _run() -> None:
    pause = threading.Event()
    while not pause.wait(EVERY):
        try:
            write()
        except Exception:  # the edge of this thread: whatever the database says, requests go on
            log.exception("Requests could not be logged")
        finally:
            connection.close()


def _worth_keeping(taken: Sequence[Noted]) -> list[Noted]:
    """Requests by the API; of those by Desk the ones that changed something, as the audit trail says."""
    asked = {noted.request_id for noted in taken if noted.caller.source == RequestSource.DESK}
    if not asked:
        return list(taken)
    changed = set(
        AuditEntry.objects.filter(
            platform_id__in={noted.caller.platform_id for noted in taken}, request_id__in=asked
        ).values_list("request_id", flat=True)
    )
    return [noted for noted in taken if noted.request_id not in asked or noted.request_id in changed]


def _row(noted: Noted) -> ApiRequest:
    answer = redact.body(noted.response_body, content_type=noted.response_type)
    error = answer if noted.status >= 400 and isinstance(answer, dict) else {}
    return ApiRequest(
        platform_id=noted.caller.platform_id,
        at=noted.at,
        source=noted.caller.source,
        actor=noted.caller.actor[:200],
        key_id=noted.caller.key_id,
        key_hint=noted.caller.key_hint,
        method=noted.method[:8],
        path=_text(noted.path, 500),
        query=redact.query(noted.query),
        status=noted.status,
        requests=noted.requests,
        microseconds=noted.microseconds,
        slowest_microseconds=noted.slowest,
        request_id=noted.request_id,
        ip=_text(noted.ip, 45),
        user_agent=_text(noted.user_agent, 300),
        idempotency_key=_text(noted.idempotency_key, 255),
        replayed=noted.replayed,
        error_code=_text(error.get("code"), 64),
        error_field=_text(error.get("field"), 200),
        request_size=noted.request_size,
        response_size=noted.response_size,
        request_body=_written(redact.body(noted.request_body, content_type=noted.request_type)),
        response_body=_written(answer),
    )


def _written(body: Any) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False)


def _text(value: Any, most: int) -> str:
    return redact.clean(str(value or ""))[:most]
