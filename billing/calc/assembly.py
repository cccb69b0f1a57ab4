"""What belongs on an invoice: charges, taxed together, in a tree of periods, groups and lines."""

from collections.abc import Iterator, Sequence

from billing.calc import adjusting, charges
from billing.calc.adjusting import Adjustment
from billing.calc.charge import Charge, Late
from billing.calc.content import AdjustmentLine, Group, InvoiceContent, InvoicePeriod, Line
from billing.calc.inputs import InvoiceInputs, LatePeriod
from billing.calc.totals import ZERO, TaxedAmount, sum_up, tax_lines
from kit.period import Span

Taxed = tuple[Charge | Adjustment, TaxedAmount]


def assemble(inputs: InvoiceInputs) -> InvoiceContent:
    """The content of an invoice: pure, so that draft, final invoice, preview and replay agree.

    Usage is billed in arrears and never prorated; fees in arrears or in advance, prorated where a
    period is cut; one-offs once, in the first period of the first schedule that sells them. A price of
    zero and zero usage give a line of 0, pricing type NONE gives no line. Usage that reached a period
    after its invoice was final, and a fee on it that is owed no more, or only now, is a line of that
    period. Discounts and commitments are lines of their own after the charges of their group. Periods
    come in order of time.
    """
    found = _billed(inputs)
    taxed = tax_lines(
        [(each.amount, _charge(each).item.tax) for each in found],
        amount_type=inputs.amount_type,
        currency=inputs.currency,
    )
    return InvoiceContent(
        currency=inputs.currency,
        amount_type=inputs.amount_type.value,
        billing_period=inputs.billing_period,
        periods=_periods(list(zip(found, taxed, strict=True))),
        totals=sum_up(taxed),
        unpriced=tuple(each for schedule in inputs.schedules for each in charges.unpriced(schedule)),
    )


def _billed(inputs: InvoiceInputs) -> list[Charge | Adjustment]:
    found = [*_late(inputs)]
    own = [
        (each, list(charges.of_schedule(each, inputs.currency, inputs.rates))) for each in inputs.schedules
    ]
    for _, several in own:
        found += several
    adjusted = [
        (
            schedule.adjustments,
            several,
            charges.counted_besides(schedule, several, inputs.currency, inputs.rates),
        )
        for schedule, several in own
    ]
    return [*found, *adjusting.of_schedules(adjusted, inputs.currency)]


def _late(inputs: InvoiceInputs) -> Iterator[Charge | Adjustment]:
    """The changes to periods billed before, invoice by invoice, with those of their adjustments."""
    by_invoice: dict[str, list[LatePeriod]] = {}
    for period in inputs.late:
        by_invoice.setdefault(period.invoice_id, []).append(period)
    for periods in by_invoice.values():
        now = [charges.of_late_period(each, inputs.currency) for each in periods]
        for period, several in zip(periods, now, strict=True):
            yield from charges.of_change(period, several)
        paid = [
            charges.counted_besides(
                each.schedule, several, inputs.currency, each.rates, each.committed.values()
            )
            for each, several in zip(periods, now, strict=True)
        ]
        pairs = list(zip(periods, now, paid, strict=True))
        after = [(period.schedule.adjustments, several, ahead) for period, several, ahead in pairs]
        before = [
            (
                adjusting.as_billed(period.schedule.adjustments, period.taken, period.committed),
                charges.as_billed(period, several),
                ahead,
            )
            for period, several, ahead in pairs
        ]
        late = Late(periods[0].invoice_id, periods[0].invoice_number, ZERO, ZERO)
        yield from adjusting.of_change(before, after, late, inputs.currency)


def _charge(each: Charge | Adjustment) -> Charge:
    """The charge itself, or the one an adjustment stands beside."""
    return each if isinstance(each, Charge) else each.beside


def _periods(taxed: Sequence[Taxed]) -> tuple[InvoicePeriod, ...]:
    by_span: dict[Span, list[Taxed]] = {}
    for pair in taxed:
        by_span.setdefault(_charge(pair[0]).span, []).append(pair)
    spans = sorted(by_span, key=lambda span: (span.start, span.end))
    return tuple(
        InvoicePeriod(order, span, _groups(by_span[span]), sum_up(line for _, line in by_span[span]))
        for order, span in enumerate(spans, 1)
    )


def _groups(taxed: Sequence[Taxed]) -> tuple[Group, ...]:
    by_pricing: dict[tuple[str, str], list[Taxed]] = {}
    for pair in taxed:
        charge = _charge(pair[0])
        by_pricing.setdefault((charge.schedule.schedule_id, charge.item.pricing_id), []).append(pair)
    return tuple(_group(order, group) for order, group in enumerate(by_pricing.values(), 1))


def _group(order: int, taxed: Sequence[Taxed]) -> Group:
    first = _charge(taxed[0][0])
    lines = [(each, line) for each, line in taxed if isinstance(each, Charge)]
    changes = [(each, line) for each, line in taxed if isinstance(each, Adjustment)]
    return Group(
        order=order,
        subscription_id=first.schedule.subscription_id,
        schedule_id=first.schedule.schedule_id,
        pricing_id=first.item.pricing_id,
        pricing_name=first.item.pricing_name,
        span=first.span,
        lines=tuple(Line(number, charge, line) for number, (charge, line) in enumerate(lines, 1)),
        totals=sum_up(line for _, line in taxed),
        adjustments=tuple(
            AdjustmentLine(number, change, line)
            for number, (change, line) in enumerate(changes, len(lines) + 1)
        ),
    )
