"""Answers that htmx and a plain browser both understand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a region (going back through history asks for the page)."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def see_other(url: str) -> HttpResponse:
    """303: the browser reads ``url`` next, whatever it sent."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Open ``url`` as a whole page."""
    if not is_htmx(request):
        return see_other(url)
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back here afterwards."""
    back = request.get_full_path() if request.method == "GET" and not is_htmx(request) else ""
    query = f"?{urlencode({'next': back})}" if back else ""
    return go(request, reverse("desk:sign-in") + query)


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say ``text`` on the next page; ``undo`` is the URL that a POST reverses the change at."""
    messages.success(request, text, extra_tags=undo)


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Let desk.js act after the swap: ``toast={"text": …}``, ``focus="#id"``, ``announce="12 rows"``."""
    known = {f"desk:{name}": value for name, value in events.items()}
    response.headers["HX-Trigger-After-Settle"] = json.dumps(known)
    return response
