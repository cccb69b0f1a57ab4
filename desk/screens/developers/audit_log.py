"""Developers > Audit log: who did what, when, from where, and what changed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import AuditEntry
from desk.components import audit
from desk.components.badges import word
from desk.components.empty import Empty
from desk.screens.developers.records import page_of_record
from desk.screens.lists import ListScreen
from desk.tables import Choice, Code, Column, Contains, Days, Filter, Moment, Table
from kit.errors import NotFound


def _changed(entry: AuditEntry) -> str:
    names = audit.field_names(entry)
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


class AuditLog(ListScreen):
    """Every change of the platform, newest first."""

    permission = "AUDIT_RECORD.VIEW"
    drawer = "desk/developers/audit_entry.html"
    empty = Empty(
        title="Nothing has been changed yet",
        text="Every change by a person, a key or the system itself is listed here, with what it changed.",
    )
    table = Table(
        key="audit-log",
        one="entry",
        many="entries",
        default="-at",
        columns=[
            Moment(name="at", label="Time", of="at", sort="pk"),
            Column(
                name="actor",
                label="Who",
                of="who",
                more=lambda entry: word(entry.actor_type),
                exports=[("Who", "actor")],
            ),
            Column(name="action", label="Action", of=lambda entry: word(entry.action)),
            Column(
                name="record",
                label="Record",
                of=lambda entry: word(entry.object_type),
                more="object_id",
                exports=[("Record", "object_id")],
            ),
            Column(name="changes", label="Changed", of=_changed),
            Code(name="request", label="Request", of="request_id", optional=True),
        ],
        filters=[
            Contains(name="actor", label="Person or key", path="actor"),
            Choice(
                name="source",
                label="From",
                path="actor_type",
                choices=[("USER", "Desk"), ("API_KEY", "API key"), ("SYSTEM", "System")],
            ),
            Filter(name="resource", label="Resource", path="object_type", hint="Such as CUSTOMER or METER"),
            Choice(
                name="action",
                label="Action",
                path="action",
                choices=[("CREATED", "Created"), ("UPDATED", "Updated"), ("DELETED", "Deleted")],
            ),
            Days(name="at", label="Time", path="at"),
        ],
        search=("object_id", "actor", "request_id", "object_type"),
    )

    def rows(self) -> QuerySet[Any]:
        return AuditEntry.objects.filter(platform=self.operator.platform)

    def decorated(self, rows: list[Any]) -> list[Any]:
        return audit.told(self.operator.platform.pk, rows)

    def key(self, row: Any) -> str:
        return str(row.pk)

    def drawer_context(self, row: Any) -> dict[str, Any]:
        audit.told(self.operator.platform.pk, [row])
        return {"record_url": page_of_record(row, self.operator)}

    def find(self, key: str) -> Any:
        row = (
            self.rows().filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
        )
        if row is None:
            raise NotFound("There is no such entry.")
        return row
