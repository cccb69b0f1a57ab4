"""Settings: every page of it that this member may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from desk import navigation
from desk.screens.base import Screen


class Settings(Screen):
    """A list of links."""

    title = "Settings"
    template = "desk/settings/index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(items=navigation.visible(navigation.SETTINGS, self.operator.can))
