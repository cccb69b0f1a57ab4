"""The list screen: everything a list does, driven by a ``Table``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk.components.actions import Action, offered
from desk.components.columns import Amount, Amounts, Column
from desk.components.empty import Empty
from desk.list_call import listed
from desk.listing import State, page_of
from desk.paging import SIZES, Page
from desk.screens import bulk, export, views
from desk.screens.listed import Listed
from desk.shell import entry_of
from kit.errors import NotFound

LIVE_SECONDS = 3
AMOUNTS = (Amount, Amounts)
PLACES = ("0", "1", "2", "3", "4")  # that an amount may have


class ListScreen(Listed):
    """``rows()`` gives the platform's rows; ``href(row)`` where a row leads.

    ``drawer`` names a template (its ``drawer`` partial reads ``row``) that shows one row beside the
    list, at ``?drawer=<key>``; ``key(row)`` is what stands in the URL.
    """

    template = "desk/list.html"
    regions = ("list", "list-body", "drawer", "dialog", "cells", "calls")
    empty: ClassVar[Empty]
    drawer: ClassVar[str] = ""
    description: ClassVar[str] = ""
    arriving: ClassVar[str] = ""  # what arrives, "events": offers Live, at ``?live=1``
    late: ClassVar[tuple[str, ...]] = ()  # columns whose cells follow the page where ``pending`` says so

    def actions(self) -> list[Action]:
        """At the top right; the last is the primary one."""
        return []

    @property
    def live_seconds(self) -> int:
        """How often the list looks again while somebody watches it; 0 never."""
        return LIVE_SECONDS if self.arriving and self.request.GET.get("live") else 0

    def toggle(self, state: State) -> list[Action]:
        """Live, or its end, with the list's filters as they are."""
        if not self.arriving:
            return []
        if self.live_seconds:
            return [Action("Stop live", state.without("live"), icon="pause")]
        return [Action("Live", state.link(live=1), icon="pulse")]

    def painted(self, rows: list[Any]) -> list[Any]:
        """The same for the first paint: without what ``pending`` rows are asked for afterwards."""
        return self.decorated(rows)

    def pending(self, row: Any) -> bool:
        """Whether the ``late`` cells of this row take so long that they follow by a request of their own."""
        return False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.htmx_target == "cells":
            return self.cells(request.GET.get("cells", "").split(","))
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
        page = page_of(self.rows(), state)
        page = replace(page, rows=self.painted(page.rows))
        opened = self.request.GET.get("drawer", "")
        columns = [self._over(column, page.rows) for column in state.columns]
        return self.render(
            state=state,
            table=self.table,
            page=page,
            lines=[self._line(row, state, columns) for row in page.rows],
            actions=offered([*self.toggle(state), *self.actions()], self.operator),
            empty=None if page.total else self.empty,
            description=self.description,
            bulk=[item for item in self.table.bulk if self.operator.can(item.permission)],
            views=views.tabs(self, state),
            live_seconds=self.live_seconds,
            arriving=self.arriving,
            pending=self._pending(page, state),
            places=self._places(columns),
            **(self.opened(opened) if opened and self.drawer else {}),
            **extra,
        )

    def cells(self, keys: list[str]) -> HttpResponse:
        """The ``late`` cells of these rows, each to take the place that the page keeps for it."""
        rows = self.decorated(list(self.rows().filter(public_id__in=keys[: max(SIZES)])))
        asked = self.request.GET.get("places", "")
        places = int(asked) if asked in PLACES else 0
        late = [_placed(column, places) for column in self.table.columns if column.name in self.late]
        found = [(_place(column, self.key(row)), column.html(row)) for row in rows for column in late]
        return self.render(region="cells", cells=found)

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
        found = super().context(**extra)
        if found["call"]:
            found["call"] = listed(found["call"], State(self.table, self.request.GET))
        return found

    def _over(self, column: Column, rows: list[Any]) -> Column:
        """Of what is late only the currency is known."""
        is_known = column.name not in self.late or isinstance(column, AMOUNTS)
        return column.over(rows) if is_known else column

    def _places(self, columns: list[Column]) -> int:
        """The decimal places on which late amounts line up with the others."""
        late = [each for each in columns if each.name in self.late]
        return max((each.places for each in late if isinstance(each, AMOUNTS)), default=0)

    def _line(self, row: Any, state: State, columns: list[Column]) -> dict[str, Any]:
        key, href = self.key(row), self.href(row)
        in_drawer = bool(self.drawer) and not href
        return {
            "key": key,
            "name": self.row_name(row),
            "href": href or (state.link(drawer=key, page=state.page) if self.drawer else ""),
            "drawer": in_drawer,
            "cells": [(column, self._cell(column, row)) for column in columns],
        }

    def _pending(self, page: Page, state: State) -> str:
        """The keys of the rows whose late cells, where they are shown, are still to be asked for."""
        shown = any(column.name in self.late for column in state.columns)
        return ",".join(self.key(row) for row in page.rows if shown and self.pending(row))

    def _cell(self, column: Column, row: Any) -> SafeString | str:
        if column.name not in self.late or not self.pending(row):
            return column.html(row)
        place = _place(column, self.key(row))
        return format_html('<span id="{}" class="muted" aria-busy="true">…</span>', place)


def _placed(column: Column, places: int) -> Column:
    return replace(column, places=places) if isinstance(column, AMOUNTS) else column


def _place(column: Column, key: str) -> str:
    """The id of the element that a late cell fills."""
    return f"{column.name}-{key}"
