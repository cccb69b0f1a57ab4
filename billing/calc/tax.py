"""Which tax a line bears: seller country, buyer and category give one decision.

The supplies billed here are services. In order:

1. Category NO_TAX: no tax at all. A tax-exempt buyer or category EXEMPT: exempt, with a note.
2. An explicit `sales_tax_percentage` of the subscription is the rate.
3. The buyer's country is the seller's own, or one where the seller is registered: that country's
   rate. The United States and Canada have no single rate: rule 2 or an error.
4. Both in the European Union: to an organization reverse charge (Directive 2006/112/EC, articles 44
   and 196), to an individual the rate of the buyer's country (article 58). An organization without
   tax id is treated as an individual when `apply_local_vat_for_missing_tax_id` is set.
5. Anything else is an export: no tax charged by the seller, with a note. This includes services
   between the Union and Great Britain; Northern Ireland is part of the Union for goods only, so
   XI counts as GB.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from billing.calc.tax_rates import RateRow, standard_rate
from kit.errors import InvalidOperation, MissingField

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
# VAT prefixes that differ from the country code, and countries inside another's VAT territory.
SAME_TERRITORY = {"EL": "GR", "UK": "GB", "XI": "GB", "IM": "GB", "MC": "FR"}
EXPLICIT_RATE_ONLY = frozenset({"US", "CA"})

REVERSE_CHARGE_NOTE = (
    "Reverse charge: VAT to be accounted for by the recipient (Article 196, Directive 2006/112/EC)."
)
MISSING_TAX_ID_NOTE = "The recipient has not provided a VAT identification number."
EXPORT_NOTE = "Service supplied outside the country of the supplier: no tax charged."
RECIPIENT_ACCOUNTS_NOTE = "Any tax due in the recipient's country is to be accounted for by the recipient."
EXEMPT_NOTE = "Exempt from tax."
ZERO = Decimal(0)


class TaxCategory(StrEnum):
    """What a product item is for the tax: taxed by country, outside of any tax, or exempt by law."""

    STANDARD = "STANDARD"
    NO_TAX = "NO_TAX"
    EXEMPT = "EXEMPT"


class BuyerType(StrEnum):
    """A business or a consumer, which decides whose tax a sale to another country bears."""

    ORGANIZATION = "ORGANIZATION"
    INDIVIDUAL = "INDIVIDUAL"


@dataclass(frozen=True, slots=True)
class Seller:
    """The billing entity; `registrations` are further countries where it is registered for tax.

    `apply_local_vat_for_missing_tax_id` taxes a business elsewhere in the union that names no tax id.
    """

    country: str | None
    registrations: frozenset[str] = frozenset()
    apply_local_vat_for_missing_tax_id: bool = False


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer; individuals have no tax id and are never exempt by themselves."""

    country: str | None
    type: BuyerType
    has_tax_id: bool = False
    exempt: bool = False
    exempt_note: str = ""


@dataclass(frozen=True, slots=True)
class TaxDecision:
    """The tax on a line: `percentage` is a percent, `country_code` the country whose tax it is."""

    name: str
    category: TaxCategory
    percentage: Decimal
    notes: tuple[str, ...]
    country_code: str


def decide(
    *,
    seller: Seller,
    buyer: Buyer,
    category: TaxCategory,
    rates: Iterable[RateRow],
    on: date,
    sales_tax_percentage: Decimal | None = None,
) -> TaxDecision:
    """The tax of a line of this category, supplied on the local day `on`.

    Raises MissingField when a country is not known, InvalidOperation when no rate is.
    """
    home = _territory(seller.country, "billing_entity.registered_address.country")
    if category is TaxCategory.NO_TAX:
        return TaxDecision("No tax", TaxCategory.NO_TAX, ZERO, (), home)
    destination = _territory(buyer.country, "customer.address.country")
    if buyer.exempt or category is TaxCategory.EXEMPT:
        note = (buyer.exempt and buyer.exempt_note) or EXEMPT_NOTE
        return TaxDecision("Exempt", TaxCategory.EXEMPT, ZERO, (note,), home)
    if sales_tax_percentage is not None:
        return TaxDecision("Sales tax", TaxCategory.STANDARD, sales_tax_percentage, (), destination)
    if destination == home or destination in _territories(seller.registrations):
        return _rate_of(destination, rates, on)
    if home in EU and destination in EU:
        return _within_the_union(seller, buyer, destination, rates, on)
    return _export(buyer, destination)


def _within_the_union(
    seller: Seller, buyer: Buyer, destination: str, rates: Iterable[RateRow], on: date
) -> TaxDecision:
    if buyer.type is BuyerType.INDIVIDUAL:
        return _rate_of(destination, rates, on)
    if buyer.has_tax_id:
        notes: tuple[str, ...] = (REVERSE_CHARGE_NOTE,)
    elif seller.apply_local_vat_for_missing_tax_id:
        return _rate_of(destination, rates, on)
    else:
        notes = (REVERSE_CHARGE_NOTE, MISSING_TAX_ID_NOTE)
    return TaxDecision("Reverse charge", TaxCategory.STANDARD, ZERO, notes, destination)


def _export(buyer: Buyer, destination: str) -> TaxDecision:
    to_business = buyer.type is BuyerType.ORGANIZATION
    notes = (EXPORT_NOTE, RECIPIENT_ACCOUNTS_NOTE) if to_business else (EXPORT_NOTE,)
    return TaxDecision("Export", TaxCategory.STANDARD, ZERO, notes, destination)


def _rate_of(country: str, rates: Iterable[RateRow], on: date) -> TaxDecision:
    if country in EXPLICIT_RATE_ONLY:
        raise InvalidOperation(
            f"{country} has no single tax rate: set sales_tax_percentage on the subscription",
            field="sales_tax_percentage",
        )
    row = standard_rate(rates, country=country, on=on)
    return TaxDecision(row.tax_name, TaxCategory.STANDARD, row.percentage, (), country)


def _territory(country: str | None, field: str) -> str:
    if not country:
        raise MissingField("a country is needed to determine the tax", field=field)
    return SAME_TERRITORY.get(country.upper(), country.upper())


def _territories(countries: Iterable[str]) -> frozenset[str]:
    return frozenset(SAME_TERRITORY.get(country.upper(), country.upper()) for country in countries)
