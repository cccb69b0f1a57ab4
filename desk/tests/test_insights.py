"""Insights: every figure from the data, one currency at a time, the same in chart, table and file."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import Platform
from billing.models import Invoice
from billing.selectors.insights import money, recurring
from billing.tests.world import Price, at, fee, flat
from catalog.models import PricingItemConfig
from desk.tests.test_invoices import invoice, page, world  # noqa: F401

MOST_QUERIES = 12
PAGES = ["", "usage/", "revenue/", "unbilled/", "aging/", "mrr/"]
PIECES = [("", "later-tile", "Unbilled so far"), ("unbilled/", "later", "€2,650.00")]


@pytest.fixture
def billed(world, desk):  # noqa: F811
    """One of three August invoices is final and, a month later, overdue."""
    desk.post(
        f"/desk/invoicing/invoices/{invoice('2026-08-01').public_id}/finalize/", {"seen_total": "3206.50"}
    )
    Platform.objects.filter(pk=world.platform.pk).update(test_now=at("2026-10-20"))
    return world


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stays_within_its_budget(desk, billed, path):
    body, queries = page(desk, f"/desk/insights/{path}")
    assert "Insights" in body and queries <= MOST_QUERIES


@pytest.mark.parametrize(("path", "name", "shown"), PIECES)
def test_drafts_are_drawn_up_after_the_page_is_shown(desk, billed, path, name, shown):
    path = f"/desk/insights/{path}"
    body = desk.get(path).content.decode()
    assert f'id="{name}" hx-get="{path}" hx-trigger="load"' in body and shown not in body
    piece, queries = page(desk, path, headers={"HX-Request": "true", "HX-Target": name})
    assert shown in piece and "<nav" not in piece and queries <= MOST_QUERIES


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_on_an_empty_platform(desk, path):
    assert desk.get(f"/desk/insights/{path}").status_code == 200


def test_revenue_is_what_was_invoiced_without_tax(desk, billed):
    body = desk.get("/desk/insights/revenue/").content.decode()
    assert "€2,650.00" in body and "€2,151.00" in body and "€499.00" in body and "€3,206.50" in body


def test_what_is_owed_stands_under_its_age(desk, billed, monkeypatch):
    body = desk.get("/desk/insights/aging/").content.decode()
    row = body.partition("customer-0 N.V.")[2]
    assert row.index("€3,206.50") < row.index("</tr>")
    [(_, _, bucket, owed, count)] = money.ageing(billed.platform, currency="EUR", at=at("2026-10-20"))
    assert (bucket, owed, count) == (
        "31 to 60 days",
        Invoice.objects.get(status="FINAL").amount_including_tax,
        1,
    )
    many = [(f"customer_{n}", f"Debtor {n}", "Not due", Decimal(n), 1) for n in range(1, 61)]
    monkeypatch.setattr(money, "ageing", lambda platform, *, currency, at: many)
    for query, count, words, more in (
        ("", 50, "1 to 50 of 60", 'href="?page=2"'),
        ("?page=2", 10, "51 to 60 of 60", 'href="?page=1"'),
        ("?page=9", 10, "51 to 60 of 60", 'rel="prev"'),
        ("?size=25&page=2", 25, "26 to 50 of 60", 'href="?size=25&amp;page=3"'),
    ):
        body = desk.get(f"/desk/insights/aging/{query}").content.decode()
        assert (body.count(">Debtor "), words in body, more in body) == (count, True, True), query
        assert "€1,830.00" in body.partition("<tfoot>")[2], "the total is of all"
    assert desk.get("/desk/insights/aging/?page=2&format=csv&card=aging").content.count(b"Debtor") == 60


def test_recurring_revenue_moves_with_subscriptions(billed):
    extra = billed.plan(fee("1200"), amount_type="EXCLUDING_TAX")
    billed.agree([(extra, at("2026-09-15"), None)], now=at("2026-09-15"), billing_period_type="YEAR")
    before, after = recurring.by_instant(billed.platform, [at("2026-09-01"), at("2026-10-01")])
    moved = recurring.movement(before, after, "EUR")
    assert (moved.start, moved.new, moved.churn, moved.end) == (1497, 100, 0, 1597)


def test_a_price_of_a_year_counts_a_twelfth_to_the_month_of_a_monthly_plan(billed):
    yearly = Price(
        "Support",
        "RECURRING",
        ({**flat("120"), "pricing_type": "FIXED", "pricing_period": {"type": "YEAR", "value": 1}},),
    )
    billed.subscribe(billed.plan(yearly, fee("30")), start=at("2026-09-15"))
    before, after = recurring.by_instant(billed.platform, [at("2026-09-01"), at("2026-10-01")])
    assert recurring.movement(before, after, "EUR").new == 40


def test_seats_count_as_many_as_there_are_and_what_is_on_demand_does_not_count(billed):
    seats = Price("Seats", "PER_SEAT", ({**flat("15"), "default_seats_value": {"number": "2"}},))
    asked = {**flat("500"), "pricing_type": "FIXED", "on_demand": True}
    version = billed.plan(seats, fee("30"), Price("Training", "RECURRING", (asked,)))
    made = billed.subscribe(version, start=at("2026-09-15"))
    rule = PricingItemConfig.objects.get(version=version, pricing_item__position=1).public_id
    ten = {"pricing_item_config_id": rule, "number": "10", "start_at": "2026-10-01T00:00:00Z"}
    made.schedules.update(seats_values=[ten])
    before, two, after = recurring.by_instant(
        billed.platform, [at("2026-09-01"), at("2026-09-16"), at("2026-10-01")]
    )
    assert recurring.movement(before, two, "EUR").new == 60
    assert recurring.movement(two, after, "EUR").expansion == 120
    scope = {"percentage": "50", "ids": [rule], "start_at": "2026-10-01T00:00:00Z"}
    made.schedules.update(
        discount={"pricing_item_configs": [scope], "totals": [{"percentage": "10"}]},
        commitment={"totals": [{"amount": {"quantity": "100", "currency": "EUR"}}]},
    )
    (discounted,) = recurring.by_instant(billed.platform, [at("2026-10-01")])
    # seats at half of 150 and 30: 105 are more than is committed, less a tenth
    assert discounted["EUR"][made.pk] == Decimal("94.50")
    (committed,) = recurring.by_instant(billed.platform, [at("2026-09-16")])
    assert committed["EUR"][made.pk] == 90  # two seats and 30 make 60 of the 100


def test_usage_tells_days_and_customers(desk, world):  # noqa: F811
    body = desk.get("/desk/insights/usage/", {"from": "2026-08-01", "to": "2026-08-31"}).content.decode()
    assert "637,500" in body and body.count("212,500") == 3 and "20 Aug 2026" in body


def test_a_card_comes_as_a_file_with_plain_decimals(desk, billed):
    text = desk.get("/desk/insights/revenue/?format=csv&card=products").content.decode()
    assert text.splitlines()[0] == "Product,Invoiced,Currency" and "API calls,2151,EUR" in text


def test_nonsense_in_the_range_is_ignored(desk, billed):
    for query in ("from=x&to=9999-12-31", "from=2030-01-01", "to=0001-01-01", "currency=XXX", "value=zz"):
        assert desk.get(f"/desk/insights/usage/?{query}").status_code == 200, query
        assert desk.get(f"/desk/insights/?{query}").status_code == 200, query
