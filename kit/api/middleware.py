"""Every answer carries X-REQUEST-ID, and what happens meanwhile can be found under it."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from kit import clock, ids


class RequestIdMiddleware:
    """Names the request ``reqr_…`` on ``request.request_id``, in the log context and in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = ids.new("reqr", at=clock.now())
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-REQUEST-ID"] = request_id
        structlog.contextvars.unbind_contextvars("request_id")
        return response
