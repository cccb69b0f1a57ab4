"""The Undo of a toast: ``/desk/undo/<request>/`` takes back what that request closed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from desk.operators import Operator
from desk.screens.base import Screen
from desk.services import undo


class Undo(Screen):
    """Acts on a POST, then shows the page that asked again."""

    title = "Undo"

    def get(self, request: HttpRequest, request_id: str) -> HttpResponse:
        return self.see_other(reverse("desk:home"))

    def post(self, request: HttpRequest, request_id: str) -> HttpResponse:
        count = undo.request(ctx=self.operator.ctx, request_id=request_id, need=self.need)
        return self.done(
            back_to(request, default=reverse("desk:home")), "Undone" if count == 1 else f"{count} undone"
        )


def url_for(operator: Operator) -> str:
    """Where the present request can be taken back; empty when it changed nothing of the kind."""
    if not undo.changes_of(ctx=operator.ctx, request_id=operator.request_id):
        return ""
    return reverse("desk:undo", args=[operator.request_id])


def back_to(request: HttpRequest, *, default: str) -> str:
    """The page of Desk that the request was made from, or ``default``."""
    asked = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    local = asked.netloc == request.get_host() and asked.path.startswith("/desk/")
    return f"{asked.path}?{asked.query}".rstrip("?") if local else default


urlpatterns = [path("undo/<slug:request_id>/", Undo.as_view(), name="undo")]
