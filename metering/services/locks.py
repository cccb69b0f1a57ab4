"""Who may touch a platform's rollups at the same time.

Ingestion holds the platform's lock shared, whoever rebuilds rollups holds it alone: a rebuild never
misses an event that is being stored, and no event is rolled up under a key that is being replaced.
Both locks end with the transaction.
"""

from __future__ import annotations

from django.db import connection

ROLLUPS = 7_102_002

SHARED = "SELECT pg_advisory_xact_lock_shared(%b, %b::int)"


def alone(*, platform_id: int) -> None:
    """Wait until no event of the platform is being stored, and let none begin before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [ROLLUPS, platform_id])
