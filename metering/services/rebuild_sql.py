"""The statements that make rollups again: empty them, then add up the living events.

A rollup's ``last_stored_at`` never moves back, or a snapshot would trust an hour that lost an event.
"""

from __future__ import annotations

from metering.selectors.entries import entries
from metering.services.ingest_sql import AMEND, BUCKETS, DISTINCT_VALUES, ROLLUP_COLUMNS, ROLLUP_VALUES

_HOUR = "customer_id = %(customer)s AND hour = %(hour)s"
_EVENT_IN_HOUR = """customer_id = %(customer)s
    AND timestamp >= %(hour)s AND timestamp < %(hour)s + interval '1 hour'"""


def _statements(bucket: str, events: str, changed_at: str) -> tuple[str, ...]:
    living = f"""
        living AS (
            SELECT * FROM metering_event
            WHERE platform_id = %(platform)s AND meter_id = %(meter)s AND deleted_at IS NULL AND {events}
        ), entry AS ({entries("living")})"""
    empty = f"""
        UPDATE metering_usagerollup SET events = 0, n = 0, sum = 0, max = NULL, min = NULL,
            last_at = NULL, last_id = NULL, last = NULL, last_stored_at = {changed_at}
        WHERE platform_id = %(platform)s AND meter_id = %(meter)s AND {bucket}"""
    fill = f"""
        WITH {living}, before AS (
            SELECT customer_id, hour, max(last_stored_at) AS changed_at FROM metering_usagerollup
            WHERE platform_id = %(platform)s AND meter_id = %(meter)s AND {bucket} GROUP BY 1, 2
        )
        INSERT INTO metering_usagerollup ({ROLLUP_COLUMNS})
        SELECT {ROLLUP_VALUES.replace("b.stored_at", "greatest(b.stored_at, before.changed_at)")}
        FROM ({BUCKETS}) b LEFT JOIN before ON before.customer_id = b.customer_id AND before.hour = b.hour
        ORDER BY b.meter_id, b.customer_id, b.meter_value_id, b.hour, b.key
        ON CONFLICT (meter_id, customer_id, meter_value_id, hour, key) DO UPDATE SET
            events = EXCLUDED.events, n = EXCLUDED.n, sum = EXCLUDED.sum, max = EXCLUDED.max,
            min = EXCLUDED.min, last_at = EXCLUDED.last_at, last_id = EXCLUDED.last_id,
            last = EXCLUDED.last, last_stored_at = EXCLUDED.last_stored_at"""
    forget = f"""
        DELETE FROM metering_distinctvalue
        WHERE platform_id = %(platform)s AND meter_id = %(meter)s AND {bucket}"""
    count = f"""
        WITH {living}
        INSERT INTO metering_distinctvalue (
            platform_id, meter_id, customer_id, property_id, hour, key, subscription_id, value, properties
        )
        SELECT * FROM ({DISTINCT_VALUES}) d"""
    return empty, fill, forget, count


_AMENDED = AMEND.format(
    values="%(platform)s, %(customer)s, %(meter)s, %(hour)s::timestamptz, %(at)s::timestamptz"
)
ONE_HOUR = (*_statements(_HOUR, _EVENT_IN_HOUR, "%(at)s"), _AMENDED)
WHOLE_METER = _statements("true", "true", "last_stored_at")
