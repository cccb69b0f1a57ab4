"""The statements behind ``services.behind``: the entries of one question, chosen by their keys."""

from __future__ import annotations

from metering.selectors.entries import entries

CHOSEN = f"""
    WITH loose AS MATERIALIZED (
        SELECT * FROM metering_event e
        WHERE e.platform_id = %(platform)s AND e.customer_id = %(customer)s AND e.meter_id = %(meter)s
            AND e.timestamp >= %(start)s AND e.timestamp < %(end)s
            AND (e.deleted_at IS NULL OR e.deleted_at > %(cutoff)s::timestamptz)
            AND (%(cutoff)s::timestamptz IS NULL OR e.stored_at <= %(cutoff)s::timestamptz)
    ),
    chosen AS (
        SELECT x.* FROM ({entries("loose")}) x
        WHERE (%(value)s::bigint IS NULL OR x.meter_value_id = %(value)s::bigint)
            AND EXISTS (
                SELECT FROM unnest(
                    %(subscriptions)s::bigint[], %(currencies)s::text[], %(keys)s::text[]
                ) AS k(subscription_id, currency, properties)
                WHERE k.subscription_id IS NOT DISTINCT FROM x.subscription_id
                    AND (%(property)s::text IS NOT NULL OR k.currency IS NOT DISTINCT FROM x.currency)
                    AND k.properties::jsonb = x.properties
            )
            AND (x.subscription_id IS NOT NULL OR EXISTS (
                SELECT FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS w(since, until)
                WHERE x.timestamp >= w.since AND x.timestamp < w.until
            ))
    )
"""

PAGE = """
    SELECT c.id, e.reference, c.timestamp, c.stored_at, c.number, c.currency, c.units
    FROM (
        SELECT * FROM chosen ORDER BY timestamp DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s
    ) c JOIN metering_event e ON e.id = c.id
    ORDER BY c.timestamp DESC, c.id DESC
"""

DAYS = """
    SELECT (timestamp AT TIME ZONE %(zone)s)::date, sum(units)::bigint, coalesce(sum(number), 0)
    FROM chosen GROUP BY 1 ORDER BY 1
"""

TOGETHER = """
    SELECT count(DISTINCT id), coalesce(sum(units), 0)::bigint,
           coalesce(sum(units) FILTER (WHERE is_first), 0)::bigint,
           coalesce(sum(number), 0), max(number), min(number),
           (array_agg(timestamp ORDER BY timestamp DESC, id DESC) FILTER (WHERE number IS NOT NULL))[1],
           (array_agg(id ORDER BY timestamp DESC, id DESC) FILTER (WHERE number IS NOT NULL))[1],
           (array_agg(number ORDER BY timestamp DESC, id DESC) FILTER (WHERE number IS NOT NULL))[1],
           array_agg(DISTINCT all_properties ->> %(property)s::text)
               FILTER (WHERE all_properties ? %(property)s::text)
    FROM chosen
"""
