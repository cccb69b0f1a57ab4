"""Invoice numbers: without gaps per billing entity, because they are taken in the finalizing transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from billing.calc.numbering import NumberFormat, nth_number, render, repeated, sequence_key
from billing.models import BillingEntity, Invoice, NumberKind, NumberSequence
from kit.errors import CannotUpdate, InvalidField, InvalidOperation

Place = tuple[int, str]
# What a number is counted by: it stays as it is once the first one is given.
FIXED = ("first_number", "increment", "reset_month")
_API = "invoice_number_configuration"
API_NAMES = {
    "prefix": f"{_API}.prefix",
    "parts": f"{_API}.dynamic_prefix",
    "separator": f"{_API}.separator",
    "minimum_digits": f"{_API}.minimum_number_of_digits",
    "first_number": f"{_API}.first_number",
    "increment": f"{_API}.increment_by",
    "reset_month": f"{_API}.reset_period",
}


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
    taken = sequences(entity).filter(key=key).values_list("taken", flat=True).first() or 0
    return render(entity.number_format, nth_number(entity.number_format, taken), on=day)


def assert_can_follow(*, entity: BillingEntity, was: NumberFormat, at: datetime) -> None:
    """Let the locked ``entity`` number by its (unsaved) format from now on, after ``was``.

    The look may change whenever it likes; the count goes on. Raises InvalidField for parts that do not
    fit together, CannotUpdate for another first number, step or restart once a number is given (there
    would be a gap), and for a look that would give a number a second time.
    """
    format = assert_fits(entity)
    _locked(entity, sequence_key(was, at.astimezone(entity.zone).date()))  # nobody takes a first number now
    taken = dict(sequences(entity).values_list("key", "taken"))
    fixed = next((name for name in FIXED if getattr(format, name) != getattr(was, name)), None)
    if fixed and any(taken.values()):
        words = "Fixed since the first number was given: the numbers would repeat or leave a gap"
        raise CannotUpdate(words, field=API_NAMES[fixed])
    given = Invoice.objects.filter(
        platform_id=entity.platform_id,
        billing_entity=entity,
        invoice_number__startswith=format.prefix,
    )
    numbers = given.values_list("invoice_number", flat=True).iterator()
    number = repeated(format, filter(None, numbers), taken)
    if number:
        words = f"{number} was given already, and would be given again: choose another prefix or separator"
        raise CannotUpdate(words, field=API_NAMES["prefix"])


def sequences(entity: BillingEntity) -> QuerySet[NumberSequence]:
    """How many invoice numbers of each sequence are given."""
    return NumberSequence.objects.filter(
        platform_id=entity.platform_id, billing_entity=entity, kind=NumberKind.INVOICE
    )


def assert_fits(entity: BillingEntity) -> NumberFormat:
    """The entity's format; raises InvalidField, in the API's names, where its parts do not fit together."""
    try:
        return entity.number_format
    except InvalidField as error:
        raise InvalidField(error.message, field=API_NAMES[error.field or "prefix"]) from None


def local_date(invoice: Invoice) -> date:
    """The day that is printed on the invoice, in its issuer's zone."""
    return invoice.invoice_date.astimezone(invoice.billing_entity.zone).date()


def _place(invoice: Invoice) -> Place:
    entity: BillingEntity = invoice.billing_entity
    return entity.pk, sequence_key(entity.number_format, local_date(invoice))


def _take(place: Place, invoices: list[Invoice]) -> None:
    sequence = _locked(invoices[0].billing_entity, place[1])
    format = sequence.billing_entity.number_format  # as it is now that the sequence is ours
    for count, invoice in enumerate(invoices, sequence.taken):
        if sequence_key(format, local_date(invoice)) != place[1]:
            raise InvalidOperation("The numbers of its billing entity were changed just now: try again.")
        invoice.invoice_number = render(format, nth_number(format, count), on=local_date(invoice))
    sequence.taken += len(invoices)
    sequence.save(update_fields=["taken"])


def _locked(entity: BillingEntity, key: str) -> NumberSequence:
    found = {"billing_entity": entity, "kind": NumberKind.INVOICE, "key": key}
    rows = NumberSequence.objects.filter(platform_id=entity.platform_id, **found)
    locked = rows.select_related("billing_entity").select_for_update(of=("self",))
    sequence = locked.first()
    if sequence is None:
        fresh = NumberSequence(platform_id=entity.platform_id, **found)
        NumberSequence.objects.bulk_create([fresh], ignore_conflicts=True)
        sequence = locked.get()
    return sequence
