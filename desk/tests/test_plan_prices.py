"""Prices per currency and billing period, and the currency to fall back to, in the guided editor."""

from __future__ import annotations

import html
import re

from catalog.models import PricingItem, PricingPlan
from desk.editors.pricing.place_rules import Lists
from desk.editors.pricing.places import Offer, Place
from desk.tests.plans import HTMX, PLANS, T, draft, live, total  # noqa: F401

BILLING = {"period": "MONTH-1", "currency": "EUR"}
FURTHER = {"further_periods": ["YEAR-1"], "further_currencies": ["USD", "GBP"]}


def words(response):
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split()))


def test_each_currency_and_period_has_a_price_of_its_own_or_says_which_applies(desk, draft):  # noqa: F811
    base = draft.partition("pricing/")[0]
    live(desk, draft, model="TIERED", **T)
    desk.post(
        f"{draft}rules/new/", {"property": "sum-number-model", "comparator": "EQUALS", "values": "quick"}
    )
    desk.post(f"{base}billing/", {**BILLING, **FURTHER})
    usd, gbp, yearly = (f"{draft[:-1]}@{key}/" for key in ("USD", "GBP", "YEAR-1"))
    shown = words(desk.get(draft))
    assert "EUR monthly EUR yearly USD monthly no price USD yearly no price GBP monthly" in shown
    assert "As EUR monthly: Progressive, 4 tiers; Progressive, 4 tiers." in words(desk.get(yearly))
    assert "No price in USD: enter one, or choose a currency" in words(desk.get(usd))
    # USD: starts as the price in EUR, its rules, conditions and tiers are then its own
    assert desk.post(f"{usd}own/").headers["Location"].endswith("@USD/")
    item = PricingItem.objects.get()
    [entry] = item.pricing_currency_configs
    ids = [rule["id"] for rule in entry["configs"]]
    first = live(desk, usd, model="FLAT", price="0.06", rule="1", quantity="1000")
    assert total(first) == "$60.00"
    desk.post(
        f"{usd}rules/1/settings/", {"lines": ["sum-number-model"], "pool": "", "bundles": "", "per": ""}
    )
    desk.post(f"{draft}rules/1/up/")
    desk.post(
        f"{draft}rules/new/", {"property": "sum-number-model", "comparator": "EQUALS", "values": "accurate"}
    )
    item = PricingItem.objects.get()
    [entry] = item.pricing_currency_configs
    assert [rule["id"] for rule in entry["configs"]] == ids
    assert entry["configs"][0]["bands"] == [{"amount": {"quantity": "0.06", "currency": "USD"}}]
    assert entry["configs"][0]["split_pricing"] and entry["configs"][0]["conditions"]
    assert {each.currency for each in item.configs.all()} == {"EUR"}
    stale = live(desk, usd, model="FLAT", price="0.07", rule="1", seen="other")
    assert stale.status_code == 409 and "Stored now" in stale.content.decode()
    wrong = live(desk, usd, model="FLAT", price="much", rule="1").content.decode()
    assert "must be a number" in wrong and "Not stored yet" in words(desk.get(f"{usd}?rule=1"))
    assert "saved. Mend it first" in words(desk.get(f"{base}review/"))
    live(desk, usd, model="FLAT", price="0.07", rule="1")
    # GBP falls back, here or in all items; what applies is priced beside it, and nothing is stored
    review = desk.get(f"{base}review/")
    assert words(review).count("There is no price in GBP. Enter one, or choose a currency to fall") == 1
    assert f'href="{gbp}"' in review.content.decode()
    for chosen in ("EUR", "", "EUR"):
        assert desk.post(f"{gbp}fallback/", {"fallback": chosen, "everywhere": "on"}).status_code == 303
    assert desk.post(f"{gbp}fallback/", {"fallback": "JPY"}).status_code == 422
    late = desk.post(f"{gbp}fallback/", {"fallback": "", "seen_version": "other"})
    assert late.status_code == 409
    shown = words(desk.get(gbp))
    assert "Falls back to EUR at the day's rate: Progressive, 4 tiers" in shown and "Exchange rates" in shown
    asked = live(desk, gbp, "calculate", quantity="8500", rule="3")
    assert total(asked).startswith("€")
    assert desk.post(gbp, {"next": "1"}).headers["Location"].endswith("review/")
    # yearly: its own, taken back, entered again
    desk.post(f"{yearly}own/")
    assert PricingItem.objects.get().billing_period_configs
    desk.post(f"{yearly}own/remove/")
    assert PricingItem.objects.get().billing_period_configs == []
    desk.post(f"{yearly}own/")
    live(desk, yearly, model="FLAT", price="0.001", rule="3")
    review = words(desk.get(f"{base}review/"))
    assert "Nothing stands in the way" in review, review
    assert "EUR yearly: Progressive, 4 tiers; Progressive, 4 tiers; Flat €0.001 per call" in review
    assert "GBP yearly: Falls back to EUR at the day's rate: Progressive" in review
    desk.post(f"{base}activate/")
    plan = PricingPlan.objects.get(reference="growth")
    page = desk.get(f"{PLANS}{plan.public_id}/", {"item": usd.split("/")[-2], "rule": "1", "quantity": "10"})
    assert "A price of its own." in words(page) and total(page).startswith("$")
    # the next version: each difference by its currency and period; what is offered no more is kept
    desk.post(f"{PLANS}{plan.public_id}/clone/")
    second = [path.replace("/versions/1/", "/versions/2/") for path in (base, usd, yearly)]
    before = live(desk, second[1], model="FLAT", price="0.14", rule="1", quantity="1000")
    assert "v1" in before.content.decode()
    desk.post(f"{second[2]}own/remove/")
    compared = words(desk.get(f"{PLANS}{plan.public_id}/compare/?a=1&b=2"))
    assert "USD monthly, sum-number-model is quick: price was $0.07 $0.14" in compared
    assert "EUR yearly was" in compared and "As EUR monthly" in compared
    desk.post(f"{second[0]}billing/", {**BILLING, "further_currencies": ["GBP"]})
    assert "This version does not offer it; it is kept." in words(desk.get(second[1]))


def test_a_price_is_put_at_its_place_and_what_else_is_stored_stays():
    """Pure: no row is written."""
    rule = {"pricing_type": "NONE"}
    item = PricingItem(pricing_currency_configs=[{"currency": "GBP", "configs": [rule]}])
    year = {"billing_period": {"type": "YEAR", "value": 1}, "configs": [rule]}
    put = Lists.of(item).put(Place("USD", "YEAR-1"), [rule]).put(Place("", "YEAR-1"), [rule])
    assert put.by_currency[1] == {"currency": "USD", "configs": [], "billing_period_configs": [year]}
    assert (put.by_currency[0], put.by_period) == (item.pricing_currency_configs[0], [year])
    back = put.put(Place("USD", "YEAR-1"), []).put(Place("", "YEAR-1"), []).fall_back("USD", "GBP")
    assert back.by_currency[1] == {"currency": "USD", "configs": [], "fallback_currency": "GBP"}
    assert back.fall_back("USD", "") == Lists.of(item)
    offer = Offer(("EUR", "USD"), ("MONTH-1", "YEAR-1"))
    assert [Place.of(each.key) for each in offer.places] == offer.places
    assert offer.spellings(Place("EUR", "MONTH-1")) == [
        Place("EUR", "MONTH-1"),
        Place("EUR"),
        Place("", "MONTH-1"),
        Place(),
    ]
