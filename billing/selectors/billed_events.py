"""Which invoice bills the period of an event, and until when it took usage in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Platform
from billing.models import Invoice, InvoiceStatus, Occasion

COLUMNS = ("subscription_id", "public_id", "period_start", "period_end", "usage_cutoff")


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
    rows = (
        Invoice.objects.for_platform(platform)
        .filter(subscription__in={pk for pk, _ in moments}, occasion=Occasion.PERIOD)
        .filter(period_start__lte=max(instants), period_end__gt=min(instants))
        .exclude(status=InvoiceStatus.VOID)
    )
    found: dict[int, list[Billed]] = defaultdict(list)
    for subscription, *billed in rows.values_list(*COLUMNS):
        found[subscription].append(Billed(*billed))
    return found


def of(found: Sequence[Billed], instant: datetime) -> Billed | None:
    """The one whose period holds the instant."""
    return next((each for each in found if each.start <= instant < each.end), None)
