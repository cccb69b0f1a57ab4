"""Home: what needs someone today, how the business does, and where to start."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import AuditEntry
from desk.components.audit import recent
from desk.screens.base import Screen
from desk.screens.developers.records import page_of_record
from desk.screens.home import steps, tiles, todo
from kit.errors import NotFound

# What a tile's figure is made of, so that it is shown only to those who may read it.
NEEDS = {
    "mrr": "REPORT.VIEW",
    "unbilled": "INVOICE.VIEW",
    "overdue": "INVOICE.VIEW",
    "events": "METER_DATA.VIEW",
}


class Home(Screen):
    """Its panels load one by one; until the tutorial is done the checklist takes the page."""

    title = "Home"
    template = "desk/home/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = steps.steps(self.operator.platform, at=self.operator.at)
        return self.render(
            steps=[] if steps.all_done(found) else found,
            done=sum(step.state == "DONE" for step in found),
            tiles=[name for name, permission in NEEDS.items() if self.operator.can(permission)],
            entries=self.activity(),
        )

    def activity(self) -> list[AuditEntry]:
        """What people changed lately, each with the page of its record."""
        entries = recent(self.operator.platform, actor_type="USER")
        for entry in entries:
            entry.page = page_of_record(entry, self.operator)  # type: ignore[attr-defined]
        return entries


class GetStarted(Screen):
    """The tutorial's steps, whoever took them."""

    title = "Get started"
    menu = "get-started"
    template = "desk/home/get_started.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = steps.steps(self.operator.platform, at=self.operator.at)
        return self.render(steps=found, done=sum(step.state == "DONE" for step in found))


class TilePanel(Screen):
    """One figure: a piece of Home."""

    template = "desk/home/panels.html"
    regions = ("tile",)

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        if name not in tiles.TILES:
            raise NotFound("There is no such figure.")
        if not self.htmx_target:
            return self.see_other(reverse("desk:home"))
        self.need(NEEDS[name])
        return self.render(region="tile", tile=tiles.TILES[name](self.operator))


class TodoPanel(Screen):
    """The work to do: a piece of Home, and a page of its own without scripts."""

    title = "To do"
    menu = "home"
    template = "desk/home/todo.html"
    regions = ("todo",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(rows=todo.rows(self.operator))
