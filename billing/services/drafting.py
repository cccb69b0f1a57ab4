"""What a draft comes to now: usage, prices and tax brought together for ``billing.calc``.

Reading one draft, a list of them, a preview and a finalizing page take the same way: a fixed number
of queries, then pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Platform
from billing.calc.assembly import assemble
from billing.calc.content import InvoiceContent
from billing.calc.inputs import InvoiceInputs, LatePeriod, PricedItem, PricedRule, ScheduleInputs
from billing.calc.schedule import BillingPeriod
from billing.calc.timeline import Part
from billing.calc.totals import AmountType
from billing.models import Invoice, Occasion, PricingPlanSchedule
from billing.selectors import prices, timelines
from billing.selectors import usage as usage_selector
from billing.selectors.prices import ItemTerms
from billing.selectors.taxes import Taxes
from billing.selectors.usage import Measure, MeteredRows, Wanted
from billing.services import late_usage
from billing.services.late_usage import LateInvoice
from catalog.rating.rules import matches
from kit.errors import InvalidOperation, TallydeskError
from kit.period import Span

Usage = Mapping[Wanted, MeteredRows]
Book = Mapping[int, tuple[ItemTerms, ...]]


@dataclass(frozen=True, slots=True)
class Bill:
    """A period of some schedules on one invoice: its own, or an earlier one billed again."""

    parts: tuple[Part, ...]
    late: LateInvoice | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of an invoice, or the error that prevents it; ``items`` are the terms it was rated by."""

    invoice: Invoice
    content: InvoiceContent | None
    error: TallydeskError | None
    items: tuple[ItemTerms, ...]
    late: tuple[LateInvoice, ...] = ()

    @property
    def complete(self) -> InvoiceContent:
        """The content; raises what prevents it."""
        if self.content is None:
            raise self.error or InvalidOperation("This invoice cannot be drawn up")
        return self.content


def contents(
    *, platform: Platform, invoices: Sequence[Invoice], cutoff: datetime | None = None
) -> list[Draft]:
    """The content of each invoice, in order. ``invoices`` come from ``selectors.invoices.with_terms``."""
    lates = late_usage.changed(platform=platform, invoices=invoices)
    bills = {invoice.pk: _bills(invoice, lates.get(invoice.pk, ())) for invoice in invoices}
    return of_bills(platform=platform, invoices=invoices, bills=bills, cutoff=cutoff)


def of_bills(
    *,
    platform: Platform,
    invoices: Sequence[Invoice],
    bills: Mapping[int, Sequence[Bill]],
    cutoff: datetime | None = None,
) -> list[Draft]:
    """The content of invoices that bill these parts of their subscriptions."""
    schedules = {each.pk: each for invoice in invoices for each in _schedules(invoice)}
    book = prices.of_versions(platform, {each.pricing_plan_version_id for each in schedules.values()})
    wanted = [
        each
        for invoice in invoices
        for bill in bills[invoice.pk]
        for each in _wanted(invoice, bill, schedules, book)
    ]
    usage = usage_selector.read(platform=platform, wanted=wanted, cutoff=cutoff) if wanted else {}
    return [_draft(invoice, bills[invoice.pk], schedules, book, usage) for invoice in invoices]


def _bills(invoice: Invoice, lates: Iterable[LateInvoice]) -> list[Bill]:
    assert invoice.subscription is not None
    timeline = timelines.timeline(invoice.subscription)
    if invoice.occasion == Occasion.OPENING:
        return [Bill(timeline.opening())]
    period = timeline.period_at(invoice.period_start)
    own = [Bill(timeline.parts(period))] if period else []
    return [*own, *(Bill(each.parts, each) for each in lates)]


def _schedules(invoice: Invoice) -> list[PricingPlanSchedule]:
    return list(invoice.subscription.schedules.all()) if invoice.subscription else []


def _wanted(
    invoice: Invoice, bill: Bill, schedules: Mapping[int, PricingPlanSchedule], book: Book
) -> Iterable[Wanted]:
    for part in bill.parts:
        if part.arrears is not None:
            for item in book[schedules[part.key].pricing_plan_version_id]:
                if item.measure is not None:
                    yield _want(invoice, item, part.arrears.span)


def _want(invoice: Invoice, item: ItemTerms, span: Span) -> Wanted:
    assert item.measure is not None and invoice.subscription_id is not None
    currency = invoice.currency if item.is_amount else None
    asked = item.measure
    measure = Measure(
        meter_id=asked.meter_id,
        calculation_type=asked.calculation_type,
        meter_value_id=asked.meter_value_id,
        meter_property_id=asked.meter_property_id,
        currency=currency,
        single=asked.single,
    )
    return Wanted(invoice.customer_id, invoice.subscription_id, measure, span)


def _draft(
    invoice: Invoice,
    bills: Sequence[Bill],
    schedules: Mapping[int, PricingPlanSchedule],
    book: Book,
    usage: Usage,
) -> Draft:
    terms = tuple(
        {
            item.pricing_item_id: item
            for bill in bills
            for part in bill.parts
            for item in book[schedules[part.key].pricing_plan_version_id]
        }.values()
    )
    late = tuple(bill.late for bill in bills if bill.late is not None)
    try:
        inputs = _inputs(invoice, bills, schedules, book, usage)
        return Draft(invoice, assemble(inputs), None, terms, late)
    except TallydeskError as error:
        return Draft(invoice, None, error, terms, late)


def _inputs(
    invoice: Invoice,
    bills: Sequence[Bill],
    schedules: Mapping[int, PricingPlanSchedule],
    book: Book,
    usage: Usage,
) -> InvoiceInputs:
    assert invoice.subscription is not None
    taxes = Taxes.of(invoice)
    own: list[ScheduleInputs] = []
    lates: list[LatePeriod] = []
    kinds: set[str] = set()
    for bill in bills:
        for part in bill.parts:
            schedule = schedules[part.key]
            kinds.add(schedule.pricing_plan_version.pricing_plan.amount_type)
            items = book[schedule.pricing_plan_version_id]
            made = _schedule_inputs(invoice, schedule, part, items, usage, taxes)
            if bill.late is None:
                own.append(made)
            else:
                lates.append(_late_period(bill.late, made))
    if len(kinds) > 1:
        raise InvalidOperation("One invoice cannot mix prices with and without tax", field="amount_type")
    amount_type = AmountType(kinds.pop()) if kinds else AmountType.EXCLUDING_TAX
    return InvoiceInputs(
        invoice.currency, amount_type, invoice.subscription.billing_period, tuple(own), tuple(lates)
    )


def _late_period(late: LateInvoice, schedule: ScheduleInputs) -> LatePeriod:
    final = late.invoice
    return LatePeriod(
        final.public_id, final.invoice_number or "", schedule, late.billed_for(schedule.schedule_id)
    )


def _schedule_inputs(
    invoice: Invoice,
    schedule: PricingPlanSchedule,
    part: Part,
    items: Iterable[ItemTerms],
    usage: Usage,
    taxes: Taxes,
) -> ScheduleInputs:
    assert invoice.subscription is not None
    return ScheduleInputs(
        subscription_id=invoice.subscription.public_id,
        schedule_id=schedule.public_id,
        arrears=part.arrears,
        advance=part.advance,
        items=tuple(_item(invoice, item, part.arrears, usage, taxes) for item in items),
    )


def _item(
    invoice: Invoice, item: ItemTerms, arrears: BillingPeriod | None, usage: Usage, taxes: Taxes
) -> PricedItem:
    metered = arrears is not None and item.measure is not None
    found = usage[_want(invoice, item, arrears.span)] if metered and arrears else None
    return PricedItem(
        pricing_id=item.pricing_id,
        pricing_name=item.pricing_name,
        pricing_item_id=item.pricing_item_id,
        product_item_ids=tuple(each["id"] for each in item.product_items),
        description=item.description,
        model=item.model,
        rules=tuple(PricedRule(each.config_id, each.config, each.billing_in_advance) for each in item.rules),
        tax=taxes.on(item.tax_category),
        usage=_counted(item, found) if found is not None else None,
        meter_value_reference=item.meter_value_reference,
        unit=item.unit,
    )


def _counted(item: ItemTerms, found: MeteredRows) -> MeteredRows:
    """Only the keys that count for the item, where the item has conditions of its own."""
    counts = item.counts
    if counts is None:
        return found
    rows = tuple(row for row in found.rows if matches(counts, row.properties))
    return MeteredRows(rows, found.measure, found.values)
