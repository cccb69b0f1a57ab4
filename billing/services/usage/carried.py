"""What earlier periods took of included volumes and bundles that go on: read for what is drafted now.

Final invoices keep it on their lines. Drafts that come before are drafted along, so that every answer is
as if they had been billed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from accounts.models import Platform
from billing.calc.allowances import Taken
from billing.calc.carrying import Entry, Ledger
from billing.models import Invoice, InvoiceLine, InvoiceStatus, Occasion, PricingPlanSchedule
from billing.selectors import invoices as selectors
from billing.selectors import lineages
from billing.selectors.agreed_prices import Items
from billing.selectors.billed import BILLED
from catalog.rating.types import ResetType

LOCK = 7_103  # the first key of this module's advisory locks
PERIODICAL = (None, ResetType.PERIOD.value)
Agreed = Mapping[int, Items]


def before(*, platform: Platform, invoices: Sequence[Invoice], agreed: Agreed) -> list[Invoice]:
    """The stored drafts that these depend on: earlier periods of the same subscriptions."""
    last: dict[int, datetime] = {}
    for invoice in stateful(invoices, agreed):
        key = invoice.subscription_id or 0
        last[key] = max(last.get(key, invoice.period_start), invoice.period_start)
    if not last:
        return []
    asked = {(each.subscription_id, each.period_start) for each in invoices}
    drafts = Invoice.objects.filter(
        platform=platform, subscription__in=last, status=InvoiceStatus.DRAFT, occasion=Occasion.PERIOD
    )
    return [
        row
        for row in selectors.with_terms(drafts).order_by("period_start", "pk")
        if row.period_start < last[row.subscription_id or 0]
        and (row.subscription_id, row.period_start) not in asked
    ]


def ledgers(*, platform: Platform, invoices: Sequence[Invoice], agreed: Agreed) -> dict[int, Ledger]:
    """subscription pk -> what its final invoices took.

    One query, and those of ``lineages`` where there were several versions; none where nothing goes on.

    Invoices that are not stored ask what would be: for them the periods from their own on have not been.
    """
    several = stateful(invoices, agreed)
    first = _imagined_from(several)
    if not first:
        return {}
    lines = InvoiceLine.objects.filter(
        platform=platform, is_usage=True, invoice__subscription__in=first, invoice__status__in=BILLED
    ).exclude(included_taken=0, bundle_change=0)
    sums = (Sum("included_taken"), Sum("bundle_change"))
    named = ("invoice__subscription", "schedule_id", "config_id", "start_at")
    roots = {
        rule.config_id: rule.original_id or rule.config_id
        for items in agreed.values()
        for item in items
        for rule in item.rules
    }
    entries: dict[int, list[Entry]] = defaultdict(list)
    for key, schedule, config, start, *units in lines.values_list(*named).annotate(*sums).order_by():
        edge = first[key]
        if edge is None or start < edge:
            entries[key].append(Entry(roots.get(config, config), schedule, start, Taken(*units)))
    by_key = {each.subscription.pk: each.subscription for each in several if each.subscription}
    names = lineages.of(platform, by_key.values())
    return {key: Ledger(entries[key], names[key]) for key in first}


def _imagined_from(invoices: Iterable[Invoice]) -> dict[int, datetime | None]:
    """subscription pk -> when the first of its periods that are not stored starts; None where all are.

    What bills no period (the opening of a subscription, a charge on demand) says nothing about it.
    """
    first: dict[int, datetime | None] = {}
    for invoice in invoices:
        known = first.setdefault(invoice.subscription_id or 0, None)
        if invoice._state.adding and invoice.occasion == Occasion.PERIOD:
            start = invoice.period_start
            first[invoice.subscription_id or 0] = min(known or start, start)
    return first


def hold(*, invoices: Sequence[Invoice], agreed: Agreed) -> None:
    """Let one transaction at a time finalize invoices of a subscription in which something goes on.

    Without it two could give away the same units, neither seeing the other's lines. Only finalization
    takes these locks, in the order of keys and after those of its invoices, so it never waits in a circle.
    """
    keys = sorted({invoice.subscription_id or 0 for invoice in stateful(invoices, agreed)})
    with connection.cursor() as cursor:
        for key in keys:
            # The key is hashed into the 32 bits that the second argument has.
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK, key])


def goes_on(schedule: PricingPlanSchedule, items: Items) -> bool:
    """Whether a period of the schedule depends on those before it."""
    own = any(each.get("reset_type") not in PERIODICAL for each in schedule.included_volumes)
    return own or any(rule.config.goes_on for item in items for rule in item.rules)


def stateful(invoices: Iterable[Invoice], agreed: Agreed) -> list[Invoice]:
    """Those of subscriptions in which something goes on."""
    rows = list(invoices)
    several = {id(each.subscription): each.subscription for each in rows}
    found = {
        key
        for key, each in several.items()
        if each and any(goes_on(row, agreed.get(row.pk, ())) for row in each.schedules.all())
    }
    return [each for each in rows if id(each.subscription) in found]
