"""Fees that were billed ahead for a time that is not to come: the rest is given back.

Another schedule took over, the subscription was cancelled, or an add-on was switched off inside the period.
Found by comparing, as late usage is: what the schedule comes to until then, less what final invoices billed
for it. An end that was known when the fee was billed cut it there, so nothing is left to give back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from billing.calc.schedule import Cadence, period_at
from billing.calc.timeline import Part, Slice
from billing.models import Invoice, InvoiceLine, InvoiceStatus, LineType, Occasion
from billing.selectors import billed, prices, timelines
from billing.selectors.agreed_prices import Items
from billing.selectors.billed import History
from billing.services.late_usage import LateInvoice
from kit.money import EXACT

Fee = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Cut:
    """A schedule of which something ends, and the draft that gives back what was billed beyond.

    ``ends`` are when items that are chosen end, by the id of the pricing item.
    """

    draft: Invoice
    schedule_id: str
    slice: Slice
    cadence: Cadence
    ends: Mapping[str, Sequence[datetime]]

    def cuts(self, line: InvoiceLine) -> bool:
        """Whether the schedule, or the item, ends inside the time that the line is for."""
        ends = [*self._own, *self.ends.get(line.pricing_item_id, ())]
        return any(line.start_at < end < line.end_at for end in ends)

    @property
    def first(self) -> datetime:
        """When something ends first."""
        return min([*self._own, *(end for several in self.ends.values() for end in several)])

    @property
    def _own(self) -> list[datetime]:
        return [] if self.slice.active.end is None else [self.slice.active.end]


def unused(
    invoices: Sequence[Invoice], history: History, agreed: Mapping[int, Items]
) -> dict[int, list[LateInvoice]]:
    """Draft pk -> the final invoices that billed ahead what it has to give back. One query, or none."""
    drafts = [draft for draft in _drafts(invoices) if any(_cuts(draft, agreed))]
    if not drafts:
        return {}
    carriers = {row.pk for row in history.first_drafts.values()}
    return _given_back([draft for draft in drafts if draft.pk in carriers], agreed)


def previewed(rows: Sequence[Invoice], agreed: Mapping[int, Items]) -> dict[int, list[LateInvoice]]:
    """The same for unsaved invoices of one subscription, in order of time: the first stands for its draft.

    Nothing where an earlier period is still a draft, which gives back what there is.
    """
    row = next(_drafts(rows), None)
    if row is None or not any(_cuts(row, agreed)):
        return {}
    key = row.subscription_id or 0
    earliest = History([key]).first_drafts.get(key)
    if earliest is not None and earliest.period_start != row.period_start:
        return {}
    return _given_back([row], agreed)


def _given_back(drafts: Iterable[Invoice], agreed: Mapping[int, Items]) -> dict[int, list[LateInvoice]]:
    cuts = {cut.schedule_id: cut for draft in drafts for cut in _cuts(draft, agreed)}
    found: dict[int, list[LateInvoice]] = {}
    for cut, final, part, amounts in _ahead(cuts):
        found.setdefault(cut.draft.pk, []).append(LateInvoice(final, (part,), amounts))
    return found


def _drafts(invoices: Sequence[Invoice]) -> Iterator[Invoice]:
    for invoice in invoices:
        runs = invoice.status == InvoiceStatus.DRAFT and invoice.occasion == Occasion.PERIOD
        if runs and invoice.subscription is not None:
            yield invoice


def _cuts(draft: Invoice, agreed: Mapping[int, Items]) -> Iterator[Cut]:
    """The schedules of which something that is billed ahead ends."""
    assert draft.subscription is not None
    rows = {row.pk: row.public_id for row in draft.subscription.schedules.all()}
    for each, cadence in timelines.timeline(draft.subscription).billed():
        ahead = [item for item in agreed.get(each.key, ()) if prices.bill_in_advance([item])]
        ends: dict[str, list[datetime]] = {}
        for item in ahead:
            if item.active is not None and item.active.end is not None:
                ends.setdefault(item.pricing_item_id, []).append(item.active.end)
        if ends or (ahead and each.active.end is not None):
            yield Cut(draft, rows[each.key], each, cadence, ends)


def _ahead(cuts: Mapping[str, Cut]) -> Iterator[tuple[Cut, Invoice, Part, Mapping[billed.Place, Decimal]]]:
    """Per cut and final invoice, the part that is owed and what stands on invoices for it."""
    lines = list(_fees(cuts))
    given_back = _sums(line for line in lines if line.late_of_id is not None)
    by_period: dict[tuple[str, int, Part], dict[billed.Place, Decimal]] = {}
    finals: dict[int, Invoice] = {}
    for line in lines:
        cut = cuts[line.schedule_id]
        if line.late_of_id is not None or not cut.cuts(line):
            continue
        owed = period_at(cut.cadence, line.start_at, active=cut.slice.active)
        part = Part(cut.slice.key, None, (owed,), cut.cadence)
        so_far = EXACT.add(line.amount, given_back.get(_fee(line, line.invoice_id), Decimal(0)))
        place = line.schedule_id, line.pricing_item_id, line.config_id, None, None
        by_period.setdefault((line.schedule_id, line.invoice_id, part), {})[place] = so_far
        finals[line.invoice_id] = line.invoice
    for (schedule_id, invoice, part), amounts in by_period.items():
        yield cuts[schedule_id], finals[invoice], part, amounts


def _fees(cuts: Mapping[str, Cut]) -> Iterable[InvoiceLine]:
    """The fees of these schedules for a time beyond the first end, and those that were given back."""
    if not cuts:
        return []
    platform = next(cut.draft.platform_id for cut in cuts.values())
    beyond = Q(end_at__gt=min(cut.first for cut in cuts.values()))
    rows = InvoiceLine.objects.filter(
        beyond | Q(late_of__isnull=False),
        platform=platform,
        schedule_id__in=cuts,
        is_usage=False,
        type=LineType.REVENUE,
        invoice__status__in=billed.BILLED,
    )
    return (
        rows.select_related("invoice")
        .defer("invoice__content", "invoice__parties", "invoice__prices")
        .order_by("pk")
    )


def _sums(lines: Iterable[InvoiceLine]) -> dict[Fee, Decimal]:
    found: dict[Fee, Decimal] = {}
    for line in lines:
        fee = _fee(line, line.late_of_id or 0)
        found[fee] = EXACT.add(found.get(fee, Decimal(0)), line.amount)
    return found


def _fee(line: InvoiceLine, invoice: int) -> Fee:
    return invoice, line.schedule_id, line.pricing_item_id, line.config_id
