"""Lists of events, narrowed. What became of an event is computed, so a filter on it looks at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Platform
from kit.api.links import find
from metering import ports
from metering.models import Event, EventDuplicate, Meter
from metering.ports import FateKind
from metering.selectors import events
from metering.selectors.events import Found

SCANNED = 20_000
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of events is narrowed by. Customer and meter by id or reference."""

    customer: str | None = None
    meter: str | None = None
    reference: str | None = None
    is_deleted: bool | None = None


def matching(platform: Platform, wanted: Wanted) -> QuerySet[Event]:
    """The events, newest first."""
    rows = events.rows(platform).order_by("-pk")
    if wanted.customer is not None:
        customer = ports.directory().customers(platform.pk, [wanted.customer]).get(wanted.customer)
        rows = rows.filter(customer_id=customer.pk) if customer else rows.none()
    if wanted.meter is not None:
        meter = find(Meter, platform, wanted.meter)
        rows = rows.filter(meter_id=meter.pk) if meter else rows.none()
    if wanted.reference is not None:
        rows = rows.filter(reference=wanted.reference)
    if wanted.is_deleted is not None:
        rows = rows.filter(deleted_at__isnull=not wanted.is_deleted)
    return rows


def duplicates(platform: Platform, wanted: Wanted) -> QuerySet[EventDuplicate]:
    """The duplicates of those events, newest first."""
    return events.duplicates(platform).filter(event__in=matching(platform, wanted)).order_by("-pk")


def of_kind(platform: Platform, wanted: Wanted, kinds: frozenset[FateKind]) -> list[Found]:
    """Those of the newest 20,000 events whose fate is one of ``kinds``, newest first."""
    return [found for found in _scanned(platform, wanted) if found.fate.kind in kinds]


def _scanned(platform: Platform, wanted: Wanted) -> Iterator[Found]:
    rows = list(matching(platform, wanted)[:SCANNED])
    for start in range(0, len(rows), CHUNK):
        yield from events.with_fates(platform, rows[start : start + CHUNK])
