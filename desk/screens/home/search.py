"""Search or jump: the palette's results, and the same as a plain page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from desk import palette
from desk.screens.base import Screen


class Search(Screen):
    """Records, pages and actions in one list."""

    title = "Search"
    template = "desk/home/search.html"
    regions = ("found",)

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
        groups = palette.search(self.operator, text)
        count = sum(len(hits) for _, hits in groups)
        return self.render(q=text, groups=groups, count=count)
