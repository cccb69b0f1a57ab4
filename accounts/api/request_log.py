"""Notes every request of a platform for the API log: by its keys, and by its members in Desk.

Whoever finds out who asks sets ``request.caller`` (authentication, the ingest path, Desk's screens); requests
of nobody in particular belong to no platform and are not logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from accounts.models import RequestSource
from accounts.services import request_log
from accounts.services.request_buffer import Caller, Noted
from kit import clock
from kit.api import addresses, redact

GOOD = 400  # below it a request went well


class RequestLogMiddleware:
    """Stands inside ``RequestIdMiddleware`` and around everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter_ns()
        response = self.get_response(request)
        caller: Caller | None = getattr(request, "caller", None)
        if caller is not None and _counts(request, response, caller):
            _note(request, response, caller, (time.perf_counter_ns() - begun) // 1000)
        return response


def _counts(request: HttpRequest, response: HttpResponse, caller: Caller) -> bool:
    """Of Desk only what may have changed something; whether it did, the audit trail tells later."""
    return caller.source == RequestSource.API or (request.method == "POST" and response.status_code < GOOD)


def _note(request: HttpRequest, response: HttpResponse, caller: Caller, microseconds: int) -> None:
    status, path = response.status_code, request.path
    if caller.folds and status < GOOD:
        if request_log.buffer.fold(caller, path=path, status=status, microseconds=microseconds):
            return
    elif caller.folds:
        caller = _alone(caller)
    request_log.note(_seen(request, response, caller, microseconds))


def _alone(caller: Caller) -> Caller:
    """A refused event is a row of its own: its error is what someone looks for."""
    return Caller(caller.platform_id, caller.source, caller.actor, caller.key_id, caller.key_hint)


def _seen(request: HttpRequest, response: HttpResponse, caller: Caller, microseconds: int) -> Noted:
    headers = request.headers
    sent: bytes = getattr(request, "_body", b"")
    answered = b"" if response.streaming else response.content
    return Noted(
        caller=caller,
        at=clock.now() - timedelta(microseconds=microseconds),
        method=request.method or "",
        path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        status=response.status_code,
        microseconds=microseconds,
        request_id=getattr(request, "request_id", ""),
        ip=addresses.of(request),
        user_agent=headers.get("User-Agent", ""),
        idempotency_key=headers.get("Idempotency-Key", ""),
        replayed=response.headers.get("Idempotent-Replayed") == "true",
        request_type=request.content_type or "",
        request_body=sent if len(sent) <= redact.LARGEST else b"",
        request_size=len(sent),
        response_type=response.headers.get("Content-Type", "").partition(";")[0],
        response_body=answered if len(answered) <= redact.LARGEST else b"",
        response_size=len(answered),
    )
