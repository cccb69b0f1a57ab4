"""The newest events by kind: alike in what decides whether something prices them, counted in SQL.

What an event meets depends on its customer, meter, subscription, currency, properties and on when it
happened. Over time it changes only at a customer's turns (``ports.Matcher.turns``), so events of one kind
between two turns share one answer, and twenty thousand events are a few hundred questions. Whether they
came late depends besides on the billed periods that were closed before they were stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Platform
from metering import ports
from metering.models import Event
from metering.ports import Closed, FateKind, Occurrence
from metering.selectors import property_names

SCANNED = 20_000
COLUMNS = (
    "pk",
    "customer_id",
    "meter_id",
    "subscription_id",
    "currency",
    "properties",
    "timestamp",
    "stored_at",
    "deleted_at",
)
CUSTOMERS = "SELECT array_agg(DISTINCT customer_id), min(timestamp), max(timestamp) FROM ({newest}) n"
KINDS = """
    WITH newest AS MATERIALIZED ({newest}), late AS (
        SELECT n.pk, array_agg(c.subscription_id) AS for_subscriptions
        FROM newest n JOIN unnest(
            %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[]
        ) AS c(customer_id, subscription_id, start_at, end_at, cutoff)
            ON c.customer_id = n.customer_id AND n.timestamp >= c.start_at AND n.timestamp < c.end_at
                AND n.stored_at > c.cutoff
        GROUP BY n.pk
    )
    SELECT n.customer_id, n.meter_id, n.subscription_id, n.currency, n.properties::text,
        count(*), min(n.timestamp), max(n.timestamp), array_agg(n.pk), late.for_subscriptions
    FROM newest n LEFT JOIN late USING (pk)
    LEFT JOIN (
        SELECT customer_id, array_agg(at ORDER BY at) AS instants
        FROM unnest(%s::bigint[], %s::timestamptz[]) AS turn(customer_id, at) GROUP BY customer_id
    ) t USING (customer_id)
    WHERE n.deleted_at IS NULL AND n.stored_at >= coalesce(%s::timestamptz, '-infinity')
    GROUP BY n.customer_id, n.meter_id, n.subscription_id, n.currency, n.properties,
        width_bucket(n.timestamp, t.instants), late.for_subscriptions"""
Closings = Callable[[Platform, Iterable[int], datetime, datetime], Sequence[Closed]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Events (by key) that meet the same; ``reason`` says why nothing does, None where something does.

    ``is_late``: they were stored after their period was billed, and something prices them.
    """

    customer_id: int
    meter_id: int
    reason: str | None
    is_late: bool
    count: int
    first: datetime
    last: datetime
    keys: tuple[int, ...]

    @property
    def fate(self) -> FateKind:
        """What became of them."""
        if self.reason is not None:
            return FateKind.NOT_MATCHED
        return FateKind.LATE if self.is_late else FateKind.MATCHED


def kinds(
    platform: Platform, rows: QuerySet[Event], *, most: int = SCANNED, since: datetime | None = None
) -> list[Kind]:
    """The newest of these events that are not deleted, those stored ``since`` then. At most three queries.

    None of them is told late: ``with_lateness`` looks at that, too.
    """
    return _kinds(platform, rows, most, since, _none)


def with_lateness(platform: Platform, rows: QuerySet[Event]) -> list[Kind]:
    """The newest 20,000 of these events that are not deleted. At most four queries."""
    return _kinds(platform, rows, SCANNED, None, ports.matcher().closed)


def _none(platform: Platform, customers: Iterable[int], since: datetime, until: datetime) -> Sequence[Closed]:
    return ()


def _kinds(
    platform: Platform, rows: QuerySet[Event], most: int, since: datetime | None, closings: Closings
) -> list[Kind]:
    newest = rows.order_by("-pk").values(*COLUMNS)[:most]
    try:
        sql, arguments = newest.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS.format(newest=sql), arguments)
        [(customers, *span)] = cursor.fetchall()
        if not customers:
            return []
        closed = closings(platform, customers, *span)
        turns = ports.matcher().turns(platform, customers)
        flat = [(customer, at) for customer, several in turns.items() for at in several]
        columns = [*_columns(closed, CLOSED), *_columns(flat, TURN)]
        cursor.execute(KINDS.format(newest=sql), [*arguments, *columns, since])
        return _told(platform, cursor.fetchall())


CLOSED = tuple(map(attrgetter, ("customer_id", "subscription_id", "start", "end", "cutoff")))
TURN = (itemgetter(0), itemgetter(1))


def _columns(rows: Sequence[Any], getters: Sequence[Callable[[Any], Any]]) -> list[list[Any]]:
    """The rows as the arrays of a statement."""
    return [[get(row) for row in rows] for get in getters]


def _told(platform: Platform, found: list[Any]) -> list[Kind]:
    properties = by_text(platform, {row[4] for row in found})
    occurrences = [
        Occurrence(0, customer, meter, pinned, first, first, properties[text], currency)
        for customer, meter, pinned, currency, text, _, first, _, _, _ in found
    ]
    met = ports.matcher().met(platform, occurrences)
    return [
        Kind(
            customer,
            meter,
            each.reason,
            each.subscription_id in (late or ()),
            count,
            first,
            last,
            tuple(keys),
        )
        for (customer, meter, _, _, _, count, first, last, keys, late), each in zip(found, met, strict=True)
    ]


def by_text(platform: Platform, texts: Iterable[str | None]) -> dict[str | None, Mapping[str, str]]:
    """The properties behind each stored text, by reference: usage comes in few kinds."""
    parsed = {text: json.loads(text) if text else {} for text in texts}
    keys = {int(key) for each in parsed.values() for key in each or {}}
    names = property_names.of(platform, keys)
    return {
        text: {names[int(key)]: value for key, value in (each or {}).items()} for text, each in parsed.items()
    }
