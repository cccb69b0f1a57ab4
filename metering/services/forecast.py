"""What an event would meet: judged and matched like one that is sent, and not stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from metering import ports
from metering.models import Event
from metering.ports import Fate, Occurrence
from metering.services import ingest
from metering.services.ingest import Outcome
from metering.services.reading import Item

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Forecast:
    """``first`` is the event that already has this reference; ``repeats`` says it has the same payload."""

    item: Item
    fate: Fate
    first: Event | None
    repeats: bool


def event(*, platform_id: int, document: Any, wall: datetime) -> Forecast:
    """Raise the contract's error for a document that would be refused."""
    item, found = _matched(platform_id, document, wall)
    first = Event.objects.filter(platform_id=platform_id, reference=item.reference).first()
    same = first is not None and bytes(first.payload_hash) == item.payload_hash
    return Forecast(item, found, first, same)


def fate(*, platform_id: int, document: Any, wall: datetime) -> Fate:
    """What would become of it, whether or not its reference is taken; raises the same."""
    return _matched(platform_id, document, wall)[1]


def trial(
    *,
    platform_id: int,
    document: Any,
    wall: datetime,
    tell: Callable[[ingest.Result], T],
    define: Callable[..., None] | None = None,
) -> T:
    """What ``tell`` makes of the event while it is stored; nothing of it stays.

    ``define`` (``dynamic.define``) first makes what the event names. Raises what storing it would raise.
    """
    with transaction.atomic():
        if define is not None:
            define(platform_id=platform_id, documents=[document], wall=wall)
        told = tell(ingest.together(platform_id=platform_id, documents=[document], wall=wall))
        transaction.set_rollback(True)
    return told


def _matched(platform_id: int, document: Any, wall: datetime) -> tuple[Item, Fate]:
    configuration, (outcome,) = ingest.judged(platform_id=platform_id, documents=[document], wall=wall)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.item is not None
    outcome.stored_at = configuration.at(wall)
    (found,) = ports.matcher().fates(configuration.platform, [occurrence(outcome)])
    return outcome.item, found


def occurrence(outcome: Outcome) -> Occurrence:
    """A judged or stored document as the matcher sees it."""
    item = outcome.item
    assert item is not None and outcome.stored_at is not None
    return Occurrence(
        id=outcome.number,
        customer_id=item.customer.pk,
        meter_id=item.meter.pk,
        subscription_id=item.subscription.pk if item.subscription else None,
        timestamp=item.timestamp,
        stored_at=outcome.stored_at,
        properties={known.reference: text for known, text in item.properties},
        currency=item.values[0].currency if item.values else None,
    )
