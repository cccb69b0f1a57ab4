"""Totals and tax as plain data, in the names of the API: what every level of an invoice carries."""

from decimal import Decimal
from typing import Any

from billing.calc.totals import CategoryTotal, TaxedAmount, Totals
from kit.money import fixed, plain
from kit.period import Span, format_instant


def amount(quantity: Decimal, currency: str) -> dict[str, str]:
    """A rounded Amount with all decimals of its currency."""
    return {"quantity": fixed(quantity, currency), "currency": currency}


def category_dict(category: CategoryTotal, currency: str) -> dict[str, Any]:
    """InvoiceTaxCategorySummary."""
    decision = category.decision
    return {
        "name": decision.name,
        "category": decision.category.value,
        "percentage": plain(decision.percentage),
        "base_amount": amount(category.base, currency),
        "tax_amount": amount(category.tax, currency),
        "total_amount": amount(category.total, currency),
        "notes": list(decision.notes),
    }


def totals_dict(totals: Totals, currency: str) -> dict[str, Any]:
    """The amounts every level of the tree carries."""
    return {
        "amount_excluding_tax": amount(totals.excluding_tax, currency),
        "amount_including_tax": amount(totals.including_tax, currency),
        "tax_categories": [category_dict(category, currency) for category in totals.categories],
    }


def tax_summary(totals: Totals, currency: str) -> dict[str, Any]:
    """InvoiceTaxTotalSummary; a country only where all categories agree on it."""
    countries = {category.decision.country_code for category in totals.categories}
    notes = [note for category in totals.categories for note in category.decision.notes]
    return {
        "base_amount": amount(totals.excluding_tax, currency),
        "tax_amount": amount(totals.tax, currency),
        "total_amount": amount(totals.including_tax, currency),
        "notes": list(dict.fromkeys(notes)),
        "country_code": countries.pop() if len(countries) == 1 else None,
    }


def span_dict(span: Span) -> dict[str, str]:
    """When a period or a group begins and ends: ISO instants, the end not included."""
    return {"start_at": format_instant(span.start), "end_at": format_instant(span.end)}


def of_line(taxed: TaxedAmount) -> CategoryTotal:
    """One line as its own tax category."""
    return CategoryTotal(taxed.decision, taxed.excluding_tax, taxed.tax)
