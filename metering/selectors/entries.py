"""SQL that turns events into entries: one row per value of an event, under its property key.

Ingestion, rebuilding and reading share these fragments, so that an event falls under the same key
whoever looks at it. An entry names: subscription_id, currency, properties (the keyed ones),
meter_value_id, number, units, is_first, and the event's own columns.
"""

from __future__ import annotations

KEYED = """
    CASE WHEN m.keyed_properties = '{}' OR e.properties IS NULL THEN '{}'::jsonb ELSE (
        SELECT coalesce(jsonb_object_agg(k, e.properties -> k), '{}'::jsonb)
        FROM unnest(m.keyed_properties::text[]) AS k WHERE e.properties ? k
    ) END"""
"""The properties of event ``e`` that the rollups of its meter ``m`` tell apart."""

KEY = "md5(concat_ws('|', coalesce(x.subscription_id, 0), x.currency, x.properties::text))::uuid"
"""The key of an entry ``x``; the key of a distinct value leaves the currency out."""

COLUMNS = "platform_id, customer_id, meter_id, subscription_id, timestamp, stored_at"


def entries(events: str) -> str:
    """A subquery of the entries of ``events``, the name of a table or common table expression."""
    shared = "e.id, " + ", ".join(f"e.{name.strip()}" for name in COLUMNS.split(","))
    return f"""
        SELECT {shared}, {KEYED} AS properties, e.properties AS all_properties, m.counted_properties,
               e.meter_value_id, e.number, e.currency, coalesce(e.count, 1) AS units, true AS is_first
        FROM {events} e JOIN metering_meter m ON m.id = e.meter_id
        UNION ALL
        SELECT {shared}, {KEYED}, NULL::jsonb, NULL::bigint[],
               (v.each ->> 'v')::bigint, (v.each ->> 'n')::numeric, v.each ->> 'c',
               coalesce((v.each ->> 'k')::bigint, 1), false
        FROM {events} e JOIN metering_meter m ON m.id = e.meter_id
        CROSS JOIN LATERAL jsonb_array_elements(e.more) AS v(each)
        WHERE e.more IS NOT NULL"""  # noqa: S608  the arguments are names in this package
