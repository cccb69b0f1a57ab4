"""The statement that answers usage questions: whole hours from rollups, the rest from events.

``%(pieces)s`` are the spans that no whole hour covers; hours that changed after the cutoff join them.
The latest value is that of the rollup in whose hour it lies, looked up by its key: to sort all the hours of a
page of customers for it took two thirds of the statement.
"""

from __future__ import annotations

from metering.selectors.entries import entries

_ROLLUP = """r.meter_id, r.customer_id, r.meter_value_id, r.subscription_id, r.currency, r.properties, r.key,
            r.hour, r.n, r.events, r.sum, r.max, r.min, r.last_at, r.last_stored_at"""

_ASKED = """
    asked AS MATERIALIZED (
        SELECT * FROM unnest(
            %(ordinals)s::int[], %(customers)s::bigint[], %(meters)s::bigint[], %(values)s::bigint[],
            %(properties)s::bigint[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[]
        ) AS a(ordinal, customer_id, meter_id, meter_value_id, property_id, first_hour, last_hour)
    ),
    hours AS MATERIALIZED (
        SELECT a.ordinal, {rollup} FROM asked a JOIN metering_usagerollup r
            ON r.meter_id = a.meter_id AND r.customer_id = a.customer_id
            AND r.meter_value_id = a.meter_value_id AND r.hour >= a.first_hour AND r.hour < a.last_hour
        WHERE r.platform_id = %(platform)s
        UNION ALL
        SELECT a.ordinal, {rollup} FROM asked a JOIN metering_usagerollup r
            ON r.meter_id = a.meter_id AND r.customer_id = a.customer_id
            AND r.hour >= a.first_hour AND r.hour < a.last_hour
        WHERE a.meter_value_id IS NULL AND r.platform_id = %(platform)s
    ),
    dirty AS MATERIALIZED (
        SELECT DISTINCT ordinal, hour FROM hours WHERE last_stored_at > %(cutoff)s::timestamptz
    ),
    pieces AS (
        SELECT * FROM unnest(
            %(piece_ordinals)s::int[], %(since)s::timestamptz[], %(until)s::timestamptz[]
        ) AS p(ordinal, since, until)
        UNION ALL SELECT ordinal, hour, hour + interval '1 hour' FROM dirty
    ),
    loose AS MATERIALIZED (
        SELECT p.ordinal, a.property_id, a.meter_value_id AS asked_value_id, e.*
        FROM pieces p JOIN asked a ON a.ordinal = p.ordinal JOIN metering_event e
            ON e.customer_id = a.customer_id AND e.meter_id = a.meter_id
            AND e.timestamp >= p.since AND e.timestamp < p.until
        WHERE e.platform_id = %(platform)s
            AND (e.deleted_at IS NULL OR e.deleted_at > %(cutoff)s::timestamptz)
            AND (%(cutoff)s::timestamptz IS NULL OR e.stored_at <= %(cutoff)s::timestamptz)
    ),
    singles AS MATERIALIZED (SELECT DISTINCT ON (id) * FROM loose),
    entry AS MATERIALIZED (
        SELECT l.ordinal, l.property_id, x.*
        FROM loose l JOIN ({entries}) x ON x.id = l.id
        WHERE l.asked_value_id IS NULL OR x.meter_value_id = l.asked_value_id
    )"""

READ = f"""
    WITH {_ASKED.format(rollup=_ROLLUP, entries=entries("singles"))},
    summed AS (
        SELECT h.ordinal, h.subscription_id, h.currency, h.properties,
               h.meter_id, h.customer_id, h.meter_value_id, h.key,
               sum(h.n)::bigint AS n, sum(h.events)::bigint AS events,
               sum(h.sum) AS sum, max(h.max) AS max, min(h.min) AS min, max(h.last_at) AS last_at
        FROM hours h
        WHERE NOT EXISTS (SELECT FROM dirty d WHERE d.ordinal = h.ordinal AND d.hour = h.hour)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    )
    SELECT s.ordinal, s.subscription_id, s.currency, s.properties, s.n, s.events, s.sum, s.max, s.min,
           s.last_at, r.last_id, r.last, NULL::text[]
    FROM summed s LEFT JOIN metering_usagerollup r
        ON r.meter_id = s.meter_id AND r.customer_id = s.customer_id AND r.meter_value_id = s.meter_value_id
        AND r.hour = date_trunc('hour', s.last_at, 'UTC') AND r.key = s.key
    UNION ALL
    SELECT x.ordinal, x.subscription_id, x.currency, x.properties,
           sum(x.units)::bigint, coalesce(sum(x.units) FILTER (WHERE x.is_first), 0)::bigint,
           coalesce(sum(x.number), 0), max(x.number), min(x.number),
           (array_agg(x.timestamp ORDER BY x.timestamp DESC, x.id DESC)
               FILTER (WHERE x.number IS NOT NULL))[1],
           (array_agg(x.id ORDER BY x.timestamp DESC, x.id DESC)
               FILTER (WHERE x.number IS NOT NULL))[1],
           (array_agg(x.number ORDER BY x.timestamp DESC, x.id DESC)
               FILTER (WHERE x.number IS NOT NULL))[1],
           array_agg(DISTINCT x.all_properties ->> x.property_id::text)
               FILTER (WHERE x.all_properties ? x.property_id::text)
    FROM entry x GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT a.ordinal, s.subscription_id, NULL, s.properties, 0, 0, 0, NULL, NULL, NULL, NULL, NULL,
           array_agg(DISTINCT s.value)
    FROM asked a JOIN metering_distinctvalue s
        ON s.meter_id = a.meter_id AND s.customer_id = a.customer_id AND s.property_id = a.property_id
        AND s.hour >= a.first_hour AND s.hour < a.last_hour
    WHERE s.platform_id = %(platform)s
        AND NOT EXISTS (SELECT FROM dirty d WHERE d.ordinal = a.ordinal AND d.hour = s.hour)
    GROUP BY 1, 2, 4
"""

SINGLES = f"""
    WITH {_ASKED.format(rollup=_ROLLUP, entries=entries("singles"))}
    SELECT x.ordinal, x.subscription_id, x.currency, x.properties, array_agg(x.number)
    FROM entry x WHERE x.number IS NOT NULL GROUP BY 1, 2, 3, 4
"""
