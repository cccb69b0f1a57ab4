"""Whether usage that was read before has changed since: what late usage is found by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, OuterRef, Subquery

from accounts.models import Platform
from metering.models import AmendedHour
from metering.services.usage import Question

# An event is stamped before its transaction commits: one that a reading missed may be stamped a
# little before it. Looking at too much is harmless, because what changed is then read and compared.
MARGIN = timedelta(minutes=1)

# Hours that changed later than this after they began are kept apart (``AmendedHour``), so only the last ones
# before the instant, and what follows, have to be looked at in the rollups. Longer than a night, because many
# send the events of a day together.
SOON = timedelta(hours=36)

# Value by value, because the hours of one value lie side by side in the index: twice as fast over a year.
SQL = """
    WITH asked AS (
        SELECT ordinal, customer_id, meter_id, since, end_at, date_trunc('hour', start_at, 'UTC') AS first,
            greatest(date_trunc('hour', start_at, 'UTC'), since - %(soon)s) AS soon
        FROM unnest(
            %(ordinals)s::int[], %(customers)s::bigint[], %(meters)s::bigint[], %(starts)s::timestamptz[],
            %(ends)s::timestamptz[], %(since)s::timestamptz[]
        ) AS asked(ordinal, customer_id, meter_id, start_at, end_at, since)
    )
    SELECT asked.ordinal FROM asked
    WHERE EXISTS (
        SELECT FROM metering_amendedhour a
        WHERE a.customer_id = asked.customer_id AND a.meter_id = asked.meter_id
            AND a.hour >= asked.first AND a.hour < asked.end_at
            AND a.changed_at >= asked.since AND a.platform_id = %(platform)s
    ) OR EXISTS (
        SELECT FROM (SELECT id FROM metering_metervalue WHERE platform_id = %(platform)s) v
        CROSS JOIN LATERAL (
            SELECT FROM metering_usagerollup r
            WHERE r.meter_id = asked.meter_id AND r.customer_id = asked.customer_id
                AND r.meter_value_id = v.id AND r.hour >= asked.soon AND r.hour < asked.end_at
                AND r.last_stored_at >= asked.since AND r.platform_id = %(platform)s
            LIMIT 1
        ) r
    ) OR EXISTS (
        SELECT FROM metering_usagerollup r
        WHERE r.meter_id = asked.meter_id AND r.customer_id = asked.customer_id AND r.meter_value_id IS NULL
            AND r.hour >= asked.soon AND r.hour < asked.end_at
            AND r.last_stored_at >= asked.since AND r.platform_id = %(platform)s
    )"""


def amended(customer: str, *, before: str) -> Subquery:
    """When an hour of the row's customer ``before`` an instant was amended last; both are columns.

    The latest, not whether there is one: the planner would look for the first through the whole table.
    """
    hours = AmendedHour.objects.filter(customer_id=OuterRef(customer), hour__lt=OuterRef(before))
    return Subquery(hours.order_by().values("customer_id").annotate(last=Max("changed_at")).values("last"))


def since(*, platform: Platform, questions: Sequence[Question], instants: Sequence[datetime]) -> list[bool]:
    """For each question: whether an event of its span was stored or deleted since its instant.

    One statement. Whole hours are looked at and a margin is kept, so the answer may be yes where a
    comparison then finds no difference; it is never no where there is one.
    """
    arguments: dict[str, Any] = {
        "platform": platform.pk,
        "ordinals": list(range(len(questions))),
        "customers": [question.customer_id for question in questions],
        "meters": [question.meter_id for question in questions],
        "starts": [question.span.start for question in questions],
        "ends": [question.span.end for question in questions],
        "since": [instant - MARGIN for instant in instants],
        "soon": SOON,
    }
    with connection.cursor() as cursor:
        cursor.execute(SQL, arguments)
        found = {ordinal for (ordinal,) in cursor.fetchall()}
    return [ordinal in found for ordinal in range(len(questions))]
