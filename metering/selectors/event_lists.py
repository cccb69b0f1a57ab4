"""Lists of events, narrowed. What became of an event is computed, so a filter on it looks at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import Platform
from kit.api.links import find
from metering import ports
from metering.models import Event, EventDuplicate, Meter
from metering.ports import Fate, FateKind, Occurrence
from metering.selectors import event_kinds, events
from metering.selectors.event_kinds import SCANNED
from metering.selectors.events import Found

CHUNK = 1_000
COLUMNS = (
    "pk",
    "customer_id",
    "meter_id",
    "subscription_id",
    "timestamp",
    "stored_at",
    "currency",
    "deleted_at",
    "text",
)


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


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an event, without the event: enough to find it."""

    pk: int
    fate: Fate


def told(platform: Platform, rows: QuerySet[Event]) -> list[Told]:
    """The newest 20,000 of these events, newest first. Three queries, and no row is built."""
    found = list(
        rows.annotate(text=Cast("properties", TextField())).order_by("-pk").values_list(*COLUMNS)[:SCANNED]
    )
    properties = event_kinds.by_text(platform, {row[-1] for row in found})
    living = [row for row in found if row[-2] is None]
    occurrences = [
        Occurrence(pk, customer, meter, pinned, at, stored_at, properties[text], currency)
        for pk, customer, meter, pinned, at, stored_at, currency, _, text in living
    ]
    fates = iter(ports.matcher().fates(platform, occurrences))
    gone = Fate(FateKind.DELETED)
    return [Told(pk, next(fates) if deleted is None else gone) for pk, *_, deleted, _ in found]


def _scanned(platform: Platform, wanted: Wanted) -> Iterator[Found]:
    rows = list(matching(platform, wanted)[:SCANNED])
    for start in range(0, len(rows), CHUNK):
        yield from events.with_fates(platform, rows[start : start + CHUNK])
