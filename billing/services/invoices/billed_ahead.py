"""Fees on invoices that were final before their time was over: compared with what is owed after all.

A fee in advance, or any fee of a period that was closed early, is billed for a time to come. When
another schedule takes over, the subscription is cancelled, or a choice or a number of seats changes, the
invoice ought to say something else. Found by comparing, as late usage is: what the invoice comes to by the
timeline as it is now, less what final invoices have billed for it. What is owed no more is given back, what
is owed only now is billed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from accounts.models import LateUsage
from billing.calc.inputs import Compared
from billing.calc.timeline import Part
from billing.models import Invoice, InvoiceStatus, Occasion
from billing.selectors import billed, prices, timelines
from billing.selectors.agreed_prices import Items
from billing.selectors.billed import CHANGE_MARGIN, History, Standing
from billing.services.usage import late_usage
from billing.services.usage.late_usage import NEVER, Checked, Late, LateInvoice

MOMENT = timedelta(microseconds=1)


def changed(
    *,
    invoices: Sequence[Invoice],
    agreed: Mapping[int, Items],
    history: History,
    late: Late,
    checked: Checked = NEVER,
    until: datetime | None = None,
) -> Late:
    """Draft pk -> the final invoices that it has to bill again for their fees. One query, or none.

    ``late`` are those whose usage has changed. What was ``checked`` at an instant (by subscription pk) is
    looked at again only if it has changed since; stamps after ``until`` are those of a test clock that has
    been put back, and tell nothing.
    """
    able = [each for each in invoices if each.subscription is not None and _can(each, agreed)]
    carriers = late_usage.carriers(able, history) if able else {}
    found = [
        (draft, final)
        for key, draft in carriers.items()
        for final in _candidates(draft, history.amended.get(key, ()), agreed, checked.get(key), until)
    ]
    return _again(found, late)


def previewed(*, row: Invoice, agreed: Mapping[int, Items], history: History, late: Late) -> Late:
    """The same for an unsaved invoice that stands for the earliest draft (``late_usage.standing_for``)."""
    finals = history.amended.get(row.subscription_id or 0, ())
    return _again([(row, final) for final in _candidates(row, finals, agreed)], late)


def _can(invoice: Invoice, agreed: Mapping[int, Items]) -> bool:
    """Whether its subscription may have been billed for a time to come."""
    assert invoice.subscription is not None
    closes_early = invoice.platform.late_usage != LateUsage.IGNORE
    return invoice.status == InvoiceStatus.DRAFT and (closes_early or _bills_ahead(invoice, agreed))


def _bills_ahead(invoice: Invoice, agreed: Mapping[int, Items]) -> bool:
    assert invoice.subscription is not None
    return any(
        prices.bill_in_advance(agreed.get(each.pk, ())) for each in invoice.subscription.schedules.all()
    )


def _candidates(
    draft: Invoice,
    finals: Sequence[Invoice],
    agreed: Mapping[int, Items],
    checked: datetime | None = None,
    until: datetime | None = None,
) -> list[Invoice]:
    """The final invoices before which, or about when, the subscription was changed for the last time."""
    assert draft.subscription is not None
    schedules = draft.subscription.schedules.all()
    stamps = [draft.subscription.updated_at, *(each.updated_at for each in schedules)]
    if checked is not None and until is not None:
        stamps = [stamp for stamp in stamps if stamp <= until] or [checked - 2 * CHANGE_MARGIN]
    changed_at, ahead = max(stamps) + CHANGE_MARGIN, _bills_ahead(draft, agreed)
    reaching = _reaching(draft)
    return [
        final
        for final in finals
        if final.finalized_at is not None
        and final.period_end >= reaching
        and changed_at >= max(final.finalized_at, checked or final.finalized_at)
        and (ahead or final.finalized_at < final.period_end)
    ]


def _reaching(draft: Invoice) -> datetime:
    """The earliest end of an invoice that a change may concern which is not settled yet.

    Changes lie ahead. They concern the fee of the running period, which the invoice before the last may have
    billed, and that of the next one; this draft takes up what came in the period before it.
    """
    assert draft.subscription is not None
    timeline = timelines.timeline(draft.subscription)
    if not timeline.segments:
        return datetime.min.replace(tzinfo=UTC)
    last = timeline.segments[-1].active.end
    until = draft.period_start if last is None else min(draft.period_start, last)
    period = timeline.period_at(until - MOMENT)
    return until - MOMENT if period is None else period.span.start


def _again(found: Sequence[tuple[Invoice, Invoice]], late: Late) -> dict[int, list[LateInvoice]]:
    known = billed.standing([final for _, final in found])
    again: dict[int, list[LateInvoice]] = {}
    for draft, final in found:
        used = any(each.invoice.pk == final.pk for each in late.get(draft.pk, ()))
        compared = {Compared.FEES, *([Compared.USAGE] if used else [])}
        stands = known[final.pk]
        parts = tuple(_parts(draft, final, stands))
        made = LateInvoice(
            final,
            parts,
            stands.amounts,
            stands.coupons,
            stands.units,
            stands.committed,
            frozenset(compared),
            stands.fees,
        )
        again.setdefault(draft.pk, []).append(made)
    return again


def _parts(draft: Invoice, final: Invoice, stands: Standing) -> list[Part]:
    """What the final invoice ought to bill now; with nothing of schedules that come into force no more."""
    assert draft.subscription is not None
    timeline = timelines.timeline(draft.subscription)
    if final.occasion == Occasion.OPENING:
        found = timeline.opening()
    else:
        period = timeline.period_at(final.period_start)
        found = timeline.parts(period) if period else ()
    keys = {part.key for part in found}
    rows = {each.public_id: each.pk for each in draft.subscription.schedules.all()}
    billed_for = {*stands.fees, *(name for name, _ in stands.committed)}
    gone = [rows[name] for name in sorted(billed_for) if name in rows and rows[name] not in keys]
    return [*found, *(Part(key, None, ()) for key in gone)]
