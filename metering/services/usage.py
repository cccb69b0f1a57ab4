"""How much was used: exact sums over any half-open span, now or as of a cutoff.

    rows = usage.read(platform=platform, questions=[usage.Question(
        customer_id=7, meter_id=3, meter_value_id=5, span=period)])[0]
    total = aggregation.merge(row.state for row in rows)

Whole hours come from the rollups, the hours that a boundary cuts from their events, so a boundary
at 10:17 or in a half-hour zone costs two short reads and both sides add up to the hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import Platform
from kit.period import Span
from metering import aggregation
from metering.aggregation import EMPTY
from metering.selectors import property_names, usage_sql

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Question:
    """Usage of one customer on one meter in ``span``.

    ``meter_value_id`` None asks for all values (COUNT of events); ``meter_property_id`` asks for the
    distinct values of that property as well (UNIQUE).
    """

    customer_id: int
    meter_id: int
    span: Span
    meter_value_id: int | None = None
    meter_property_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Usage under one property key. ``properties`` maps references of keyed properties to values.

    ``subscription_id`` is the subscription that the events name, None for those that name none;
    ``currency`` that of an AMOUNT value.
    """

    subscription_id: int | None
    currency: str | None
    properties: Mapping[str, str]
    state: aggregation.State


@dataclass(frozen=True, slots=True)
class Singles:
    """The numbers of the single events under one property key, in any order: for prices per event.

    The fields are those of ``Row``. As one row: a hundred thousand events would be as many objects.
    """

    subscription_id: int | None
    currency: str | None
    properties: Mapping[str, str]
    numbers: Sequence[Decimal]


def read(
    *, platform: Platform, questions: Sequence[Question], cutoff: datetime | None = None
) -> list[list[Row]]:
    """The rows of each question, in its order: one statement whatever the number of questions.

    ``cutoff`` answers as of then: events stored later are not counted, events deleted later are.
    """
    found = _run(usage_sql.READ, platform, questions, cutoff)
    names = _references(platform, found)
    merged: list[dict[Any, Row]] = [{} for _ in questions]
    for ordinal, subscription, currency, properties, *state in found:
        keyed = {names[key]: value for key, value in json.loads(properties).items()}
        if questions[ordinal].meter_property_id is not None:
            currency = None
        place = (subscription, currency, properties)
        old = merged[ordinal].get(place)
        new = _state(*state)
        merged[ordinal][place] = Row(subscription, currency, keyed, old.state.merge(new) if old else new)
    return [[row for _, row in sorted(rows.items(), key=_place) if row.state != EMPTY] for rows in merged]


def singles(
    *, platform: Platform, questions: Sequence[Question], cutoff: datetime | None = None
) -> Iterator[tuple[int, Singles]]:
    """The single numbers behind ``read``'s rows, each row with the place of its question.

    One statement whatever the number of questions, none for none.
    """
    if not questions:
        return
    found = _run(usage_sql.SINGLES, platform, questions, cutoff, by_hour=False)
    names = _references(platform, found)
    for place, subscription, currency, properties, numbers in found:
        keyed = {names[key]: value for key, value in json.loads(properties).items()}
        yield place, Singles(subscription, currency, keyed, numbers)


def _place(item: tuple[Any, Row]) -> str:
    """Rows come in the same order whenever the same question is asked."""
    return repr(item[0])


def _run(
    sql: str,
    platform: Platform,
    questions: Sequence[Question],
    cutoff: datetime | None,
    *,
    by_hour: bool = True,
) -> list[Any]:
    spans = [_hours(question.span, by_hour=by_hour) for question in questions]
    pieces = [(ordinal, *piece) for ordinal, (_, _, loose) in enumerate(spans) for piece in loose]
    arguments = {
        "platform": platform.pk,
        "cutoff": cutoff,
        "ordinals": list(range(len(questions))),
        "customers": [question.customer_id for question in questions],
        "meters": [question.meter_id for question in questions],
        "values": [question.meter_value_id for question in questions],
        "properties": [question.meter_property_id for question in questions],
        "firsts": [first for first, _, _ in spans],
        "lasts": [last for _, last, _ in spans],
        "piece_ordinals": [piece[0] for piece in pieces],
        "since": [piece[1] for piece in pieces],
        "until": [piece[2] for piece in pieces],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        found: list[Any] = cursor.fetchall()
    return found


def _hours(span: Span, *, by_hour: bool) -> tuple[datetime, datetime, list[tuple[datetime, datetime]]]:
    """(first whole hour, end of the last, the loose pieces around them), in UTC."""
    floor = span.start.replace(minute=0, second=0, microsecond=0)
    first = floor if floor == span.start else floor + HOUR
    last = span.end.replace(minute=0, second=0, microsecond=0)
    if not by_hour or first >= last:
        return span.start, span.start, [(span.start, span.end)]
    around = [(span.start, first), (last, span.end)]
    return first, last, [(since, until) for since, until in around if since < until]


def _references(platform: Platform, found: Sequence[Any]) -> dict[str, str]:
    """Property key (as text) -> reference, for the keys that appear."""
    keys = {key for row in found for key in json.loads(row[3])}
    names = property_names.of(platform, map(int, keys))
    return {key: names[int(key)] for key in keys}


def _state(
    n: int,
    events: int,
    total: Decimal,
    largest: Decimal | None,
    smallest: Decimal | None,
    last_at: datetime | None,
    last_id: int | None,
    last: Decimal | None,
    distinct: list[str] | None,
) -> aggregation.State:
    latest = None
    if last_at is not None and last_id is not None and last is not None:
        latest = aggregation.Last(last_at, last_id, last)
    return aggregation.State(
        n=n,
        events=events,
        sum=total,
        max=largest,
        min=smallest,
        last=latest,
        distinct=frozenset(distinct or ()),
    )
