"""What a browser sees when a page of Desk does not exist, or when the fault is ours. No database needed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

LOST = "There is no such page. Check the address, or go on from Home."
BROKEN = (
    "Something went wrong on our side. Nothing was changed. Try again; if it happens again, tell who runs "
    "this Tallydesk the request below: its log says why."
)


def page_not_found(request: HttpRequest) -> HttpResponse:
    """404 outside any screen."""
    return _page(request, "Not found", LOST, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, with the request's id to find it in the log."""
    return _page(request, "Something went wrong", BROKEN, status=500)


def _page(request: HttpRequest, title: str, message: str, *, status: int) -> HttpResponse:
    context = {"title": title, "message": message, "request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string("desk/fault.html", context), status=status)
