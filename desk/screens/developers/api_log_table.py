"""The columns and filters of the list of requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject

from accounts.models import ApiKey, ApiRequest, AuditEntry, Platform, RequestSource
from desk.tables import Choice, Code, Column, Contains, Custom, Days, Figure, Filter, Table

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


def milliseconds(row: ApiRequest) -> str:
    """``12.4 ms``, of several the average."""
    return f"{row.microseconds // row.requests / 1000:,.1f} ms"


def of(platform: Platform) -> Table:
    """The list's columns and filters; the keys to choose from are the platform's."""
    return Table(
        key="api-logs",
        one="request",
        many="requests",
        default="-time",
        columns=_columns(),
        filters=_filters(platform),
        search=("path", "request_id", "actor"),
    )


def _columns() -> list[Column]:
    return [
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
    ]


def _filters(platform: Platform) -> list[Filter]:
    keys = SimpleLazyObject(lambda: _keys(platform))
    return [
        Choice(name="status", label="Status", choices=CLASSES, narrow=_classes),
        Choice(name="method", label="Method", path="method", choices=METHODS),
        Contains(name="path", label="Path", path="path"),
        Choice(name="key", label="Key", path="key_id", choices=cast(Any, keys)),
        Choice(name="source", label="Source", path="source", choices=SOURCES),
        Choice(name="slower", label="Slower than", choices=SLOWER, narrow=_slower),
        Contains(name="error", label="Error", path="error_code"),
        Touched(name="record", label="Record", hint="The ID of what it changed", platform=platform),
        Days(name="at", label="Time", path="at"),
    ]


def _keys(platform: Platform) -> list[tuple[str, str]]:
    rows = ApiKey.objects.filter(platform=platform).order_by("name", "pk")[:100]
    return [(row.public_id, f"{row.name} ({row.hint}…)") for row in rows]
