"""The statement that stores a request's events: deduplicate, insert, add to the rollups, answer.

Every lock is taken in key order (events by reference, rollups and distinct values by their unique
key), so requests that carry the same events in other orders wait for each other and never deadlock.
The rollups come last: a busy row is held only until the commit.

``gate`` lets the statement act only on the configuration that the events were checked against, and
gives the instant: the test clock's, or the wall clock after the lock of ``locks.shared`` was had.
"""

from __future__ import annotations

from metering.selectors.entries import KEY, entries

GATE = """
    gate AS MATERIALIZED (
        SELECT coalesce(test_now, clock_timestamp()) AS stored_at FROM accounts_platform
        WHERE id = %b AND configuration_version = %b AND test_now IS NOT DISTINCT FROM %b
    )"""

EVENTS = """
    inserted AS (
        INSERT INTO metering_event (
            platform_id, customer_id, meter_id, subscription_id, timestamp, stored_at, meter_value_id,
            count, number, payload_hash, reference, currency, properties, more
        )
        SELECT %b, i.customer_id, i.meter_id, i.subscription_id, i.timestamp, g.stored_at, i.value_id,
               i.count, i.number::numeric, i.payload_hash, i.reference, i.currency, i.properties::jsonb,
               i.more::jsonb
        FROM gate g CROSS JOIN unnest(
            %b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[], %b::bigint[], %b::bigint[],
            %b::text[], %b::bytea[], %b::text[], %b::text[], %b::text[], %b::text[]
        ) AS i(customer_id, meter_id, subscription_id, timestamp, value_id, count,
               number, payload_hash, reference, currency, properties, more)
        ON CONFLICT (platform_id, reference) DO NOTHING
        RETURNING *
    )"""

BUCKETS = f"""
    SELECT x.platform_id, x.meter_id, x.customer_id, x.meter_value_id, x.hour, {KEY} AS key,
           x.subscription_id, x.events, x.n, x.last, x.stored_at, x.currency,
           x.sum, x.max, x.min, x.properties
    FROM (
        SELECT platform_id, meter_id, customer_id, meter_value_id, subscription_id, currency, properties,
               date_bin('1 hour', timestamp, 'epoch'::timestamptz) AS hour,
               coalesce(sum(units) FILTER (WHERE is_first), 0)::bigint AS events,
               sum(units)::bigint AS n, coalesce(sum(number), 0) AS sum, max(number) AS max,
               min(number) AS min, max(stored_at) AS stored_at,
               max(ARRAY[extract(epoch FROM timestamp - date_bin('1 hour', timestamp, 'epoch')), id, number])
                   FILTER (WHERE number IS NOT NULL) AS last
        FROM entry GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ) x
"""
"""Entries grouped as the rollups keep them; ``last`` is [seconds into the hour, key, value] of the latest."""

ROLLUP_COLUMNS = """
    platform_id, meter_id, customer_id, meter_value_id, hour, key, subscription_id, events, n,
    last_at, last_id, last, last_stored_at, currency, sum, max, min, properties"""

ROLLUP_VALUES = """
    b.platform_id, b.meter_id, b.customer_id, b.meter_value_id, b.hour, b.key, b.subscription_id,
    b.events, b.n, b.hour + b.last[1] * interval '1 second', b.last[2]::bigint, b.last[3],
    b.stored_at, b.currency, b.sum, b.max, b.min, b.properties"""

ROLL = f"""
    rolled AS (
        INSERT INTO metering_usagerollup AS r ({ROLLUP_COLUMNS})
        SELECT {ROLLUP_VALUES} FROM ({BUCKETS}) b
        ORDER BY b.meter_id, b.customer_id, b.meter_value_id, b.hour, b.key
        ON CONFLICT (meter_id, customer_id, meter_value_id, hour, key) DO UPDATE SET
            events = r.events + EXCLUDED.events, n = r.n + EXCLUDED.n, sum = r.sum + EXCLUDED.sum,
            max = greatest(r.max, EXCLUDED.max), min = least(r.min, EXCLUDED.min),
            last_at = CASE WHEN (EXCLUDED.last_at, EXCLUDED.last_id) <= (r.last_at, r.last_id)
                THEN r.last_at ELSE coalesce(EXCLUDED.last_at, r.last_at) END,
            last = CASE WHEN (EXCLUDED.last_at, EXCLUDED.last_id) <= (r.last_at, r.last_id)
                THEN r.last ELSE coalesce(EXCLUDED.last, r.last) END,
            last_id = CASE WHEN (EXCLUDED.last_at, EXCLUDED.last_id) <= (r.last_at, r.last_id)
                THEN r.last_id ELSE coalesce(EXCLUDED.last_id, r.last_id) END,
            last_stored_at = greatest(r.last_stored_at, EXCLUDED.last_stored_at)
    )"""

DISTINCT_VALUES = f"""
    SELECT DISTINCT x.platform_id, x.meter_id, x.customer_id, c.id AS property_id,
           date_bin('1 hour', x.timestamp, 'epoch'::timestamptz) AS hour,
           {KEY.replace("x.currency", "NULL")} AS key, x.subscription_id,
           x.all_properties ->> c.id::text AS value, x.properties
    FROM entry x CROSS JOIN LATERAL unnest(x.counted_properties) AS c(id)
    WHERE x.is_first AND x.all_properties ? c.id::text
"""

COUNT_DISTINCT = f"""
    counted AS (
        INSERT INTO metering_distinctvalue (
            platform_id, meter_id, customer_id, property_id, hour, key, subscription_id, value, properties
        )
        SELECT * FROM ({DISTINCT_VALUES}) d ORDER BY meter_id, customer_id, property_id, hour, key, value
        ON CONFLICT DO NOTHING
    )"""

AMEND = """
    INSERT INTO metering_amendedhour AS a (platform_id, customer_id, meter_id, hour, changed_at)
    SELECT {values} ORDER BY 2, 3, 4
    ON CONFLICT (customer_id, meter_id, hour) DO UPDATE SET
        changed_at = greatest(a.changed_at, EXCLUDED.changed_at)"""

STORED_LATE = AMEND.format(
    values="""platform_id, customer_id, meter_id, hour, max(stored_at)
    FROM (SELECT *, date_bin('1 hour', timestamp, 'epoch'::timestamptz) AS hour FROM entry WHERE is_first) x
    WHERE hour <= stored_at - interval '36 hours' GROUP BY 1, 2, 3, 4"""
)
"""Hours that had begun 36 hours and more before something of them was stored (``AmendedHour``)."""

ANSWER = """SELECT stored_at, (SELECT array_agg(id ORDER BY id) FROM inserted),
        (SELECT array_agg(reference ORDER BY id) FROM inserted) FROM gate"""
"""The instant, and the keys and references of the events that are new. No row when the gate is closed."""

STORE = f"""
    WITH {GATE}, {EVENTS}, entry AS ({entries("inserted")}), {ROLL}, {COUNT_DISTINCT},
    amended AS ({STORED_LATE})
    {ANSWER}
"""

NOTE_DUPLICATES = """
    INSERT INTO metering_eventduplicate (id, platform_id, event_id, stored_at)
    SELECT nextval(pg_get_serial_sequence('metering_event', 'id')), %b::bigint, first, %b::timestamptz
    FROM unnest(%b::bigint[]) AS d(first)
    RETURNING id
"""
