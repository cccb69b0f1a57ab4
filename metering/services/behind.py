"""The single events behind a quantity: as pages, per day, and together, for explanations.

What ``usage.read`` adds up, this takes apart: the same events, under the same keys, as of the same cutoff.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import Platform
from kit import ids
from kit.period import Span
from metering import aggregation
from metering.models import Event, MeterProperty
from metering.selectors import behind_sql
from metering.services.usage import Question, Row


@dataclass(frozen=True, slots=True)
class Behind:
    """The events of ``question`` under the keys of ``rows``, as of ``cutoff``.

    Events that name no subscription count only within the spans that were ``won``.
    """

    question: Question
    rows: tuple[Row, ...]
    won: tuple[Span, ...]
    cutoff: datetime | None = None


@dataclass(frozen=True, slots=True)
class One:
    """A value of an event."""

    public_id: str
    reference: str
    timestamp: datetime
    stored_at: datetime
    number: Decimal | None
    currency: str | None
    units: int


@dataclass(frozen=True, slots=True)
class Together:
    """How many events there are, and what they come to."""

    events: int
    state: aggregation.State


def page(*, platform: Platform, behind: Behind, offset: int, limit: int) -> list[One]:
    """Some of the values, newest first."""
    rows = _run(platform, behind, behind_sql.PAGE, offset=offset, limit=limit)
    return [
        One(ids.encode(Event.prefix, at=stored_at, number=pk), reference, timestamp, stored_at, *rest)
        for pk, reference, timestamp, stored_at, *rest in rows
    ]


def days(*, platform: Platform, behind: Behind, zone: str) -> dict[date, tuple[int, Decimal]]:
    """Day in ``zone`` -> (units counted, sum of the numbers); days without events are left out."""
    return {day: (units, total) for day, units, total in _run(platform, behind, behind_sql.DAYS, zone=zone)}


def together(*, platform: Platform, behind: Behind) -> Together:
    """All of them, as ``aggregation`` adds them up."""
    [(events, n, first, total, largest, smallest, last_at, last_id, last, distinct)] = _run(
        platform, behind, behind_sql.TOGETHER
    )
    latest = aggregation.Last(last_at, last_id, last) if last is not None else None
    state = aggregation.State(
        n=n,
        events=first,
        sum=total,
        max=largest,
        min=smallest,
        last=latest,
        distinct=frozenset(distinct or ()),
    )
    return Together(events, state)


def _run(platform: Platform, behind: Behind, tail: str, **more: Any) -> list[Any]:
    question = behind.question
    arguments = {
        "platform": platform.pk,
        "customer": question.customer_id,
        "meter": question.meter_id,
        "value": question.meter_value_id,
        "property": None if question.meter_property_id is None else str(question.meter_property_id),
        "start": question.span.start,
        "end": question.span.end,
        "cutoff": behind.cutoff,
        "subscriptions": [row.subscription_id for row in behind.rows],
        "currencies": [row.currency for row in behind.rows],
        "keys": _keys(platform, behind.rows),
        "since": [span.start for span in behind.won],
        "until": [span.end for span in behind.won],
    }
    with connection.cursor() as cursor:
        cursor.execute(behind_sql.CHOSEN + tail, arguments | more)
        found: list[Any] = cursor.fetchall()
    return found


def _keys(platform: Platform, rows: Sequence[Row]) -> list[str]:
    """The property keys of the rows as metering stores them."""
    names = {name for row in rows for name in row.properties}
    found = MeterProperty.objects.filter(platform=platform, reference__in=names) if names else ()
    stored = {each.reference: str(each.pk) for each in found}
    return [json.dumps({stored[name]: value for name, value in row.properties.items()}) for row in rows]
