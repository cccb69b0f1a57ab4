"""Make drafts final: once, with a number, locked for ever.

A sweep claims due drafts in pages, the groups of their subscriptions with them. A page reads its usage in
one statement, rates in memory, writes in bulk and takes its numbers last, under one lock. A draft that cannot
be drawn up, or does not add up, parks its subscription with the reason and holds up nobody else.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q

from accounts.context import Context
from accounts.models import LateUsage, Platform
from billing.calc import checks, lifecycle
from billing.calc.due_date import due_at
from billing.models import Invoice, InvoiceLine, InvoiceStatus, PricingPlanSubscription
from billing.selectors import agreed_prices, subscription_groups
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting, final_rows, freezing, numbering, settle
from billing.services.invoices.drafting import Draft
from billing.services.usage import carried
from kit.errors import InvalidOperation, TallydeskError
from webhooks.services import bulk
from webhooks.services.rendering import render

log = logging.getLogger(__name__)
PAGE = 200
# So many more at most, where a page holds members of groups.
GROUP = 2_000
# When it is due, the end of its period, its key: in this order they are numbered.
Claimed = tuple[datetime, datetime, int]


@transaction.atomic
def invoice(*, ctx: Context, instance: Invoice) -> Invoice:
    """Make one invoice final now, whatever its hold or grace period; a final one stays as it is.

    Before its period has ended the draft is closed as it stands: usage that follows in the period is
    late usage, billed by the next invoice (ADR 0013). Raises InvalidOperation where the lifecycle or
    the platform's ``late_usage`` forbids it, and whatever keeps the draft from being drawn up.
    """
    locked = Invoice.objects.select_for_update(of=("self",)).get(pk=instance.pk)
    if locked.status == InvoiceStatus.FINAL:
        return locked
    lifecycle.assert_can("INVOICE", locked.status, InvoiceStatus.FINAL)
    if ctx.at < locked.period_end and ctx.platform.late_usage == LateUsage.IGNORE:
        raise InvalidOperation(
            "The period still runs, and this platform ignores late usage: what follows would not be billed",
            field="status",
        )
    drafts = _drafts(ctx, [locked.pk])
    error = _error(drafts[0])
    if error is not None:
        raise error
    _finish(ctx, drafts)
    return drafts[0].invoice


def sweep(*, platform: Platform, at: datetime) -> int:
    """Finalize every draft that is due; how many left the queue, parked ones included."""
    ctx, total = Context(platform=platform, at=at), 0
    while selectors.due(platform, at=at).exists() and (done := _page(ctx)):
        total += done
    return total


def next_due(*, platform: Platform) -> datetime | None:
    """When the next draft of the platform becomes final by itself."""
    due = selectors.waiting(platform).order_by("finalize_at")
    return due.values_list("finalize_at", flat=True).first()


def _page(ctx: Context) -> int:
    try:
        with transaction.atomic():
            return _finalize(ctx, _with_their_groups(ctx, _claim(ctx, PAGE)))
    except DatabaseError:
        log.exception("A page of invoices could not be written; its invoices are finalized one by one")
    return _one_by_one(ctx)


def _one_by_one(ctx: Context) -> int:
    """The same page, each draft in a transaction of its own; the one that fails is parked."""
    done = 0
    for _ in range(PAGE):
        with transaction.atomic():
            keys = [key for *_, key in _claim(ctx, 1)]
            if not keys:
                break
            done += 1
            try:
                with transaction.atomic():
                    _finalize(ctx, keys)
            except DatabaseError as error:
                _park(ctx, keys[0], f"The database refused the invoice: {error}")
    return done


def _claim(ctx: Context, most: int, *which: Q) -> list[Claimed]:
    due = selectors.due(ctx.platform, at=ctx.at).filter(*which)
    locked = due.select_for_update(of=("self",), skip_locked=True)
    return list(locked.values_list("finalize_at", "period_end", "pk")[:most])


def _with_their_groups(ctx: Context, claimed: Sequence[Claimed]) -> list[int]:
    """The drafts claimed, with those of the groups they are in: what all used is read once for all of them.

    None that comes after the last of the page, so that a subscription's earlier period stays first.
    """
    keys = [key for *_, key in claimed]
    members = subscription_groups.alongside(ctx.platform, keys)
    if members is None:
        return keys
    finalize_at, period_end, _ = claimed[-1]
    until = Q(finalize_at__lt=finalize_at) | Q(finalize_at=finalize_at, period_end__lte=period_end)
    more = _claim(ctx, GROUP, until, Q(subscription__in=members), ~Q(pk__in=keys))
    return [key for *_, key in sorted([*claimed, *more])]


def _finalize(ctx: Context, keys: Sequence[int]) -> int:
    if not keys:
        return 0
    sound, empty = [], []
    for draft in _drafts(ctx, keys):
        error = _error(draft)
        if error is not None:
            _park(ctx, draft.invoice.pk, error.message)
        elif draft.is_supplement_of_nothing:
            empty.append(draft.invoice)
        else:
            sound.append(draft)
    _finish(ctx, sound)
    _void(ctx, empty)
    return len(keys)


def _void(ctx: Context, invoices: Sequence[Invoice]) -> None:
    """The late usage that it was opened for is gone again: nothing is owed, and no number is used."""
    if not invoices:
        return
    before = {invoice.pk: render(invoice) for invoice in invoices}
    for invoice in invoices:
        lifecycle.assert_can("INVOICE", invoice.status, InvoiceStatus.VOID)
        invoice.status, invoice.updated_at = InvoiceStatus.VOID, ctx.at
    Invoice.objects.bulk_update(invoices, ["status", "updated_at"])
    bulk.updated(ctx=ctx, changes=[bulk.Change(each, before[each.pk]) for each in invoices])


def _drafts(ctx: Context, keys: Sequence[int]) -> list[Draft]:
    rows = selectors.with_terms(Invoice.objects.filter(pk__in=keys))
    found = {row.pk: row for row in rows}
    carried.hold(
        invoices=list(found.values()), agreed=agreed_prices.of_invoices(ctx.platform, found.values())
    )
    return drafting.contents(platform=ctx.platform, invoices=[found[key] for key in keys], cutoff=ctx.at)


def _error(draft: Draft) -> TallydeskError | None:
    """What keeps the invoice from leaving."""
    if draft.content is None:
        return draft.error or InvalidOperation("This invoice cannot be drawn up")
    faults = checks.faults(draft.content)
    return InvalidOperation("; ".join(faults)) if faults else None


def _finish(ctx: Context, drafts: Sequence[Draft]) -> None:
    before = {draft.invoice.pk: render(draft.invoice) for draft in drafts}
    lines: list[InvoiceLine] = []
    for draft in drafts:
        _date(ctx, draft.invoice)
        lines += freezing.freeze(draft, at=ctx.at)
    invoices = [draft.invoice for draft in drafts]
    InvoiceLine.objects.bulk_create(lines, batch_size=1000)
    numbering.assign(invoices=invoices)
    settle.of_themselves(invoices)
    final_rows.store(invoices)
    _unpark(invoices)
    _tell(ctx, invoices, before)


def _tell(ctx: Context, invoices: Sequence[Invoice], before: Mapping[int, dict[str, Any]]) -> None:
    """What asks for no money is paid as soon as it is final, and told of so."""
    for paid, told in ((False, ("invoice.finalized",)), (True, ("invoice.finalized", "invoice.paid"))):
        changes = [bulk.Change(each, before[each.pk]) for each in invoices if each.paid is paid]
        bulk.updated(ctx=ctx, changes=changes, lifecycle=told)


def _date(ctx: Context, invoice: Invoice) -> None:
    """An invoice that is closed before its date is dated the day it is closed."""
    if ctx.at < invoice.invoice_date:
        invoice.invoice_date = ctx.at
        subscription = invoice.subscription
        term = subscription.payment_term if subscription else None
        invoice.due_date = due_at(ctx.at, term, invoice.billing_entity.zone)


def _park(ctx: Context, key: int, reason: str) -> None:
    """Set the subscription aside: its drafts wait, visibly, and are tried again after an hour."""
    log.error("Invoice %s on %s cannot be finalized: %s", key, ctx.platform.public_id, reason)
    PricingPlanSubscription.objects.filter(invoices=key).update(parked_at=ctx.at, parked_reason=reason)


def _unpark(invoices: Sequence[Invoice]) -> None:
    keys = [each.subscription.pk for each in invoices if each.subscription and each.subscription.parked_at]
    PricingPlanSubscription.objects.filter(pk__in=keys).update(parked_at=None, parked_reason="")
