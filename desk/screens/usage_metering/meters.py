"""Usage metering > Meters: what is counted, how busy it is, what uses it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from catalog.models import ProductItem
from desk import palette
from desk.components.actions import Action
from desk.components.charts import Sparkline
from desk.components.curl import Call
from desk.components.empty import Empty
from desk.components.format import number
from desk.operators import Operator
from desk.palette import Jump, Named, first_of
from desk.screens.lists import ListScreen
from desk.screens.usage_metering.meter_moves import calls_to_move
from desk.services import meter_setup
from desk.tables import Bulk, Column, Custom, Days, Figure, Moment, Status, Table, statuses, unless
from metering.models import Meter
from metering.models import Status as MeterStatus
from metering.selectors import activity, definitions

NEW = Action("New meter", "new/", "METER.CREATE", "primary", key="n")
EXAMPLE = Call(
    "POST",
    "/v1/meters",
    {
        "reference": "api_calls",
        "name": "API calls",
        "status": "ACTIVE",
        "meter_values": [{"reference": "calls", "required": True}],
    },
)


class Meters(ListScreen):
    """Meters with their last day in small bars."""

    permission = "METER.VIEW"
    description = ""
    empty = Empty(
        "Create your first meter",
        "A meter names what your product counts: API calls, gigabytes, seats, money moved. Events carry its "
        "values; calculations turn them into the quantity on the invoice.",
        NEW,
        Action("Start from API calls", "new/?starter=count", "METER.CREATE"),
        EXAMPLE,
    )
    table = Table(
        key="meters",
        one="meter",
        many="meters",
        default="-created",
        columns=[
            Column(
                name="name",
                label="Name",
                of=lambda row: row.name or row.reference,
                more="reference",
                sort="name",
            ),
            Column(
                name="values", label="Values", of=lambda row: listed(row.value_links.all(), "meter_value")
            ),
            Column(
                name="properties",
                label="Properties",
                of=lambda row: listed(row.property_links.all(), "meter_property"),
            ),
            Figure(name="calculations", label="Calculations", of="calculation_count"),
            Custom(
                name="events",
                label="Events in 24 h",
                of=lambda row: row.pulse.total,
                template="desk/usage_metering/pulse.html",
                end=True,
            ),
            Figure(name="items", label="Used by items", of="item_count"),
            Status(name="status", of="status", sort="status"),
            Moment(name="created", label="Created", of="created_at", sort="pk", optional=True),
        ],
        filters=[statuses(MeterStatus.values), Days(name="created", label="Created", path="created_at")],
        search=("name", "reference", "public_id"),
        bulk=[
            Bulk(
                name="activate",
                label="Activate",
                permission="METER.UPDATE",
                run=meter_setup.activate,
                calls=partial(calls_to_move, "activate"),
                refuses=unless(MeterStatus.DRAFT),
                says="Their draft values and properties become active with them.",
            ),
            Bulk(
                name="deprecate",
                label="Deprecate",
                permission="METER.UPDATE",
                run=meter_setup.deprecate,
                calls=partial(calls_to_move, "deprecate"),
                refuses=unless(MeterStatus.ACTIVE),
                says="They stop accepting events.",
            ),
        ],
    )

    def rows(self) -> QuerySet[Any]:
        found = definitions.meters(self.operator.platform)
        counted: QuerySet[Any] = found.annotate(calculation_count=Count("calculations", distinct=True))
        return counted

    def decorated(self, rows: list[Any]) -> list[Any]:
        """With the last 24 hours and the number of items that count by each."""
        keys = [row.pk for row in rows]
        pulses = activity.pulses(self.operator.platform, keys, at=self.operator.at)
        items = item_counts(self.operator, keys)
        for row in rows:
            row.pulse = pulses[row.pk]
            row.item_count = items.get(row.pk, 0)
            row.spark = Sparkline(row.pulse.hours, f"{number(row.pulse.total)} events in 24 hours")
        return rows

    def href(self, row: Any) -> str:
        return reverse("desk:meter", args=[row.public_id])

    def actions(self) -> list[Action]:
        return [NEW]

    def call(self) -> Call:
        return Call("GET", "/v1/meters")


def item_counts(operator: Operator, meters: Iterable[int]) -> dict[int, int]:
    """Meter key -> how many product items count by it."""
    path = "meter_value_calculation__meter"
    rows = ProductItem.objects.filter(platform=operator.platform, **{f"{path}__in": list(meters)})
    return dict(rows.values_list(path).annotate(count=Count("pk")))


def listed(links: Iterable[Any], name: str) -> str:
    """``calls, tokens +2``: the references of what a meter carries."""
    found = [getattr(link, name).reference for link in links]
    rest = f" +{len(found) - 2}" if len(found) > 2 else ""
    return ", ".join(found[:2]) + rest


def _found(operator: Operator, text: str) -> QuerySet[Any]:
    rows = Meter.objects.filter(platform=operator.platform)
    like = rows.filter(name__icontains=text) | rows.filter(reference__icontains=text)
    return like | rows.filter(public_id=text)


palette.register(
    Named(
        "Meters",
        "gauge",
        "METER.VIEW",
        _found,
        "meter",
        order=("name", "pk"),
        name=first_of("name", "reference"),
    ),
    Jump("New meter", "meter-new", "METER.CREATE"),
)
