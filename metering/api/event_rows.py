"""Stored events made ready to be printed: names looked up for a whole page at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from metering import ports
from metering.api.event_shape import Shown, public_id, render
from metering.models import Event, Meter, MeterProperty, MeterValue
from metering.ports import Fate, FateKind
from metering.selectors.events import Found

Pair = tuple[str | None, str | None]
NOBODY: Pair = (None, None)


def shown(platform: Platform, found: Sequence[Found]) -> list[Shown]:
    """Every event with its names; five queries at most, however many events."""
    events = [each.event for each in found]
    names = _Names(platform, events)
    return [names.show(each) for each in found]


def told(event: Event) -> dict[str, Any]:
    """One event by itself, for whoever is told of it: its fate only where that is settled, being deleted."""
    gone = Fate(FateKind.DELETED)
    names = _Names(event.platform, [event])
    return render(names.show(Found(event, gone)), gone if event.deleted_at else None)


class _Names:
    """Key -> (public id, reference) of all that a page of events mentions."""

    def __init__(self, platform: Platform, events: Sequence[Event]) -> None:
        directory = ports.directory()
        pinned = {event.subscription_id for event in events if event.subscription_id is not None}
        values = {key for event in events for key in _value_keys(event)}
        properties = {int(key) for event in events for key in event.properties or {}}
        self.customers = _pairs(
            directory.customers_by_key(platform.pk, {event.customer_id for event in events})
        )
        self.subscriptions = _pairs(directory.subscriptions_by_key(platform.pk, pinned) if pinned else {})
        self.meters = _rows(Meter, platform, {event.meter_id for event in events})
        self.values = _rows(MeterValue, platform, values)
        self.properties = _rows(MeterProperty, platform, properties)

    def show(self, found: Found) -> Shown:
        event, duplicate = found.event, found.duplicate
        subscription = event.subscription_id
        return Shown(
            public_id=duplicate.public_id if duplicate else event.public_id,
            reference=event.reference,
            customer=self.customers.get(event.customer_id, NOBODY),
            meter=self.meters.get(event.meter_id, NOBODY),
            subscription=NOBODY if subscription is None else self.subscriptions.get(subscription, NOBODY),
            timestamp=event.timestamp,
            stored_at=duplicate.stored_at if duplicate else event.stored_at,
            values=[
                (*self.values.get(key, NOBODY), number, currency, count)
                for key, number, currency, count in _values(event)
            ],
            properties=[
                (*self.properties.get(int(key), NOBODY), value)
                for key, value in (event.properties or {}).items()
            ],
            is_deleted=event.deleted_at is not None,
            original=public_id(event.pk, event.stored_at) if duplicate else None,
        )


def _values(event: Event) -> list[tuple[int, Decimal | None, str | None, int | None]]:
    if event.meter_value_id is None:
        return []
    first = (event.meter_value_id, event.number, event.currency, event.count)
    return [first, *((each["v"], Decimal(each["n"]), each["c"], each["k"]) for each in event.more or ())]


def _value_keys(event: Event) -> list[int]:
    return [key for key, *_ in _values(event)]


def _rows(model: Any, platform: Platform, keys: set[int]) -> dict[int, Pair]:
    if not keys:
        return {}
    rows = model.objects.filter(platform=platform, pk__in=keys).values_list("pk", "public_id", "reference")
    return {pk: (shown_id, reference) for pk, shown_id, reference in rows}


def _pairs(found: Any) -> dict[int, Pair]:
    return {key: (row.public_id, row.reference) for key, row in found.items()}
