"""The whole version tried in the review, as the invoices that would follow."""

from __future__ import annotations

import re

from django.db.models import F

from catalog.models import PricingItemConfig, ProductItem
from desk.tests.plans import HTMX, T, draft, live  # noqa: F401


def test_the_review_tries_the_whole_version_as_invoices(desk, draft):  # noqa: F811
    base = draft.partition("pricing/")[0]
    assert "there is nothing to try yet" in desk.get(f"{base}review/").content.decode()
    live(desk, draft, model="TIERED", **T)
    config = PricingItemConfig.objects.get()
    page = desk.get(f"{base}review/").content.decode()
    assert f'name="q_{config.public_id}"' in page and total_of_trial(page) == "€391.50"
    typed = {f"q_{config.public_id}": "50,001", "count": "2"}
    answer = desk.post(f"{base}review/try/", typed, headers=HTMX).content.decode()
    assert total_of_trial(answer) == "€936.02" and answer.count("€468.01") == 4 and "<input" not in answer
    refused = desk.post(f"{base}review/try/", {**typed, "count": "x"}, headers=HTMX).content.decode()
    assert "Enter how many months, from 1 to 24" in refused
    whole = desk.post(f"{base}review/try/", typed).content.decode()
    assert total_of_trial(whole) == "€936.02" and 'value="50,001"' in whole
    ProductItem.objects.update(tiering_meter_value_calculation=F("meter_value_calculation"))
    elsewhere = {f"q_{config.public_id}": "1,000", f"d_{config.public_id}": "10,000", "count": "1"}
    body = desk.post(f"{base}review/try/", elsewhere).content.decode()
    # 1,000 calls where 10,000 decide: nine tenths of them in the second tier
    assert total_of_trial(body) == "€10.80" and f'name="d_{config.public_id}"' in body
    assert "decides which tiers are reached" in body and "Cost at top" not in desk.get(draft).content.decode()
    ProductItem.objects.update(tiering_meter_value_calculation=None)
    live(desk, draft, model="FLAT", price="1")
    fresh = desk.post(f"{base}review/try/", {f"q_{config.public_id}": "7", "count": "1"}, headers=HTMX)
    assert total_of_trial(fresh.content.decode()) == "€7.00"
    assert desk.get(f"{base}review/try/").headers["Location"].endswith("/review/")


def total_of_trial(body):
    return re.search(r'<output class="num" form="try-form">([^<]*)<', body).group(1)
