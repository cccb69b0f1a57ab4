"""Events and duplicates of a platform, found and told with their fate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Platform
from metering import ports
from metering.models import Event, EventDuplicate
from metering.models.event import locate, made_at
from metering.ports import Fate, FateKind, Occurrence
from metering.selectors import property_names


@dataclass(frozen=True, slots=True)
class Found:
    """An event, or the duplicate of one, with what became of it."""

    event: Event
    fate: Fate
    duplicate: EventDuplicate | None = None


def rows(platform: Platform) -> QuerySet[Event]:
    """The platform's events."""
    return Event.objects.filter(platform=platform)


def duplicates(platform: Platform) -> QuerySet[EventDuplicate]:
    """The platform's duplicates, each with its first event."""
    return EventDuplicate.objects.filter(platform=platform).select_related("event")


def by_id(platform: Platform, public_id: str) -> Event | EventDuplicate | None:
    """The event or duplicate with this id; an id whose instant is not the row's is not ours."""
    place = locate(public_id)
    if place is None:
        return None
    millis, number = place
    found: Any = (
        rows(platform).select_related("meter").filter(pk=number).first()
        or duplicates(platform).filter(pk=number).first()
    )
    return found if found is not None and made_at(found.stored_at, millis=millis) else None


def with_fates(platform: Platform, found: Sequence[Event | EventDuplicate]) -> list[Found]:
    """Each with its fate, told by the configuration as it is now."""
    events = [row.event if isinstance(row, EventDuplicate) else row for row in found]
    living = [event for event in events if event.deleted_at is None]
    names = property_references(platform, living)
    told = ports.matcher().fates(platform, [occurrence(event, names) for event in living])
    fates = {event.pk: fate for event, fate in zip(living, told, strict=True)}
    gone = Fate(FateKind.DELETED)
    return [
        Found(event, Fate(FateKind.DUPLICATE), row)
        if isinstance(row, EventDuplicate)
        else Found(event, fates.get(event.pk, gone))
        for row, event in zip(found, events, strict=True)
    ]


def occurrence(event: Event, names: Mapping[int, str]) -> Occurrence:
    """The event as the matcher sees it; ``names`` maps property keys to references."""
    return Occurrence(
        id=event.pk,
        customer_id=event.customer_id,
        meter_id=event.meter_id,
        subscription_id=event.subscription_id,
        timestamp=event.timestamp,
        stored_at=event.stored_at,
        properties={names[int(key)]: value for key, value in (event.properties or {}).items()},
        currency=event.currency,
    )


def property_references(platform: Platform, events: Sequence[Event]) -> Mapping[int, str]:
    """key -> reference of every property that these events carry."""
    return property_names.of(platform, {int(key) for event in events for key in event.properties or {}})
