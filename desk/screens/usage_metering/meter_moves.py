"""Where a meter goes: activate, deprecate, archive, delete it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from desk.components.curl import Call
from desk.screens.moves import MoveScreen
from desk.screens.usage_metering.meter_changes import MeterScreen
from desk.services import meter_setup
from metering.models import Meter
from metering.services import meters as services

# verb: (button, past, what it means)
VERBS = {
    "activate": (
        "Activate",
        "activated",
        "It accepts events. Its draft values and properties become active with it.",
    ),
    "deprecate": ("Deprecate", "deprecated", "It stops accepting events. What was sent keeps counting."),
    "archive": (
        "Archive",
        "archived",
        "It is hidden, accepts no events and can no longer be changed. What was sent keeps counting.",
    ),
    "delete": ("Delete", "deleted", "It is removed for good. Only a draft without calculations can be."),
}
STATUSES = {"activate": "ACTIVE", "deprecate": "DEPRECATED", "archive": "ARCHIVED"}


class Move(MoveScreen, MeterScreen):
    """A meter; the drafts that it carries become active before it does."""

    verbs, what = VERBS, "meter"

    @property
    def permission(self) -> str:  # type: ignore[override]
        return "METER.DELETE" if self.kwargs["verb"] == "delete" else "METER.UPDATE"

    def calls(self, form: Any) -> list[Call]:
        verb, path = self.kwargs["verb"], f"/v1/meters/{self.row.public_id}"
        if verb == "delete":
            return [Call("DELETE", path)]
        return calls_to_move(verb, [self.row])

    def save(self, form: Any) -> str:
        verb = self.kwargs["verb"]
        if verb == "delete":
            services.delete(ctx=self.operator.ctx, instance=self.row)
            return reverse("desk:meters")
        getattr(meter_setup, verb)(ctx=self.operator.ctx, instance=self.row)
        return self.cancel_url()


def calls_to_move(verb: str, rows: Sequence[Meter]) -> list[Call]:
    """Each meter with what goes before it. A draft that several carry is made ready once."""
    found: dict[str, Call] = {}
    for row in rows:
        own = Call("PATCH", f"/v1/meters/{row.public_id}", {"status": STATUSES[verb]})
        found |= {call.path: call for call in [*calls_to_ready(row, verb), own]}
    return [*found.values()]


def calls_to_ready(meter: Meter, verb: str) -> list[Call]:
    """The drafts that a meter carries become active before it does."""
    if verb != "activate":
        return []
    carried: list[tuple[str, Any]] = [("meter-values", link.meter_value) for link in meter.value_links.all()]
    carried += [("meter-properties", link.meter_property) for link in meter.property_links.all()]
    return [
        Call("PATCH", f"/v1/{path}/{row.public_id}", {"status": "ACTIVE"})
        for path, row in carried
        if row.status == "DRAFT"
    ]
