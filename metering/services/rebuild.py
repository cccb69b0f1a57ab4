"""Make rollups again from the events, which remain the truth.

The caller holds ``locks.alone``. Rows of hours that lost all their events stay, at zero: they show
that the meter was used, and their ``last_stored_at`` that the hour has changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from metering.services import rebuild_sql


def hour(*, platform_id: int, meter_id: int, customer_id: int, within: datetime, at: datetime) -> None:
    """The rollups of one customer in the hour that holds ``within``."""
    _run(
        rebuild_sql.ONE_HOUR,
        {
            "platform": platform_id,
            "meter": meter_id,
            "customer": customer_id,
            "hour": within.replace(minute=0, second=0, microsecond=0),
            "at": at,
        },
    )


def meter(*, platform_id: int, meter_id: int) -> None:
    """All rollups of a meter, after its property key has changed."""
    _run(rebuild_sql.WHOLE_METER, {"platform": platform_id, "meter": meter_id})


def _run(statements: tuple[str, ...], arguments: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, arguments)
