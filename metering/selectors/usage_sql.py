"""The statement that answers usage questions: whole hours from rollups, the rest from events.

``%(pieces)s`` are the spans that no whole hour covers; hours that changed after the cutoff join them.
"""

from __future__ import annotations

from metering.selectors.entries import entries

_ASKED = """
    asked AS MATERIALIZED (
        SELECT * FROM unnest(
            %(ordinals)s::int[], %(customers)s::bigint[], %(meters)s::bigint[], %(values)s::bigint[],
            %(properties)s::bigint[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[]
        ) AS a(ordinal, customer_id, meter_id, meter_value_id, property_id, first_hour, last_hour)
    ),
    hours AS MATERIALIZED (
        SELECT a.ordinal, r.* FROM asked a JOIN metering_usagerollup r
            ON r.meter_id = a.meter_id AND r.customer_id = a.customer_id
            AND r.meter_value_id = a.meter_value_id AND r.hour >= a.first_hour AND r.hour < a.last_hour
        WHERE r.platform_id = %(platform)s
        UNION ALL
        SELECT a.ordinal, r.* FROM asked a JOIN metering_usagerollup r
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
    WITH {_ASKED.format(entries=entries("singles"))}
    SELECT h.ordinal, h.subscription_id, h.currency, h.properties,
           sum(h.n)::bigint, sum(h.events)::bigint, sum(h.sum), max(h.max), min(h.min),
           (array_agg(h.last_at ORDER BY h.last_at DESC NULLS LAST, h.last_id DESC NULLS LAST))[1],
           (array_agg(h.last_id ORDER BY h.last_at DESC NULLS LAST, h.last_id DESC NULLS LAST))[1],
           (array_agg(h.last ORDER BY h.last_at DESC NULLS LAST, h.last_id DESC NULLS LAST))[1],
           NULL::text[]
    FROM hours h
    WHERE NOT EXISTS (SELECT FROM dirty d WHERE d.ordinal = h.ordinal AND d.hour = h.hour)
    GROUP BY 1, 2, 3, 4
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
    WITH {_ASKED.format(entries=entries("singles"))}
    SELECT x.ordinal, x.subscription_id, x.currency, x.properties, array_agg(x.number)
    FROM entry x WHERE x.number IS NOT NULL GROUP BY 1, 2, 3, 4
"""
