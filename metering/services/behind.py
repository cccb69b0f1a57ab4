"""The single events behind a quantity: how many there are hour by hour, and as pages, for explanations.

What ``usage.read`` adds up, this takes apart: the same events, under the same keys, as of the same cutoff.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db import connection

from accounts.models import Platform
from kit import ids
from kit.period import Span
from metering.models import Event, MeterProperty
from metering.selectors import behind_sql
from metering.services.usage import HOUR, Question, Row


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
class Hour:
    """An hour (UTC) of which values count; one that a day of the zone cuts is there once for each ``day``.

    ``count`` of them stand for ``units`` and have the sum ``total``.
    """

    hour: datetime
    day: date
    count: int
    units: int
    total: Decimal


def hours(*, platform: Platform, behind: Behind, zone: str) -> tuple[Hour, ...]:
    """The hours in which there are any values, newest first; their days are those of ``zone``.

    Told by the rollups: what it takes does not grow with the number of events.
    """
    return tuple(
        Hour(*row) for row in _run(platform, behind, behind_sql.HOURS, behind.question.span, zone=zone)
    )


def page(*, platform: Platform, behind: Behind, hours: Sequence[Hour], offset: int, limit: int) -> list[One]:
    """Some of the values, newest first: of all ``hours`` only those are read in which they lie."""
    skipped, asked = _within(hours, offset, limit)
    if not asked:
        return []
    whole = behind.question.span
    span = Span(max(asked[-1].hour, whole.start), min(asked[0].hour + HOUR, whole.end))
    rows = _run(platform, behind, behind_sql.PAGE, span, offset=offset - skipped, limit=limit)
    return [
        One(ids.encode(Event.prefix, at=stored_at, number=pk), reference, timestamp, stored_at, *rest)
        for pk, reference, timestamp, stored_at, *rest in rows
    ]


def _within(hours: Sequence[Hour], offset: int, limit: int) -> tuple[int, Sequence[Hour]]:
    """(how many values come before them, the hours in which the asked ones lie)."""
    ends = list(accumulate(each.count for each in hours))
    first = bisect_right(ends, offset)
    while 0 < first < len(hours) and hours[first - 1].hour == hours[first].hour:
        first -= 1  # a day cuts the hour
    last = bisect_left(ends, offset + limit) + 1
    return ends[first - 1] if first else 0, hours[first:last]


def _run(platform: Platform, behind: Behind, statement: str, span: Span, **more: Any) -> list[Any]:
    question = behind.question
    arguments = {
        "platform": platform.pk,
        "customer": question.customer_id,
        "meter": question.meter_id,
        "value": question.meter_value_id,
        "property": None if question.meter_property_id is None else str(question.meter_property_id),
        "start": span.start,
        "end": span.end,
        "cutoff": behind.cutoff,
        "subscriptions": [row.subscription_id for row in behind.rows],
        "currencies": [row.currency for row in behind.rows],
        "keys": _keys(platform, behind.rows),
        "since": [span.start for span in behind.won],
        "until": [span.end for span in behind.won],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments | more)
        found: list[Any] = cursor.fetchall()
    return found


def _keys(platform: Platform, rows: Sequence[Row]) -> list[str]:
    """The property keys of the rows as metering stores them."""
    names = {name for row in rows for name in row.properties}
    found = MeterProperty.objects.filter(platform=platform, reference__in=names) if names else ()
    stored = {each.reference: str(each.pk) for each in found}
    return [json.dumps({stored[name]: value for name, value in row.properties.items()}) for row in rows]
