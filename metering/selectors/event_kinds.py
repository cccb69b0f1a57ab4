"""The newest events by kind: alike in what decides whether something prices them, counted in SQL.

What an event meets depends on its customer, meter, subscription, currency, properties and on when it
happened. Over time it changes only at a customer's turns (``ports.Matcher.turns``), so events of one kind
between two turns share one answer, and twenty thousand events are a few hundred questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Platform
from metering import ports
from metering.models import Event
from metering.ports import Occurrence
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
CUSTOMERS = "SELECT DISTINCT customer_id FROM ({newest}) n"
KINDS = """
    SELECT n.customer_id, n.meter_id, n.subscription_id, n.currency, n.properties::text,
        count(*), min(n.timestamp), max(n.timestamp), array_agg(n.pk)
    FROM ({newest}) n
    LEFT JOIN (
        SELECT customer_id, array_agg(at ORDER BY at) AS instants
        FROM unnest(%s::bigint[], %s::timestamptz[]) AS turn(customer_id, at) GROUP BY customer_id
    ) t USING (customer_id)
    WHERE n.deleted_at IS NULL AND n.stored_at >= coalesce(%s::timestamptz, '-infinity')
    GROUP BY n.customer_id, n.meter_id, n.subscription_id, n.currency, n.properties,
        width_bucket(n.timestamp, t.instants)"""


@dataclass(frozen=True, slots=True)
class Kind:
    """Events (by key) that meet the same; ``reason`` says why nothing does, None where something does."""

    customer_id: int
    meter_id: int
    reason: str | None
    count: int
    first: datetime
    last: datetime
    keys: tuple[int, ...]


def kinds(
    platform: Platform, rows: QuerySet[Event], *, most: int = SCANNED, since: datetime | None = None
) -> list[Kind]:
    """The newest of these events that are not deleted, those stored ``since`` then. At most three queries."""
    newest = rows.order_by("-pk").values(*COLUMNS)[:most]
    try:
        sql, arguments = newest.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS.format(newest=sql), arguments)
        turns = ports.matcher().turns(platform, [customer for (customer,) in cursor.fetchall()])
        flat = [(customer, at) for customer, several in turns.items() for at in several]
        customers, instants = [customer for customer, _ in flat], [at for _, at in flat]
        cursor.execute(KINDS.format(newest=sql), [*arguments, customers, instants, since])
        return _told(platform, cursor.fetchall())


def _told(platform: Platform, found: list[Any]) -> list[Kind]:
    properties = by_text(platform, {row[4] for row in found})
    occurrences = [
        Occurrence(0, customer, meter, pinned, first, first, properties[text], currency)
        for customer, meter, pinned, currency, text, _, first, _, _ in found
    ]
    reasons = ports.matcher().reasons(platform, occurrences)
    return [
        Kind(customer, meter, reason, count, first, last, tuple(keys))
        for (customer, meter, _, _, _, count, first, last, keys), reason in zip(found, reasons, strict=True)
    ]


def by_text(platform: Platform, texts: Iterable[str | None]) -> dict[str | None, Mapping[str, str]]:
    """The properties behind each stored text, by reference: usage comes in few kinds."""
    parsed = {text: json.loads(text) if text else {} for text in texts}
    keys = {int(key) for each in parsed.values() for key in each or {}}
    names = property_names.of(platform, keys)
    return {
        text: {names[int(key)]: value for key, value in (each or {}).items()} for text, each in parsed.items()
    }
