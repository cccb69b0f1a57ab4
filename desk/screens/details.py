"""The detail screen: title row, facts, tabs as URLs, with Activity and API object on every record."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from accounts.models import AuditEntry, TenantModel
from desk.components import audit
from desk.components.actions import Action, offered
from desk.components.badges import Badge
from desk.components.facts import Fact
from desk.components.json_view import pretty
from desk.screens.base import Screen
from desk.shell import Crumb, list_crumb
from kit import ids
from kit.errors import NotFound
from webhooks.services.rendering import render as as_api_shows

ACTIVITY_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """``template`` fills the tab's region; ``count`` stands beside the label."""

    name: str
    label: str
    template: str
    count: int | None = None


ACTIVITY = Tab("activity", "Activity", "desk/tabs/activity.html")
API_OBJECT = Tab("api-object", "API object", "desk/tabs/api_object.html")


class DetailScreen(Screen):
    """``rows()`` gives the platform's rows; ``tabs()`` the tabs, the first of which has no path of its own.

    URL names: ``<route>`` for ``<pk>/`` and ``<route>-tab`` for ``<pk>/<slug:tab>/``. A reference in the
    path leads to the id.
    """

    template = "desk/detail.html"
    regions: ClassVar[tuple[str, ...]] = ("tab", "header")
    model: ClassVar[type[TenantModel]]
    route: ClassVar[str]
    row: Any

    @abstractmethod
    def rows(self) -> QuerySet[Any]:
        """The platform's rows with what the page reads."""

    def name(self) -> str:
        """What the record is called."""
        return str(getattr(self.row, "name", "") or self.row)

    def badges(self) -> list[Badge]:
        return [Badge(self.row.status)] if hasattr(self.row, "status") else []

    def facts(self) -> list[Fact]:
        return []

    def actions(self) -> list[Action]:
        """At most two secondary ones, then the primary."""
        return []

    def more(self) -> list[Action]:
        """Behind the three dots."""
        return []

    @abstractmethod
    def tabs(self) -> list[Tab]:
        """The tabs of the page, the first one shown first."""

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        """What the tab's template reads besides ``row``."""
        return {}

    def get(self, request: HttpRequest, pk: str, tab: str = "") -> HttpResponseBase:
        """The record at one of its tabs."""
        self.row = self.find(pk)
        if self.row.public_id != pk:
            return self.see_other(self.url(tab))
        tabs = [*self.tabs(), ACTIVITY, API_OBJECT]
        chosen = next((item for item in tabs if item.name == tab), None) if tab else tabs[0]
        if chosen is None:
            raise NotFound("There is no such tab.")
        return self.show(tabs, chosen)

    def show(self, tabs: list[Tab], chosen: Tab) -> HttpResponse:
        kind = self.model.object_type.replace("_", " ").capitalize()
        return self.render(
            title=f"{kind}: {self.name()}",
            crumb_title=self.name(),
            row=self.row,
            name=self.name(),
            badges=self.badges(),
            facts=self.facts(),
            actions=offered(self.actions(), self.operator),
            more=offered(self.more(), self.operator),
            tabs=[(item, self.url("" if item is tabs[0] else item.name), item is chosen) for item in tabs],
            tab=chosen,
            **(self._common(chosen) | self.tab_context(chosen)),
        )

    def find(self, key: str) -> Any:
        """The row that the path names by id or reference, or 404."""
        rows = self.rows()
        row = rows.filter(public_id=key).first() if ids.looks_like(key, prefix=self.model.prefix) else None
        if row is None and hasattr(self.model, "reference") and "\x00" not in key:
            row = rows.filter(reference=key).first()
        if row is None:
            raise NotFound("There is no such record on this platform.")
        return row

    def url(self, tab: str = "") -> str:
        """Where a tab of this record is."""
        if tab:
            return reverse(f"desk:{self.route}-tab", args=[self.row.public_id, tab])
        return reverse(f"desk:{self.route}", args=[self.row.public_id])

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), *list_crumb(self.menu)]

    def _common(self, tab: Tab) -> dict[str, Any]:
        if tab is ACTIVITY:
            return {"entries": activity_of(self.row)}
        if tab is API_OBJECT:
            return {"json": pretty(as_api_shows(self.row))}
        return {}


def activity_of(row: TenantModel) -> list[AuditEntry]:
    """The record's audit trail, newest first."""
    entries = AuditEntry.objects.filter(platform=row.platform_id, object_id=row.public_id)
    return audit.told(row.platform_id, entries.order_by("-pk")[:ACTIVITY_SHOWN])
