"""Usage metering > Events: what arrived, what became of it, and why."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import Platform
from billing.models import Customer
from desk import palette
from desk.components import format
from desk.components.actions import Action
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.json_view import pretty
from desk.operators import Operator
from desk.palette import Hit, Jump, Kind
from desk.screens.lists import ListScreen
from desk.screens.usage_metering import event_lines, event_path, events_table
from desk.tables import Table
from kit.errors import NotFound
from metering import ports
from metering.api.event_shape import render
from metering.models import Event, EventDuplicate, Meter
from metering.ports import FateKind
from metering.selectors import events

NEW = Action("New event", "new/", "METER_DATA.INGEST", "primary", key="n")


class Events(ListScreen):
    """Events, newest first, each with what became of it."""

    permission = "METER_DATA.VIEW"
    drawer = "desk/usage_metering/event.html"
    arriving = "events"

    @cached_property
    def table(self) -> Table:  # type: ignore[override]
        return events_table.of(self.operator.platform)

    @property
    def empty(self) -> Empty:  # type: ignore[override]
        return Empty(
            "Send your first event",
            "An event says that a customer used something: who, what, how much, when. Your product sends "
            "them through the API; for a try, send one here.",
            NEW,
            call=cast(Call, SimpleLazyObject(self._example)),
        )

    def _example(self) -> Call:
        """An event of the newest meter and customer."""
        mine = {"platform": self.operator.platform}
        meter = Meter.objects.filter(**mine).order_by("-pk").first()
        customer = Customer.objects.filter(**mine, reference__isnull=False).order_by("-pk").first()
        value = meter.value_links.select_related("meter_value").first() if meter else None
        body = {
            "reference": "event-0001",
            "customer_reference": customer.reference if customer else "acme",
            "meter_reference": meter.reference if meter else "api_calls",
            "meter_values": [
                {"reference": value.meter_value.reference if value else "calls", "number": "1"},
            ],
        }
        return Call("POST", "/v1/events/ingest", body)

    def rows(self) -> QuerySet[Any]:
        return event_lines.with_repeats(events.rows(self.operator.platform))

    def decorated(self, rows: list[Any]) -> list[Any]:
        platform = self.operator.platform
        return event_lines.told(platform, events.with_fates(platform, rows))

    def actions(self) -> list[Action]:
        return [NEW]

    def call(self) -> Call:
        return Call("GET", "/v1/events")

    def find(self, key: str) -> Any:
        row = events.by_id(self.operator.platform, key)
        if row is None:
            raise NotFound("There is no such event.")
        return row

    def drawer_context(self, row: Event | EventDuplicate) -> dict[str, Any]:
        """The event's path, its payload, what can be done with it."""
        platform = self.operator.platform
        event = row.event if isinstance(row, EventDuplicate) else row
        again = list(event.duplicates.order_by("-pk")[:20])
        event.repeats = len(again)  # type: ignore[attr-defined]
        (found,) = events.with_fates(platform, [row])
        (line,) = event_lines.told(platform, [found])
        ended = event_path.destination(platform, found.fate)
        line.document.subscription = _pinned(platform, found.event)
        document = render(line.document, found.fate)
        return {
            "line": line,
            "steps": event_path.steps(line, found.fate, ended),
            "path": ended,
            "payload": pretty(document),
            "calls": Call("POST", "/v1/events/ingest", sendable(document)).snippets,
            "again": Action(
                "Send again with a new reference",
                f"{reverse('desk:event-new')}?from={found.event.public_id}",
                "METER_DATA.INGEST",
            ).for_(self.operator),
            "delete": self._delete(found.event, found.fate.kind, locked=ended.is_locked),
            "duplicates": again,
        }

    def _delete(self, event: Event, kind: FateKind, *, locked: bool) -> Action | None:
        if event.deleted_at is not None or kind == FateKind.DUPLICATE:
            return None
        refused = "Its invoice is final: what it billed can no longer change." if locked else ""
        url = reverse("desk:event-delete", args=[event.public_id])
        action = Action("Delete", url, "METER_DATA.DELETE", "bad", opens="dialog", refused=refused)
        return action.for_(self.operator)


def sendable(document: dict[str, Any]) -> dict[str, Any]:
    """The request that made this event."""
    names = (
        "reference",
        "customer_reference",
        "meter_reference",
        "pricing_plan_subscription_reference",
        "timestamp",
    )
    body = {name: document[name] for name in names if document[name] is not None}
    if "customer_reference" not in body:
        body["customer_id"] = document["customer_id"]
    values = [
        {name: each[name] for name in ("reference", "number", "amount", "count") if each[name] is not None}
        for each in document["meter_values"]
    ]
    properties = [
        {name: each[name] for name in ("reference", "value")} for each in document["meter_properties"]
    ]
    return body | {"meter_values": values} | ({"meter_properties": properties} if properties else {})


def _pinned(platform: Platform, event: Event) -> tuple[str | None, str | None]:
    """The subscription that the event names."""
    if event.subscription_id is None:
        return (None, None)
    found = ports.directory().subscriptions_by_key(platform.pk, [event.subscription_id])
    named = found.get(event.subscription_id)
    return (named.public_id, named.reference) if named else (None, None)


def _found(operator: Operator, text: str) -> list[Hit]:
    """The event of exactly this reference or id; its drawer opens over the list."""
    named = Event.objects.filter(platform=operator.platform, reference=text).first()
    row = named or events.by_id(operator.platform, text)
    if row is None:
        return []
    url, at = reverse("desk:events"), format.instant(row.stored_at, operator.zone)
    return [Hit(f"Event {text}", f"{url}?drawer={row.public_id}", f"Received {at}", "pulse")]


palette.register(
    Kind("Events", "pulse", "METER_DATA.VIEW", _found), Jump("New event", "event-new", "METER_DATA.INGEST")
)
