"""Invoice numbers: without gaps per billing entity, because they are taken in the finalizing transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django.db import transaction

from billing.calc.numbering import nth_number, render, sequence_key
from billing.models import BillingEntity, Invoice, NumberKind, NumberSequence

Place = tuple[int, str]


def assign(*, invoices: Sequence[Invoice]) -> None:
    """Number the invoices in the given order, by their ``invoice_date``; the caller stores them.

    Call it last before writing: the sequence stays locked until the transaction ends, so that a
    number is given once, and given back when the transaction fails. Sequences are locked in key
    order. Several rows of one page cost one lock.
    """
    assert transaction.get_connection().in_atomic_block
    ordered = sorted(invoices, key=_place)
    for place, members in groupby(ordered, key=_place):
        _take(place, list(members))


def next_number(*, invoice: Invoice, at: datetime) -> str:
    """The number that this draft would get if it were made final ``at``; another may take it first."""
    entity: BillingEntity = invoice.billing_entity
    day = min(at, invoice.invoice_date).astimezone(entity.zone).date()
    key = sequence_key(entity.number_format, day)
    rows = NumberSequence.objects.filter(
        platform_id=entity.platform_id, billing_entity=entity, kind=NumberKind.INVOICE, key=key
    )
    taken = rows.values_list("taken", flat=True).first() or 0
    return render(entity.number_format, nth_number(entity.number_format, taken), on=day)


def local_date(invoice: Invoice) -> date:
    """The day that is printed on the invoice, in its issuer's zone."""
    return invoice.invoice_date.astimezone(invoice.billing_entity.zone).date()


def _place(invoice: Invoice) -> Place:
    entity: BillingEntity = invoice.billing_entity
    return entity.pk, sequence_key(entity.number_format, local_date(invoice))


def _take(place: Place, invoices: list[Invoice]) -> None:
    entity = invoices[0].billing_entity
    sequence = _locked(entity, place[1])
    for count, invoice in enumerate(invoices, sequence.taken):
        number = nth_number(entity.number_format, count)
        invoice.invoice_number = render(entity.number_format, number, on=local_date(invoice))
    sequence.taken += len(invoices)
    sequence.save(update_fields=["taken"])


def _locked(entity: BillingEntity, key: str) -> NumberSequence:
    found = {"billing_entity": entity, "kind": NumberKind.INVOICE, "key": key}
    rows = NumberSequence.objects.filter(platform_id=entity.platform_id, **found)
    sequence = rows.select_for_update().first()
    if sequence is None:
        fresh = NumberSequence(platform_id=entity.platform_id, **found)
        NumberSequence.objects.bulk_create([fresh], ignore_conflicts=True)
        sequence = rows.select_for_update().get()
    return sequence
