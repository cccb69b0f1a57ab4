"""Delete an event, or what it would take back."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from desk.components.curl import Call
from desk.screens.forms import FormScreen
from desk.screens.usage_metering import event_path
from kit.errors import InvalidOperation, NotFound
from metering.models import Event
from metering.selectors import events
from metering.services import events as services


class DeleteEvent(FormScreen):
    """Delete an event while its invoice is a draft."""

    title = "Delete this event?"
    verb = "Delete event"
    verb_style = "solid-bad"
    menu = "events"
    permission = "METER_DATA.DELETE"
    message = "Event deleted"
    has_calls = True

    @property
    def event(self) -> Event:
        row = events.by_id(self.operator.platform, self.kwargs["pk"])
        if not isinstance(row, Event):
            raise NotFound("There is no such event.")
        return row

    def consequences(self) -> list[tuple[str, str]]:
        return [
            ("info", "It stays in the list, marked as deleted, and counts no more."),
            ("doc", "Draft invoices are computed again without it. This cannot be undone."),
        ]

    def calls(self, form: Any) -> list[Call]:
        return [Call("POST", f"/v1/events/{self.event.public_id}/delete")]

    def save(self, form: Any) -> str:
        event = self.event
        (found,) = events.with_fates(self.operator.platform, [event])
        if event_path.destination(self.operator.platform, found.fate).is_locked:
            raise InvalidOperation("Its invoice is final: what it billed can no longer change.")
        services.delete(ctx=self.operator.ctx, event=event)
        return reverse("desk:events")

    def cancel_url(self) -> str:
        return reverse("desk:events")
