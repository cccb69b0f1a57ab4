"""Home: what needs someone today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from desk.components.audit import recent
from desk.screens.base import Screen


class Home(Screen):
    """Recent activity by people."""

    title = "Home"
    template = "desk/home/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(entries=recent(self.operator.platform, actor_type="USER"))
