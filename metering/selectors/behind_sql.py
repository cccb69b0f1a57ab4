"""The statements behind ``services.behind``: the entries of one question, chosen by their keys.

``HOURS`` counts them hour by hour from the rollups, so that ``PAGE`` need only read the events of a
few hours. Of a question about no value, an event is its first entry.
"""

from __future__ import annotations

from metering.models.event import SEVERAL_UNITS
from metering.selectors.entries import entries


def _place(row: str) -> str:
    """What the keys of ``row`` are told apart by; where properties are counted, currencies are not."""
    return f"""concat_ws('|', coalesce({row}.subscription_id, 0),
        CASE WHEN %(property)s::text IS NULL THEN {row}.currency END, {row}.properties::jsonb::text)"""


def _ours(row: str, at: str) -> str:
    """Whether ``row``, an entry or a rollup of the time ``at``, is under the keys, in time that was won."""
    return f"""{_place(row)} IN (SELECT place FROM wanted)
        AND ({row}.subscription_id IS NOT NULL OR EXISTS (
            SELECT FROM won WHERE {row}.{at} >= won.since AND {row}.{at} < won.until
        ))"""


_WANTED = f"""
    won AS MATERIALIZED (
        SELECT * FROM unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) AS w(since, until)
    ),
    wanted AS MATERIALIZED (
        SELECT {_place("k")} AS place FROM unnest(
            %(subscriptions)s::bigint[], %(currencies)s::text[], %(keys)s::text[]
        ) AS k(subscription_id, currency, properties)
    )"""

_EVENT = """e.platform_id = %(platform)s AND e.customer_id = %(customer)s AND e.meter_id = %(meter)s
            AND e.timestamp >= %(start)s AND e.timestamp < %(end)s
            AND (e.deleted_at IS NULL OR e.deleted_at > %(cutoff)s::timestamptz)
            AND (%(cutoff)s::timestamptz IS NULL OR e.stored_at <= %(cutoff)s::timestamptz)"""

_CHOSEN = f"""(x.meter_value_id = %(value)s::bigint OR %(value)s::bigint IS NULL AND x.is_first)
            AND {_ours("x", "timestamp")}"""

HOURS = f"""
    WITH {_WANTED},
    rolled AS MATERIALIZED (
        SELECT r.hour, (r.hour AT TIME ZONE %(zone)s)::date AS day,
            bool_or(r.last_stored_at > %(cutoff)s::timestamptz) IS TRUE
                OR (r.hour AT TIME ZONE %(zone)s)::date
                    <> ((r.hour + interval '1 hour' - interval '1 microsecond') AT TIME ZONE %(zone)s)::date
                OR EXISTS (
                    SELECT FROM (
                        VALUES (%(start)s::timestamptz), (%(end)s::timestamptz)
                        UNION ALL SELECT since FROM won UNION ALL SELECT until FROM won
                    ) AS edge(at) WHERE edge.at > r.hour AND edge.at < r.hour + interval '1 hour'
                ) AS is_loose,
            coalesce(sum(CASE WHEN %(value)s::bigint IS NULL THEN r.events ELSE r.n END)
                FILTER (WHERE r.is_ours), 0)::bigint AS units,
            coalesce(sum(r.sum) FILTER (WHERE r.is_ours), 0) AS total
        FROM (
            SELECT r.hour, r.last_stored_at, r.events, r.n, r.sum, {_ours("r", "hour")} AS is_ours
            FROM metering_usagerollup r
            WHERE r.platform_id = %(platform)s AND r.customer_id = %(customer)s AND r.meter_id = %(meter)s
                AND r.hour >= date_trunc('hour', %(start)s::timestamptz, 'UTC') AND r.hour < %(end)s
                AND (%(value)s::bigint IS NULL OR r.meter_value_id = %(value)s::bigint)
        ) r GROUP BY r.hour
    ),
    single AS MATERIALIZED (
        SELECT e.* FROM rolled r JOIN metering_event e
            ON e.timestamp >= r.hour AND e.timestamp < r.hour + interval '1 hour'
        WHERE r.is_loose AND {_EVENT}
        UNION ALL
        SELECT e.* FROM metering_event e JOIN rolled r ON r.hour = date_trunc('hour', e.timestamp, 'UTC')
        WHERE NOT r.is_loose AND ({SEVERAL_UNITS}) AND {_EVENT}
    ),
    chosen AS MATERIALIZED (
        SELECT date_trunc('hour', x.timestamp, 'UTC') AS hour, x.timestamp, x.units, x.number
        FROM ({entries("single")}) x WHERE {_CHOSEN}
    )
    SELECT hour, day, count, units, total FROM (
        SELECT r.hour, r.day, r.units - coalesce(s.beyond, 0) AS count, r.units, r.total
        FROM rolled r LEFT JOIN (
            SELECT hour, sum(units - 1)::bigint AS beyond FROM chosen GROUP BY hour
        ) s ON s.hour = r.hour
        WHERE NOT r.is_loose
        UNION ALL
        SELECT c.hour, (c.timestamp AT TIME ZONE %(zone)s)::date, count(*), sum(c.units)::bigint,
               coalesce(sum(c.number), 0)
        FROM chosen c JOIN rolled r ON r.hour = c.hour WHERE r.is_loose GROUP BY 1, 2
    ) each WHERE count > 0 ORDER BY hour DESC, day DESC
"""
"""Hours that a boundary or a day cuts, and those that changed after the cutoff, are counted from their
events; of the others only the events that stand for several units are looked at."""

PAGE = f"""
    WITH {_WANTED}
    SELECT e.id, e.reference, x.timestamp, x.stored_at, x.number, x.currency, x.units
    FROM metering_event e CROSS JOIN LATERAL ({entries("(SELECT e.*)")}) x
    WHERE {_EVENT} AND {_CHOSEN}
    ORDER BY e.timestamp DESC, e.id DESC LIMIT %(limit)s OFFSET %(offset)s
"""
