"""The tax of an invoice, by where seller and buyer are and what is sold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from billing.models import BillingEntity, Invoice
from billing.selectors import invoices as selectors
from billing.services.invoices import drafting, finalize, periods
from billing.tests.world import World, at, fee, per_minute
from kit.testing import ApiClient


def drawn(api: ApiClient, invoice: Invoice) -> tuple[str, str, str | None, str]:
    """Percentage, tax amount, country and the first note."""
    body = api.get(f"/v1/invoices/{invoice.public_id}").ok()
    (category,) = body["tax_categories"]
    notes = body["tax_summary"]["notes"] or [""]
    return (
        category["percentage"],
        category["tax_amount"]["quantity"],
        body["tax_summary"]["country_code"],
        notes[0],
    )


@pytest.mark.parametrize(
    ("country", "fields", "percentage", "tax", "note"),
    [
        ("NL", {}, "21", "21.00", ""),
        ("DE", {"tax_id": "DE129273398"}, "0", "0.00", "Reverse charge"),
        ("US", {}, "0", "0.00", "Service supplied outside"),
        ("GB", {"tax_id": "GB123456789"}, "0", "0.00", "Service supplied outside"),
        ("NL", {"tax_exempt": True, "tax_exempt_note": "Article 11"}, "0", "0.00", "Article 11"),
    ],
)
def test_the_buyers_country_and_kind_decide(
    world: World, api: ApiClient, country: str, fields: dict[str, Any], percentage: str, tax: str, note: str
) -> None:
    buyer = world.organization("buyer", country, **fields)
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"), customer=buyer)
    found = drawn(api, subscription.invoices.get())
    assert found[:2] == (percentage, tax)
    assert found[3].startswith(note)


def test_an_individual_abroad_in_the_union_pays_the_rate_at_home(world: World, api: ApiClient) -> None:
    buyer = world.organization("ada", "DE")
    buyer.type, buyer.organization = "INDIVIDUAL", None
    buyer.individual = {"residential_address": {"country": "DE"}}
    buyer.save()
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"), customer=buyer)
    assert drawn(api, subscription.invoices.get()) == ("19", "19.00", "DE", "")


def test_no_tax_is_a_category_of_what_is_sold(world: World, api: ApiClient) -> None:
    price = replace(fee("100"), tax_category="NO_TAX")
    subscription = world.subscribe(world.plan(price), start=at("2026-03-01"))
    assert drawn(api, subscription.invoices.get())[:2] == ("0", "0.00")


def test_a_rate_of_the_subscription_goes_before_the_table(world: World, api: ApiClient) -> None:
    BillingEntity.objects.update(registered_address={"country": "US"})
    buyer = world.organization("buyer", "US")
    subscription = world.subscribe(
        world.plan(fee("100")), start=at("2026-03-01"), customer=buyer, sales_tax_percentage="8.25"
    )
    assert drawn(api, subscription.invoices.get())[:2] == ("8.25", "8.25")


def test_prices_with_tax_contain_it(world: World, api: ApiClient) -> None:
    version = world.plan(fee("121"), amount_type="INCLUDING_TAX")
    subscription = world.subscribe(version, start=at("2026-03-01"))
    body = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}").ok()
    assert body["pricing_amount_type"] == "INCLUDING_TAX"
    assert body["tax_summary"]["base_amount"]["quantity"] == "100.00"
    assert body["invoice_amount_including_tax"]["quantity"] == "121.00"


def test_an_entitys_own_rate_goes_before_the_shipped_one_while_it_holds(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"))
    periods.sweep(platform=world.platform, at=at("2026-05-01"))
    april = {"country": "NL", "percentage": "19.5", "valid_from": "2026-04-01", "valid_to": "2026-04-30"}
    body = api.patch("/v1/billing-entities/halyard", {"tax_rates": [april]}).ok()
    assert body["tax_rates"] == [april | {"tax_name": "VAT", "source": ""}]
    found = [drawn(api, each)[:2] for each in subscription.invoices.order_by("period_start")]
    assert found == [("21", "21.00"), ("19.5", "19.50"), ("21", "21.00")]


def test_a_country_without_a_shipped_rate_is_taxed_by_the_entitys_own(world: World, api: ApiClient) -> None:
    BillingEntity.objects.update(registered_address={"country": "BR"})
    buyer = world.organization("buyer", "BR")
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"), customer=buyer)
    rate = {"country": "BR", "tax_name": "ISS", "percentage": "5", "valid_from": "2003-08-01"}
    api.patch("/v1/billing-entities/halyard", {"tax_rates": [rate]}).ok()
    assert drawn(api, subscription.invoices.get())[:3] == ("5", "5.00", "BR")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"percentage": "100.5"}, "tax_rates.0.percentage"),
        ({"percentage": "NaN"}, "tax_rates.0.percentage"),
        ({"country": "Brazil"}, "tax_rates.0.country"),
        ({"valid_from": "soon"}, "tax_rates.0.valid_from"),
        ({"valid_to": "2003-07-31"}, "tax_rates.0.valid_to"),
        ({"tax_name": None}, "tax_rates.0.tax_name"),
        ({"percentage": None}, "tax_rates.0.percentage"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(
    world: World, api: ApiClient, change: dict[str, Any], field: str
) -> None:
    rate = {"country": "BR", "percentage": "5", "valid_from": "2003-08-01"} | change
    answer = api.patch("/v1/billing-entities/halyard", {"tax_rates": [rate]})
    assert (answer.status, answer.body["field"]) == (400, field)
    assert BillingEntity.objects.get().tax_rates == []


def test_a_rate_is_whole_in_a_patch_too(world: World, api: ApiClient) -> None:
    answer = api.patch("/v1/billing-entities/halyard", {"tax_rates": [{"country": "BR"}]})
    assert (answer.status, answer.body["code"]) == (400, "MISSING_FIELD")
    assert answer.body["field"] in ("tax_rates.0.percentage", "tax_rates.0.valid_from")


def test_an_entitys_own_grace_period_holds_for_its_next_drafts(world: World, api: ApiClient) -> None:
    api.patch("/v1/billing-entities/halyard", {"invoice_grace_period_seconds": 3600}).ok()
    world.entity.refresh_from_db()
    subscription = world.subscribe(world.plan(fee("100")), start=at("2026-03-01"))
    body = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}").ok()
    assert body["finalize_at"] == "2026-04-01T01:00:00Z"
    too_long = api.patch("/v1/billing-entities/halyard", {"invoice_grace_period_seconds": 10**9})
    assert (too_long.status, too_long.body["field"]) == (400, "invoice_grace_period_seconds")


def test_usage_that_comes_late_bears_the_rate_of_its_own_period(world: World, api: ApiClient) -> None:
    BillingEntity.objects.update(
        registered_address={"country": "SK"}
    )  # 20 % until the end of 2024, then 23 %
    buyer = world.organization("buyer", "SK")
    subscription = world.subscribe(world.plan(per_minute("1")), start=at("2024-12-01"), customer=buyer)
    periods.sweep(platform=world.platform, at=at("2025-01-01"))
    finalize.sweep(platform=world.platform, at=at("2025-01-02"))
    world.used("100", when=at("2024-12-31"), stored=at("2025-01-03"), customer=buyer)
    world.used("10", when=at("2025-01-03"), customer=buyer)
    january = subscription.invoices.order_by("period_start")[1]
    body = api.get(f"/v1/invoices/{january.public_id}").ok()
    found = [(each["percentage"], each["tax_amount"]["quantity"]) for each in body["tax_categories"]]
    assert sorted(found) == [("20", "20.00"), ("23", "2.30")]


def test_b04_every_line_lies_inside_a_period_of_the_entitys_zone(platform: Any) -> None:
    world = World(platform, timezone="America/Los_Angeles")
    subscription = world.subscribe(
        world.plan(fee("10", advance=True), fee("5", name="Support")), start=at("2026-01-31T08:00")
    )
    periods.sweep(platform=platform, at=at("2026-05-02"))
    finalize.sweep(platform=platform, at=at("2026-05-02"))
    rows = list(selectors.rows(platform).filter(subscription=subscription, status="DRAFT"))
    for draft in drafting.contents(platform=platform, invoices=rows):
        for period in draft.complete.periods:
            for group in period.groups:
                assert all(line.charge.span == period.span == group.span for line in group.lines)
