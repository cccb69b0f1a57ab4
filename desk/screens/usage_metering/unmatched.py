"""Usage metering > Unmatched events: what nothing prices, by reason, with what puts it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import Platform
from billing.models import Customer
from desk.components.curl import Call
from desk.screens.base import Screen
from desk.screens.usage_metering import fixes
from desk.screens.usage_metering.event_lines import link
from desk.screens.usage_metering.fixes import Fix, Place
from metering.models import Meter
from metering.selectors import event_kinds, events
from metering.selectors.event_kinds import Kind

MOST_ROWS = 50
LAST = "IN_TRIAL"  # nothing to be done about these


@dataclass(slots=True)
class Row:
    """The unmatched events of one customer and meter, for one reason."""

    customer: str
    customer_url: str
    meter: str
    meter_url: str
    count: int
    first: datetime
    last: datetime
    fix: Fix
    events_url: str


@dataclass(slots=True)
class Group:
    """One reason."""

    variant: str
    fix: Fix
    count: int
    first: datetime
    last: datetime
    rows: list[Row]
    hidden: int = 0


class UnmatchedEvents(Screen):
    """Groups are found anew at each visit: a mended configuration empties them by itself."""

    title = "Unmatched events"
    permission = "METER_DATA.VIEW"
    template = "desk/usage_metering/unmatched.html"

    def call(self) -> Call:
        return Call("GET", "/v1/events?processed_details_type=NOT_MATCHED")

    def get(self, request: HttpRequest) -> HttpResponse:
        platform = self.operator.platform
        found = [
            each for each in event_kinds.kinds(platform, events.rows(platform)) if each.reason is not None
        ]
        total = sum(each.count for each in found)
        return self.render(groups=groups(platform, found), total=total, scanned=event_kinds.SCANNED)


def groups(platform: Platform, found: Iterable[Kind]) -> list[Group]:
    """The reasons, the most frequent first. Three queries."""
    heaps: dict[tuple[str, int, int], list[Kind]] = {}
    for each in found:
        heaps.setdefault((each.reason or "", each.customer_id, each.meter_id), []).append(each)
    customers = {
        row.pk: row for row in Customer.objects.filter(platform=platform, pk__in={key[1] for key in heaps})
    }
    meters = {
        row.pk: row for row in Meter.objects.filter(platform=platform, pk__in={key[2] for key in heaps})
    }
    plans = fixes.plans_of(platform, customers)
    rows: dict[str, list[Row]] = {}
    for (variant, customer, meter), kinds in heaps.items():
        buyer, plan = customers.get(customer), plans.get(customer)
        rows.setdefault(variant, []).append(_row(variant, buyer, meters.get(meter), kinds, plan))
    made = [_group(variant, own) for variant, own in rows.items()]
    return sorted(made, key=lambda group: (group.variant == LAST, -group.count, group.variant))


def _group(variant: str, rows: list[Row]) -> Group:
    rows.sort(key=lambda row: (-row.count, row.customer, row.meter))
    return Group(
        variant=variant,
        fix=fixes.of(variant),
        count=sum(row.count for row in rows),
        first=min(row.first for row in rows),
        last=max(row.last for row in rows),
        rows=rows[:MOST_ROWS],
        hidden=max(0, len(rows) - MOST_ROWS),
    )


def _row(variant: str, customer: Customer | None, meter: Any, kinds: list[Kind], plan: Place | None) -> Row:
    name = str((customer.name or customer.reference or customer.public_id) if customer else "Unknown")
    key = customer.public_id if customer else ""
    query = {"match": "NOT_MATCHED", "customer": key, "meter": meter.public_id if meter else ""}
    return Row(
        customer=name,
        customer_url=link("customer", key) if key else "",
        meter=(meter.name or meter.reference) if meter else "Unknown",
        meter_url=link("meter", meter.public_id) if meter else "",
        count=sum(each.count for each in kinds),
        first=min(each.first for each in kinds),
        last=max(each.last for each in kinds),
        fix=fixes.of(variant, customer=key, customer_name=name, plan=plan),
        events_url=f"{reverse('desk:events')}?{urlencode(query)}",
    )
