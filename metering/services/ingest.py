"""Store events: validate in memory, one statement, one outcome per event.

    outcomes = ingest.each(platform_id=7, documents=[...], wall=clock.now())

``each`` takes what it can and answers per document; ``together`` takes all or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection, transaction

from accounts.models import Platform
from kit.errors import AlreadyExists, TallydeskError, Unavailable
from metering.models import Event
from metering.selectors import configuration as configurations
from metering.selectors.configuration import Configuration, KnownProperty
from metering.services import ingest_sql, locks, packing, reading
from metering.services.packing import Packed
from metering.services.reading import Item

ATTEMPTS = 8


@dataclass(slots=True)
class Outcome:
    """What became of one document: an error, or an event stored under ``number`` at ``stored_at``.

    ``original`` (key, instant) is the first event of the same reference, where there was one already.
    """

    item: Item | None = None
    error: TallydeskError | None = None
    number: int = 0
    stored_at: datetime | None = None
    original: tuple[int, datetime] | None = None


@dataclass(slots=True)
class Result:
    """The outcomes in the order of the documents, and what they were judged by."""

    configuration: Configuration
    outcomes: list[Outcome]


def together(*, platform_id: int, documents: Sequence[Any], wall: datetime, field: str = "") -> Result:
    """Store all events or none. The first fault is raised, under ``<field>.<index>`` if there is a field."""

    def refuse(outcomes: Sequence[Outcome]) -> None:
        for index, outcome in enumerate(outcomes):
            if outcome.error is not None:
                raise outcome.error.within(f"{field}.{index}") if field else outcome.error

    # A single event is all or nothing by itself; several may have to be taken back for a conflict.
    with transaction.atomic() if len(documents) > 1 else nullcontext():
        result = _judge_and_store(platform_id, documents, wall, before=refuse)
        refuse(result.outcomes)
    return result


def each(*, platform_id: int, documents: Sequence[Any], wall: datetime) -> Result:
    """Store every event that can be stored; ``wall`` is the wall clock's instant."""
    return _judge_and_store(platform_id, documents, wall, before=lambda outcomes: None)


def judged(
    *, platform_id: int, documents: Sequence[Any], wall: datetime
) -> tuple[Configuration, list[Outcome]]:
    """Each document as an item or an error, without storing anything.

    A document is found wrong only by the configuration as it is now.
    """
    current = configurations.current(platform_id)
    outcomes = _judge(documents, current, wall)
    if any(outcome.error for outcome in outcomes):
        now = configurations.refreshed(current)
        if now is not current:
            return now, _judge(documents, now, wall)
    return current, outcomes


def _judge_and_store(
    platform_id: int,
    documents: Sequence[Any],
    wall: datetime,
    *,
    before: Callable[[Sequence[Outcome]], None],
) -> Result:
    for _ in range(ATTEMPTS):
        current, outcomes = judged(platform_id=platform_id, documents=documents, wall=wall)
        before(outcomes)
        if _store(outcomes, current):
            return Result(current, outcomes)
        configurations.refreshed(current)
    raise Unavailable("The platform's configuration is changing; send the events again")


def _judge(documents: Sequence[Any], configuration: Configuration, wall: datetime) -> list[Outcome]:
    configuration.learn(*reading.names_in(documents))
    at = configuration.at(wall)
    outcomes = []
    for document in documents:
        try:
            outcomes.append(Outcome(reading.read(document, configuration=configuration, at=at)))
        except TallydeskError as error:
            outcomes.append(Outcome(error=error))
    return outcomes


def _store(outcomes: list[Outcome], configuration: Configuration) -> bool:
    """Write the items; False when the configuration is no longer the one they were read with."""
    first: dict[str, Outcome] = {}
    again = []
    for outcome in outcomes:
        if outcome.item is not None and first.setdefault(outcome.item.reference, outcome) is not outcome:
            again.append(outcome)
    if not first:
        return True
    stored = _insert([outcome.item for _, outcome in sorted(first.items())], configuration)
    if stored is None:
        return False
    stored_at, numbers = stored
    for reference, outcome in first.items():
        if reference in numbers:
            outcome.number, outcome.stored_at = numbers[reference], stored_at
        else:
            again.append(outcome)
    if again:
        _settle(again, configuration.platform, stored_at)
    return True


def _insert(
    items: Sequence[Item | None], configuration: Configuration
) -> tuple[datetime, dict[str, int]] | None:
    """(instant, reference -> key of the events that are new), or None when the gate was closed."""
    platform = configuration.platform
    arguments = [
        platform.pk,
        platform.configuration_version,
        platform.test_now,
        platform.pk,
        *_columns([item for item in items if item is not None]),
    ]
    with _cursor() as lock, _cursor() as cursor:
        # Sent together and, outside a transaction, run as one: a single trip to the database.
        with cursor.connection.pipeline():
            lock.execute(locks.SHARED, [locks.ROLLUPS, platform.pk])
            cursor.execute(ingest_sql.STORE, arguments, binary=True)
        row = cursor.fetchone()
    if row is None:
        return None
    stored_at, numbers, references = row
    return stored_at, dict(zip(references or (), numbers or (), strict=True))


def _cursor() -> psycopg.Cursor[Any]:
    """A cursor of the driver itself: values travel in binary, statements are prepared once."""
    connection.ensure_connection()
    raw: Any = connection.connection
    if raw.prepare_threshold != 1:
        raw.prepare_threshold = 1
        packing.register(raw)
    return psycopg.Cursor(raw)


def _columns(items: list[Item]) -> list[Packed]:
    """The items by column, as the statement's arrays."""
    heads = [item.values[0] if item.values else None for item in items]
    return [
        packing.bigints([item.customer.pk for item in items]),
        packing.bigints([item.meter.pk for item in items]),
        packing.bigints([item.subscription.pk if item.subscription else None for item in items]),
        packing.instants([item.timestamp for item in items]),
        packing.bigints([head.value.pk if head else None for head in heads]),
        packing.bigints([head.count if head else None for head in heads]),
        packing.texts([format(head.number, "f") if head else None for head in heads]),
        packing.binaries([item.payload_hash for item in items]),
        packing.texts([item.reference for item in items]),
        packing.texts([head.currency if head else None for head in heads]),
        packing.texts([_properties(tuple(item.properties)) if item.properties else None for item in items]),
        packing.texts([_more(item) if len(item.values) > 1 else None for item in items]),
    ]


@lru_cache(maxsize=4096)
def _properties(properties: tuple[tuple[KnownProperty, str], ...]) -> str:
    """As ``metering.models.Event`` describes them; events in their thousands have the same few."""
    return json.dumps({str(known.pk): text for known, text in properties})


def _more(item: Item) -> str:
    """The values after the first, as ``metering.models.Event`` describes them."""
    return json.dumps(
        [
            {"v": each.value.pk, "n": format(each.number, "f"), "c": each.currency, "k": each.count}
            for each in item.values[1:]
        ]
    )


def _settle(outcomes: list[Outcome], platform: Platform, stored_at: datetime) -> None:
    """Tell duplicates, which are noted beside the first event, from conflicts, which are refused."""
    wanted = {outcome.item.reference for outcome in outcomes if outcome.item}
    rows = Event.objects.filter(platform=platform, reference__in=wanted)
    firsts = {
        reference: (pk, at, bytes(digest))
        for pk, at, digest, reference in rows.values_list("pk", "stored_at", "payload_hash", "reference")
    }
    duplicates = []
    for outcome in outcomes:
        assert outcome.item is not None
        pk, at, digest = firsts[outcome.item.reference]
        outcome.original = (pk, at)
        if digest == outcome.item.payload_hash:
            duplicates.append(outcome)
        else:
            outcome.error = _conflict(Event(pk=pk, stored_at=at))
    if duplicates:
        _note(duplicates, platform, stored_at)


def _note(duplicates: list[Outcome], platform: Platform, stored_at: datetime) -> None:
    with _cursor() as cursor:
        firsts = [outcome.original[0] for outcome in duplicates if outcome.original]
        cursor.execute(ingest_sql.NOTE_DUPLICATES, [platform.pk, stored_at, firsts])
        for outcome, (number,) in zip(duplicates, cursor.fetchall(), strict=True):
            outcome.number, outcome.stored_at = number, stored_at


def _conflict(first: Event) -> AlreadyExists:
    return AlreadyExists(
        f"Another event has this reference: {first.public_id}",
        field="reference",
        resource_type=Event.object_type,
        resource_id=first.public_id,
    )
