import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from billing.calc.tax import (
    EU,
    EXEMPT_NOTE,
    EXPORT_NOTE,
    MISSING_TAX_ID_NOTE,
    RECIPIENT_ACCOUNTS_NOTE,
    REVERSE_CHARGE_NOTE,
    Buyer,
    BuyerType,
    Seller,
    TaxCategory,
    TaxDecision,
    decide,
)
from billing.calc.tax_rates import RateRow, standard_rate
from kit.errors import InvalidOperation, MissingField

TABLE = Path(__file__).parents[2] / "data" / "tax_rates.json"
RATES = [RateRow.from_dict(row) for row in json.loads(TABLE.read_text())]
TODAY = date(2026, 3, 1)


def company(country: str | None, *, tax_id: bool = True) -> Buyer:
    return Buyer(country, BuyerType.ORGANIZATION, has_tax_id=tax_id)


def person(country: str | None) -> Buyer:
    return Buyer(country, BuyerType.INDIVIDUAL)


def tax(
    seller: str | Seller | None,
    buyer: Buyer,
    *,
    category: TaxCategory = TaxCategory.STANDARD,
    on: date = TODAY,
    explicit: str | None = None,
) -> TaxDecision:
    return decide(
        seller=seller if isinstance(seller, Seller) else Seller(seller),
        buyer=buyer,
        category=category,
        rates=RATES,
        on=on,
        sales_tax_percentage=None if explicit is None else Decimal(explicit),
    )


@pytest.mark.parametrize("buyer", [company("NL"), company("NL", tax_id=False), person("NL")])
def test_a_domestic_sale_bears_the_domestic_rate(buyer: Buyer) -> None:
    assert tax("NL", buyer) == TaxDecision("VAT", TaxCategory.STANDARD, Decimal(21), (), "NL")


def test_a_company_elsewhere_in_the_union_accounts_for_the_tax_itself() -> None:
    decision = tax("NL", company("DE"))
    assert (decision.percentage, decision.notes) == (0, (REVERSE_CHARGE_NOTE,))


def test_a_company_without_tax_id_is_charged_only_when_the_seller_says_so() -> None:
    lenient, strict = Seller("NL"), Seller("NL", apply_local_vat_for_missing_tax_id=True)
    unknown = company("DE", tax_id=False)
    assert tax(lenient, unknown).notes == (REVERSE_CHARGE_NOTE, MISSING_TAX_ID_NOTE)
    assert tax(strict, unknown).percentage == Decimal(19)
    assert tax(strict, company("DE")).percentage == 0


def test_a_consumer_elsewhere_in_the_union_pays_the_rate_of_their_country() -> None:
    decision = tax("NL", person("FI"))
    assert (decision.percentage, decision.country_code) == (Decimal("25.5"), "FI")


@pytest.mark.parametrize("buyer", [person("GB"), company("GB"), company("XI"), company("US"), company("CH")])
def test_a_sale_out_of_the_union_is_an_export(buyer: Buyer) -> None:
    decision = tax("NL", buyer)
    assert (decision.name, decision.percentage) == ("Export", 0)
    accounts = (RECIPIENT_ACCOUNTS_NOTE,) if buyer.type is BuyerType.ORGANIZATION else ()
    assert decision.notes == (EXPORT_NOTE, *accounts)


def test_a_sale_into_the_union_is_an_export_of_the_seller() -> None:
    assert tax("GB", company("NL")).name == "Export"
    assert tax("US", person("NL")).name == "Export"


@pytest.mark.parametrize(
    ("written", "country"), [("EL", "GR"), ("UK", "GB"), ("XI", "GB"), ("MC", "FR"), ("gr", "GR")]
)
def test_other_names_of_a_territory_mean_the_same_country(written: str, country: str) -> None:
    assert tax(country, company(written)) == tax(country, company(country))
    assert tax(written, company(country)).country_code == country


def test_a_registration_in_the_country_of_the_buyer_makes_the_sale_domestic_there() -> None:
    seller = Seller("NL", registrations=frozenset({"GB", "EL"}))
    assert tax(seller, person("GB")).percentage == Decimal(20)
    assert tax(seller, company("GR")).percentage == Decimal(24)


def test_an_exempt_customer_pays_no_tax_and_the_note_is_printed() -> None:
    exempt = Buyer("NL", BuyerType.ORGANIZATION, exempt=True, exempt_note="Foundation, article 11")
    decision = tax("NL", exempt)
    assert (decision.category, decision.percentage) == (TaxCategory.EXEMPT, 0)
    assert decision.notes == ("Foundation, article 11",)


def test_an_exempt_product_is_exempt_for_everybody() -> None:
    assert tax("NL", person("NL"), category=TaxCategory.EXEMPT).notes == (EXEMPT_NOTE,)


def test_no_tax_means_no_tax_and_no_note() -> None:
    decision = tax("NL", person(None), category=TaxCategory.NO_TAX)
    assert (decision.category, decision.percentage, decision.notes) == (TaxCategory.NO_TAX, 0, ())


@pytest.mark.parametrize("country", ["US", "CA"])
def test_north_america_needs_an_explicit_rate(country: str) -> None:
    with pytest.raises(InvalidOperation, match="no single tax rate") as refused:
        tax(country, company(country))
    assert refused.value.field == "sales_tax_percentage"
    assert tax(country, company(country), explicit="8.875").percentage == Decimal("8.875")
    assert tax(country, company(country), explicit="0").percentage == 0


def test_a_missing_country_is_named() -> None:
    with pytest.raises(MissingField) as buyer:
        tax("NL", person(None))
    assert buyer.value.field == "customer.address.country"
    with pytest.raises(MissingField) as seller:
        tax(None, person("NL"))
    assert seller.value.field == "billing_entity.registered_address.country"


def test_a_country_without_a_rate_is_refused_rather_than_taxed_at_zero() -> None:
    with pytest.raises(InvalidOperation):
        tax("BR", person("BR"))


@pytest.mark.parametrize(
    ("country", "last_day", "before", "after"),
    [
        ("EE", "2025-06-30", "22", "24"),
        ("SK", "2024-12-31", "20", "23"),
        ("FI", "2024-08-31", "24", "25.5"),
        ("RO", "2025-07-31", "19", "21"),
        ("CH", "2023-12-31", "7.7", "8.1"),
        ("DE", "2020-12-31", "16", "19"),
    ],
)
def test_a_rate_changes_on_its_day(country: str, last_day: str, before: str, after: str) -> None:
    last = date.fromisoformat(last_day)
    assert tax(country, person(country), on=last).percentage == Decimal(before)
    first = date.fromordinal(last.toordinal() + 1)
    assert tax(country, person(country), on=first).percentage == Decimal(after)


def test_the_shipped_table_knows_the_union_today_and_names_its_sources() -> None:
    for country in EU | {"GB", "NO", "CH"}:
        assert standard_rate(RATES, country=country, on=TODAY).percentage > 0
    assert all(row.source for row in RATES)


def test_the_shipped_rates_of_a_country_follow_each_other_without_gap_or_overlap() -> None:
    by_country = defaultdict(list)
    for row in RATES:
        by_country[row.country].append(row)
    for rows in by_country.values():
        for earlier, later in pairwise(rows):
            assert earlier.valid_to is not None
            assert later.valid_from.toordinal() == earlier.valid_to.toordinal() + 1
        assert rows[-1].valid_to is None


def test_an_own_rate_goes_before_a_shipped_one_and_a_later_one_before_an_earlier() -> None:
    def row(percentage: int, since: int, *, own: bool = False) -> RateRow:
        return RateRow("NL", "STANDARD", "VAT", Decimal(percentage), date(since, 1, 1), None, "", own)

    shipped, later, own = row(21, 2020), row(22, 2024), row(9, 2018, own=True)
    for some, wanted in (((shipped, later), later), ((later, shipped), later), ((shipped, own, later), own)):
        assert standard_rate(some, country="NL", on=TODAY) == wanted
