"""Lists of events, narrowed. What became of an event is computed: a filter on it judges them kind by kind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Platform
from kit.api.links import find
from metering import ports
from metering.models import Event, EventDuplicate, Meter
from metering.ports import FateKind
from metering.selectors import event_kinds, events
from metering.selectors.event_kinds import SCANNED


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


def keys_of(platform: Platform, rows: QuerySet[Event], kinds: Collection[FateKind]) -> list[int]:
    """Those of the newest 20,000 of these events whose fate is one of ``kinds``, the newest first.

    What is not deleted is judged kind by kind, in at most four queries; no event is built.
    """
    told = frozenset(kinds) - {FateKind.DELETED, FateKind.DUPLICATE}
    # Whether something came late does not matter to what nothing prices.
    look = event_kinds.kinds if told <= {FateKind.NOT_MATCHED} else event_kinds.with_lateness
    found = look(platform, rows) if told else []
    keys = [key for each in found if each.fate in told for key in each.keys]
    if FateKind.DELETED in kinds:
        keys += rows.filter(deleted_at__isnull=False).order_by("-pk").values_list("pk", flat=True)[:SCANNED]
    return sorted(keys, reverse=True)


def among(rows: QuerySet[Event], keys: Sequence[int]) -> QuerySet[Event]:
    """Those of the events with these keys, which travel as one array: there may be 20,000."""
    return rows.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(keys)]))


def by_keys(platform: Platform, keys: Sequence[int]) -> list[Event]:
    """The events of these keys, in the order of the keys."""
    found = events.rows(platform).in_bulk(keys)
    return [found[key] for key in keys]
