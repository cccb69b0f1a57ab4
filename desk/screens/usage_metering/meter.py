"""A meter: what it carries, its events, its usage by day, what uses it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import ProductItem
from desk import navigation
from desk.components.actions import Action
from desk.components.curl import Call
from desk.components.facts import Fact
from desk.components.format import instant, number
from desk.screens.details import DetailScreen, Tab
from desk.screens.usage_metering import event_lines, meter_usage
from metering.models import Meter, Status
from metering.selectors import activity, definitions, events

EVENTS_SHOWN = 50


class MeterDetail(DetailScreen):
    """Tabs: overview, events, usage, used by, activity, API object."""

    permission = "METER.VIEW"
    menu = "meters"
    model = Meter
    route = "meter"

    def rows(self) -> QuerySet[Any]:
        return definitions.meters(self.operator.platform)

    def facts(self) -> list[Fact]:
        platform, zone, key = self.operator.platform, self.operator.zone, self.row.pk
        last = activity.last_used(platform, key)
        pulse = activity.pulses(platform, [key], at=self.operator.at)[key]
        return [
            Fact("Events in 24 h", number(pulse.total)),
            Fact("Last event", instant(last, zone) if last else "None yet"),
            Fact("Created", instant(self.row.created_at, zone)),
            Fact("Description", self.row.description or "None"),
        ]

    def tabs(self) -> list[Tab]:
        return [
            Tab("overview", "Overview", "desk/usage_metering/meter_overview.html"),
            Tab("events", "Events", "desk/usage_metering/meter_events.html"),
            Tab("usage", "Usage", "desk/usage_metering/meter_usage.html"),
            Tab("used-by", "Used by", "desk/usage_metering/meter_used_by.html"),
        ]

    def tab_context(self, tab: Tab) -> dict[str, Any]:
        given = {"overview": self._overview, "events": self._events, "used-by": self._used_by}
        if tab.name == "usage":
            return meter_usage.context(self.operator, self.row, self.request.GET)
        return given[tab.name]() if tab.name in given else {}

    def _overview(self) -> dict[str, Any]:
        active = self.row.status == Status.ACTIVE
        calculations = definitions.calculations(self.operator.platform).filter(meter=self.row)
        used = ProductItem.objects.filter(
            platform=self.operator.platform, meter_value_calculation__meter=self.row
        )
        return {
            "calculations": list(calculations.order_by("pk")),
            "next_product": navigation.address("product-new") if active and not used.exists() else "",
            "can_edit": self.row.status != Status.ARCHIVED,
            "call": self.call(),
        }

    def _events(self) -> dict[str, Any]:
        of_meter = events.rows(self.operator.platform).filter(meter=self.row).order_by("-pk")
        rows = event_lines.with_repeats(of_meter)
        found = events.with_fates(self.operator.platform, list(rows[:EVENTS_SHOWN]))
        lines = event_lines.told(self.operator.platform, found)
        return {"lines": lines, "is_narrow": True, "events_url": navigation.address("events")}

    def _used_by(self) -> dict[str, Any]:
        rows = ProductItem.objects.filter(
            platform=self.operator.platform, meter_value_calculation__meter=self.row
        ).select_related("product", "meter_value_calculation")
        return {"items": list(rows.order_by("name", "pk"))}

    def actions(self) -> list[Action]:
        row = self.row
        if row.status == Status.ARCHIVED:
            return []
        edit = Action("Edit", reverse("desk:meter-edit", args=[row.public_id]), "METER.UPDATE", key="e")
        if row.status == Status.DRAFT:
            return [edit, self.move("activate", "Activate", "primary")]
        new = navigation.address("event-new")
        if row.status == Status.ACTIVE and new:
            event = f"{new}?meter={row.public_id}"
            return [edit, Action("New event", event, "METER_DATA.INGEST", "primary", key="n")]
        return [edit]

    def more(self) -> list[Action]:
        status = self.row.status
        copy = f"{reverse('desk:meter-new')}?from={self.row.public_id}"
        found = [Action("Duplicate", copy, "METER.CREATE")]
        if status == Status.ACTIVE:
            found.append(self.move("deprecate", "Deprecate"))
        if status != Status.ARCHIVED:
            found.append(self.move("archive", "Archive"))
        if status == Status.DRAFT:
            found.append(self.move("delete", "Delete", "bad", "METER.DELETE"))
        return found

    def move(self, verb: str, label: str, style: str = "", permission: str = "METER.UPDATE") -> Action:
        """A dialog that says what the change means, then makes it."""
        url = reverse("desk:meter-move", args=[self.row.public_id, verb])
        return Action(label, url, permission, style, opens="dialog")

    def call(self) -> Call | None:
        return Call("GET", f"/v1/meters/{self.row.public_id}") if hasattr(self, "row") else None
