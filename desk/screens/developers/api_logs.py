"""Developers > API logs: which requests came in, how they were answered, what they changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from accounts.models import ApiRequest, AuditEntry, RequestSource
from accounts.selectors import api_requests
from desk.components.actions import Action
from desk.components.badges import Badge
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.json_view import pretty
from desk.operators import Operator
from desk.screens.developers import api_log_table
from desk.screens.developers.records import page_of_record
from desk.screens.lists import ListScreen
from desk.tables import Table
from kit.errors import NotFound


def status_badge(row: ApiRequest) -> Badge:
    """The HTTP status, with the look of its class."""
    return Badge(f"{row.status // 100}XX", str(row.status))


class ApiLogs(ListScreen):
    """Requests, newest first, those of Desk that changed something among them."""

    permission = "AUDIT_RECORD.VIEW"
    title = "API logs"
    template = "desk/developers/api_logs.html"
    drawer = "desk/developers/api_request.html"
    arriving = "requests"

    @cached_property
    def table(self) -> Table:  # type: ignore[override]
        return api_log_table.of(self.operator.platform)

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
            "took": api_log_table.milliseconds(row),
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
