"""Figures over all of a platform's data, drawn up seldom: every open Home page asks for them each minute.

A figure is kept with the instant at which it was drawn up, which is told with it. It is drawn up anew by one
request at a time: when something has changed, but not before twenty times as long as drawing it up took, so
that at most a twentieth of a processor goes into it however many pages are open; and every five minutes in
any case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Platform
from billing.models import FigureKind, KeptFigure
from metering.selectors import activity

GOOD_FOR = timedelta(minutes=5)
TIMES = 20
LEASE = timedelta(minutes=1)  # how long a request that draws it up keeps the others waiting with the old one

# Whatever changes a figure moves one of these; a transaction still open is seen after GOOD_FOR at the latest.
CHANGES = """p.configuration_version, p.test_now, p.updated_at,
        (SELECT max(recorded_at) FROM webhooks_webhookevent WHERE platform_id = p.id),
        (SELECT max(id) FROM accounts_auditentry WHERE platform_id = p.id)"""
MOVED_BY = {
    FigureKind.UNBILLED: f"{CHANGES}, ({activity.WATERMARK})",
    FigureKind.RECURRING: f"'plans', {CHANGES}",  # usage is no part of it; what was kept without plans is old
}
READ = """
    WITH now AS (
        SELECT concat_ws(' ', {changes}) AS state FROM accounts_platform p WHERE p.id = %(platform)s
    ), claimed AS (
        UPDATE billing_keptfigure t SET stands_until = %(lease)s, good_until = %(lease)s FROM now
        WHERE t.platform_id = %(platform)s AND t.kind = %(kind)s
            AND (t.good_until <= %(at)s OR (t.stands_until <= %(at)s AND t.state <> now.state))
        RETURNING t.id
    )
    SELECT now.state, t.totals::text, t.drawn_at, EXISTS (SELECT FROM claimed)
    FROM now LEFT JOIN billing_keptfigure t ON t.platform_id = %(platform)s AND t.kind = %(kind)s"""
Totals = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """``totals``: currency -> what the kind keeps, as JSON; ``drawn_at`` is wall time."""

    totals: Totals
    drawn_at: datetime


def figure(
    *, platform: Platform, kind: FigureKind, draw_up: Callable[[], Totals], clock: Callable[[], datetime]
) -> Kept:
    """As it was last drawn up, or drawn up now; ``clock`` tells wall time.

    One query; where it is drawn up, those of ``draw_up`` and one more.
    """
    at = clock()
    with connection.cursor() as cursor:
        cursor.execute(
            READ.format(changes=MOVED_BY[kind]),
            {"platform": platform.pk, "kind": kind.value, "at": at, "lease": at + LEASE},
        )
        [(state, stored, drawn_at, claimed)] = cursor.fetchall()
    if stored is not None and not claimed:
        return Kept(json.loads(stored), drawn_at)
    totals = draw_up()
    until = clock()
    values = {
        "totals": totals,
        "state": state,
        "drawn_at": at,
        "stands_until": until + TIMES * (until - at),
        "good_until": until + max(GOOD_FOR, TIMES * (until - at)),
    }
    _store(KeptFigure(platform=platform, kind=kind, **values), list(values))
    return Kept(totals, at)


def _store(row: KeptFigure, names: list[str]) -> None:
    # One statement, which a second first request does not upset.
    KeptFigure.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["platform", "kind"], update_fields=names
    )
