"""Where a meter goes: activate, deprecate, archive, delete it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from desk.components.curl import Call
from desk.components.facts import Fact
from desk.forms.base import DeskForm
from desk.screens.usage_metering.meter_changes import MeterScreen
from desk.services import meter_setup
from kit.errors import NotFound
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


class Move(MeterScreen):
    """Activate, deprecate, archive or delete: the effect in one sentence, then the verb."""

    has_calls = True

    @property
    def permission(self) -> str:  # type: ignore[override]
        return "METER.DELETE" if self.kwargs["verb"] == "delete" else "METER.UPDATE"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["verb"] in VERBS:
            button, past, _ = VERBS[kwargs["verb"]]
            self.title, self.verb = f"{button} this meter?", f"{button} meter"  # type: ignore[misc]
            self.message = f"Meter {past}"  # type: ignore[misc]
            self.verb_style = "solid-bad" if kwargs["verb"] == "delete" else "primary"  # type: ignore[misc]
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> DeskForm:
        if self.kwargs["verb"] not in VERBS:
            raise NotFound("There is no such action.")
        return DeskForm(data)

    def facts(self) -> list[Fact]:
        return [Fact("Meter", self.row.name or self.row.reference), Fact("Reference", self.row.reference)]

    def consequences(self) -> list[tuple[str, str]]:
        return [("info", VERBS[self.kwargs["verb"]][2])]

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
