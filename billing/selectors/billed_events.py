"""Which invoice bills the period of an event, and until when it took usage in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Platform

# By hand, because it runs for every ingested event and the ORM's share of it would be the larger.
SQL = """
    SELECT subscription_id, public_id, period_start, period_end, usage_cutoff
    FROM billing_invoice
    WHERE platform_id = %s AND subscription_id = ANY(%s)
      AND occasion = 'PERIOD' AND type = 'STANDARD' AND status <> 'VOID'
      AND period_start <= %s AND period_end > %s
"""


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice of a period; ``cutoff`` is set once it is final."""

    public_id: str
    start: datetime
    end: datetime
    cutoff: datetime | None


def invoices(platform: Platform, moments: Sequence[tuple[int, datetime]]) -> Mapping[int, Sequence[Billed]]:
    """subscription pk -> its invoices around these (subscription pk, instant): one query, or none."""
    if not moments:
        return {}
    instants = [instant for _, instant in moments]
    subscriptions = list({pk for pk, _ in moments})
    found: dict[int, list[Billed]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SQL, [platform.pk, subscriptions, max(instants), min(instants)])
        for subscription, *billed in cursor.fetchall():
            found[subscription].append(Billed(*billed))
    return found


def of(found: Sequence[Billed], instant: datetime) -> Billed | None:
    """The one whose period holds the instant."""
    for each in found:
        if each.start <= instant < each.end:
            return each
    return None
