"""The list screen: everything a list does, driven by a ``Table``."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from desk.components.actions import Action, offered
from desk.components.empty import Empty
from desk.screens import bulk, export, views
from desk.screens.base import Screen
from desk.shell import entry_of
from desk.tables import Page, State, Table, page_of
from kit.errors import NotFound


class ListScreen(Screen):
    """``rows()`` gives the platform's rows; ``href(row)`` where a row leads.

    ``drawer`` names a template (its ``drawer`` partial reads ``row``) that shows one row beside the
    list, at ``?drawer=<key>``; ``key(row)`` is what stands in the URL.
    """

    template = "desk/list.html"
    regions = ("list", "list-body", "drawer", "dialog")
    table: ClassVar[Table]
    empty: ClassVar[Empty]
    drawer: ClassVar[str] = ""
    description: ClassVar[str] = ""
    live_seconds: ClassVar[int] = 0  # refresh while visible; 0 never

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """The platform's rows with what the columns read (no query per row)."""

    def href(self, row: Any) -> str:
        """The page of a row; empty when there is only a drawer."""
        return ""

    def key(self, row: Any) -> str:
        return str(row.public_id)

    def row_name(self, row: Any) -> str:
        """What a row is called where its cells are not shown: in bulk results, to a screen reader."""
        return str(getattr(row, "name", None) or row)

    def actions(self) -> list[Action]:
        """At the top right; the last is the primary one."""
        return []

    def decorated(self, rows: list[Any]) -> list[Any]:
        """The page's rows with whatever a second query for all of them adds."""
        return rows

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state = State(self.table, request.GET)
        if request.GET.get("format") == "csv":
            return export.csv_of(self, state)
        if request.GET.get("drawer") and self.htmx_target == "drawer":
            return self.render(region="drawer", **self.opened(request.GET["drawer"]))
        return self.page(state)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Bulk actions and saved views."""
        if "view_action" in request.POST:
            return views.change(self, State(self.table, request.GET))
        return bulk.run(self, State(self.table, request.GET))

    def page(self, state: State, **extra: Any) -> HttpResponse:
        """The list as the state asks for it."""
        page = page_of(state.ordered(state.narrow(self.rows())), state)
        page = Page(self.decorated(page.rows), page.total, page.number, page.size)
        opened = self.request.GET.get("drawer", "")
        return self.render(
            state=state,
            table=self.table,
            page=page,
            lines=[self._line(row, state) for row in page.rows],
            actions=offered(self.actions(), self.operator),
            empty=self.empty,
            description=self.description,
            bulk=[item for item in self.table.bulk if self.operator.can(item.permission)],
            views=views.tabs(self, state),
            live_seconds=self.live_seconds,
            **(self.opened(opened) if opened and self.drawer else {}),
            **extra,
        )

    def opened(self, key: str) -> dict[str, Any]:
        """What the drawer's template reads."""
        row = self.find(key)
        return {"row": row, "drawer_template": self.drawer, **self.drawer_context(row)}

    def drawer_context(self, row: Any) -> dict[str, Any]:
        return {}

    def find(self, key: str) -> Any:
        """The row of ``key`` on this platform, or 404."""
        row = self.rows().filter(public_id=key).first()
        if row is None:
            raise NotFound(f"There is no such {self.table.one}.")
        return row

    def context(self, **extra: Any) -> dict[str, Any]:
        if not self.title:
            entry = entry_of(self.menu_name)
            self.title = entry.label if entry else ""
        return super().context(**extra)

    def _line(self, row: Any, state: State) -> dict[str, Any]:
        key, href = self.key(row), self.href(row)
        in_drawer = bool(self.drawer) and not href
        return {
            "key": key,
            "name": self.row_name(row),
            "href": href or (state.link(drawer=key, page=state.page) if self.drawer else ""),
            "drawer": in_drawer,
            "cells": [(column, column.html(row)) for column in state.columns],
        }
