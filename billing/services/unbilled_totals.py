"""What all drafts come to together, drawn up seldom: every open Home page asks for it each minute.

It is the sum of ``unbilled``, kept with the instant at which it was drawn up, which is told with it. It is
drawn up anew by one request at a time: when something has changed, but not before twenty times as long as
drawing it up took, so that at most a twentieth of a processor goes into it however many pages are open; and
every five minutes in any case.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from accounts.models import Platform
from billing.models import UnbilledTotals
from billing.services import unbilled
from kit.money import plain
from metering.selectors import activity

GOOD_FOR = timedelta(minutes=5)
TIMES = 20
LEASE = timedelta(minutes=1)  # how long a request that draws it up keeps the others waiting with the old one

# Whatever changes a draft moves one of these; a transaction still open is seen after GOOD_FOR at the latest.
STATE = f"""
    SELECT concat_ws(' ', p.configuration_version, p.test_now, p.updated_at, ({activity.WATERMARK}),
        (SELECT max(recorded_at) FROM webhooks_webhookevent WHERE platform_id = p.id),
        (SELECT max(id) FROM accounts_auditentry WHERE platform_id = p.id)) AS state
    FROM accounts_platform p WHERE p.id = %(platform)s"""  # noqa: S608  the fragment holds no data
READ = f"""
    WITH now AS ({STATE}), claimed AS (
        UPDATE billing_unbilledtotals t SET stands_until = %(lease)s, good_until = %(lease)s FROM now
        WHERE t.platform_id = %(platform)s
            AND (t.good_until <= %(at)s OR (t.stands_until <= %(at)s AND t.state <> now.state))
        RETURNING t.id
    )
    SELECT now.state, t.totals::text, t.drawn_at, EXISTS (SELECT FROM claimed)
    FROM now LEFT JOIN billing_unbilledtotals t ON t.platform_id = %(platform)s"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Figure:
    """What the drafts in one currency come to, without tax; ``drawn_at`` is wall time."""

    net: Decimal
    drafts: int
    drawn_at: datetime


def figure(*, platform: Platform, currency: str, clock: Callable[[], datetime]) -> Figure:
    """As it was last drawn up, or drawn up now; ``clock`` tells wall time.

    One query; where it is drawn up, those of ``unbilled`` and one more.
    """
    at = clock()
    with connection.cursor() as cursor:
        cursor.execute(READ, {"platform": platform.pk, "at": at, "lease": at + LEASE})
        [(state, stored, drawn_at, claimed)] = cursor.fetchall()
    if stored is None or claimed:
        totals, drawn_at = _drawn_up(platform), at
        _store(platform, totals, state=state, at=at, until=clock())
    else:
        totals = json.loads(stored)
    drafts, net = totals.get(currency, (0, "0"))
    return Figure(Decimal(net), drafts, drawn_at)


Totals = dict[str, tuple[int, str]]


def _drawn_up(platform: Platform) -> Totals:
    found = unbilled.drafts(platform=platform)
    counts: dict[str, int] = {}
    for each in found:
        counts[each.invoice.currency] = counts.get(each.invoice.currency, 0) + 1
    return {currency: (count, plain(unbilled.total(found, currency))) for currency, count in counts.items()}


def _store(platform: Platform, totals: Totals, *, state: str, at: datetime, until: datetime) -> None:
    values = {
        "totals": totals,
        "state": state,
        "drawn_at": at,
        "stands_until": until + TIMES * (until - at),
        "good_until": until + max(GOOD_FOR, TIMES * (until - at)),
    }
    row = UnbilledTotals(platform=platform, **values)
    # One statement, which a second first request does not upset.
    UnbilledTotals.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["platform"], update_fields=list(values)
    )
