"""Developers > API logs: which requests came in, how they were answered, what they changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.http import urlencode

from accounts.models import ApiKey, ApiRequest, AuditEntry, Platform, RequestSource
from accounts.selectors import api_requests
from desk.components.actions import Action
from desk.components.badges import Badge
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.json_view import pretty
from desk.operators import Operator
from desk.screens.developers.records import page_of_record
from desk.screens.lists import ListScreen
from desk.tables import Choice, Code, Column, Contains, Custom, Days, Figure, Filter, Table
from kit.errors import NotFound

CELLS = "desk/developers/cells/"
METHODS = [(name, name) for name in ("GET", "POST", "PATCH", "PUT", "DELETE")]
CLASSES = [("2", "2xx, done"), ("3", "3xx, elsewhere"), ("4", "4xx, refused"), ("5", "5xx, failed")]
SLOWER = [("100", "100 ms"), ("500", "500 ms"), ("2000", "2 s")]
SOURCES = [(RequestSource.API.value, "API"), (RequestSource.DESK.value, "Desk")]


def _classes(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    asked = Q()
    for value in values:
        asked |= Q(status__gte=int(value) * 100, status__lt=int(value) * 100 + 100)
    return rows.filter(asked)


def _slower(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return rows.filter(slowest_microseconds__gte=min(map(int, values)) * 1000)


@dataclass(frozen=True, kw_only=True)
class Touched(Filter):
    """Requests that changed the record of this id."""

    platform: Platform

    def apply(self, rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
        values = self.values(query)
        if not values:
            return rows
        entries = AuditEntry.objects.filter(platform=self.platform, object_id=values[0])
        return rows.filter(request_id__in=entries.exclude(request_id="").values("request_id"))


def status_badge(row: ApiRequest) -> Badge:
    """The HTTP status, with the look of its class."""
    return Badge(f"{row.status // 100}XX", str(row.status))


def milliseconds(row: ApiRequest) -> str:
    """``12.4 ms``, of several the average."""
    return f"{row.microseconds // row.requests / 1000:,.1f} ms"


def table(platform: Platform) -> Table:
    """The list's columns and filters; the keys to choose from are the platform's."""

    def keys() -> list[tuple[str, str]]:
        rows = ApiKey.objects.filter(platform=platform).order_by("name", "pk")[:100]
        return [(row.public_id, f"{row.name} ({row.hint}…)") for row in rows]

    return Table(
        key="api-logs",
        one="request",
        many="requests",
        default="-time",
        columns=[
            Custom(name="time", label="Time", of="at", sort="pk", template=f"{CELLS}time.html"),
            Column(name="method", label="Method", of="method"),
            Custom(name="path", label="Path", of="path", template=f"{CELLS}path.html"),
            Custom(name="status", label="Status", of="status", sort="status", template=f"{CELLS}status.html"),
            Column(
                name="duration",
                label="Duration",
                of=milliseconds,
                sort="slowest_microseconds",
                end=True,
                exports=[
                    ("Microseconds, all", "microseconds"),
                    ("Microseconds, slowest", "slowest_microseconds"),
                ],
            ),
            Figure(name="requests", label="Requests", of="requests", sort="requests"),
            Column(name="actor", label="Key or person", of="actor", more="key_hint"),
            Code(name="error", label="Error", of="error_code", optional=True),
            Column(name="source", label="Source", of=lambda row: dict(SOURCES)[row.source], optional=True),
            Code(name="request", label="Request ID", of="request_id", optional=True),
            Code(name="ip", label="IP address", of="ip", optional=True),
            Column(
                name="replayed",
                label="Replay",
                of=lambda row: "Replay" if row.replayed else "",
                optional=True,
            ),
        ],
        filters=[
            Choice(name="status", label="Status", choices=CLASSES, narrow=_classes),
            Choice(name="method", label="Method", path="method", choices=METHODS),
            Contains(name="path", label="Path", path="path"),
            Choice(name="key", label="Key", path="key_id", choices=cast(Any, SimpleLazyObject(keys))),
            Choice(name="source", label="Source", path="source", choices=SOURCES),
            Choice(name="slower", label="Slower than", choices=SLOWER, narrow=_slower),
            Contains(name="error", label="Error", path="error_code"),
            Touched(name="record", label="Record", hint="The ID of what it changed", platform=platform),
            Days(name="at", label="Time", path="at"),
        ],
        search=("path", "request_id", "actor"),
    )


class ApiLogs(ListScreen):
    """Requests, newest first, those of Desk that changed something among them."""

    permission = "AUDIT_RECORD.VIEW"
    title = "API logs"
    template = "desk/developers/api_logs.html"
    drawer = "desk/developers/api_request.html"
    arriving = "requests"

    @cached_property
    def table(self) -> Table:  # type: ignore[override]
        return table(self.operator.platform)

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        return Empty(
            "Make a request with your key",
            "Every request of your programs is listed here for a while, with what it sent and what it was "
            "answered. Secrets are left out.",
            Action("New API key", reverse("desk:api-key-new"), "USER.API.CREATE", "primary", "dialog"),
            call=Call("GET", "/v1/customers"),
        )

    def rows(self) -> QuerySet[Any]:
        return api_requests.listed(self.operator.platform)

    def key(self, row: Any) -> str:
        return str(row.request_id)

    def row_name(self, row: Any) -> str:
        return f"{row.method} {row.path}"

    def decorated(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.badge = status_badge(row)
        return rows

    def actions(self) -> list[Action]:
        return [Action("Retention", reverse("desk:api-logs-retention"), "PLATFORM.UPDATE", opens="dialog")]

    def find(self, key: str) -> Any:
        row = api_requests.by_request(self.operator.platform, key)
        if row is None:
            raise NotFound("There is no such request in the log, or it is past its days.")
        return row

    def drawer_context(self, row: ApiRequest) -> dict[str, Any]:
        """The request, its answer, what it changed, how to make it again."""
        answer = json.loads(row.response_body) if row.response_body else None
        return {
            "badge": status_badge(row),
            "took": milliseconds(row),
            "records": _records(row, self.operator),
            "sent": pretty(json.loads(row.request_body)) if row.request_body else "",
            "answered": pretty(answer) if row.response_body else "",
            "message": answer.get("message") if isinstance(answer, dict) else "",
            "calls": _again(row).snippets if row.source == RequestSource.API else None,
            "similar": "?"
            + urlencode({"path": row.path, "method": row.method, "status": str(row.status // 100)}),
        }


def _records(row: ApiRequest, operator: Operator) -> Sequence[tuple[AuditEntry, str]]:
    """(what it changed, the page of that)."""
    entries = api_requests.changes_of(row)
    return [(entry, page_of_record(entry, operator)) for entry in entries]


def _again(row: ApiRequest) -> Call:
    query = f"?{row.query}" if row.query else ""
    return Call(row.method, row.path + query, json.loads(row.request_body) if row.request_body else None)
