"""What must hold of every invoice, whatever is on it. A wrong invoice never leaves."""

from collections.abc import Iterator
from decimal import Decimal

from billing.calc.content import InvoiceContent, Line
from billing.calc.totals import Totals, sum_up
from kit.money import AMOUNT_LIMIT, EXACT, minor_units, total


def faults(content: InvoiceContent) -> list[str]:
    """What is wrong with this invoice, in sentences; empty when nothing is.

    Lines, groups and periods add up to the invoice, tax is the sum of its categories, every amount
    has the decimals of the currency, and the bands of a line add up to it.
    """
    return [*_sums(content), *(fault for line in content.lines for fault in _line(line, content.currency))]


def _sums(content: InvoiceContent) -> Iterator[str]:
    whole = content.totals
    if not _same(whole, sum_up(content.taxed)):
        yield "The lines do not add up to the invoice"
    for period in content.periods:
        if not _same(period.totals, sum_up(each for group in period.groups for each in group.taxed)):
            yield f"The lines do not add up to period {period.order}"
    if total(period.totals.including_tax for period in content.periods) != whole.including_tax:
        yield "The periods do not add up to the invoice"
    if total(category.tax for category in whole.categories) != whole.tax:
        yield "The tax categories do not add up to the tax"
    if EXACT.add(whole.excluding_tax, whole.tax) != whole.including_tax:
        yield "Amount and tax do not add up to the total"
    if _too_large(whole.excluding_tax, whole.tax, whole.including_tax):
        yield "The total is too large to be invoiced"


def _same(one: Totals, other: Totals) -> bool:
    return (one.excluding_tax, one.tax, one.including_tax) == (
        other.excluding_tax,
        other.tax,
        other.including_tax,
    )


def _line(line: Line, currency: str) -> Iterator[str]:
    charge = line.charge
    amounts = line.taxed.excluding_tax, line.taxed.tax, charge.amount
    if not all(_whole(each, currency) for each in amounts):
        yield f"Line {charge.item.description} has more decimals than {currency}"
    if _too_large(*amounts):
        yield f"Line {charge.item.description} is too large to be invoiced"
    if total(detail.amount for detail in charge.rated.details) != charge.rated.amount:
        yield f"The details of line {charge.item.description} do not add up to it"


def _too_large(*amounts: Decimal) -> bool:
    return any(EXACT.abs(each) >= AMOUNT_LIMIT for each in amounts)


def _whole(amount: Decimal, currency: str) -> bool:
    scaled = amount.scaleb(minor_units(currency), EXACT)
    return scaled == scaled.to_integral_value()
