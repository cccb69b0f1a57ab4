"""A table of prices with what they come to, computed by hand or apart from this code, as data.

Each case is asked of the calculator over the API, so of the same functions that rate invoices.
"""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from kit.money import EXACT
from kit.testing import ApiClient

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "worked_prices.json").read_text("utf-8")
)
ASKED = ("config", "meter_value", "events")
BATCH = 40


@pytest.mark.parametrize("start", range(0, len(CASES), BATCH))
def test_every_price_comes_to_what_the_table_says(api: ApiClient, start: int) -> None:
    wrong = []
    for case in CASES[start : start + BATCH]:
        answer = api.post("/v1/pricings/calculate", {name: case[name] for name in ASKED if name in case})
        found = answer.body.get("amount"), answer.body.get("unrounded_amount")
        if found != (case["amount"], case["unrounded"]):
            wrong.append((case["name"], answer.status, found, answer.body.get("message")))
    assert wrong == []


def test_the_table_is_as_large_as_it_claims_and_names_each_case_once() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) > 150
    assert len(set(names)) == len(names)


FEE = {"pricing_type": "FIXED", "bands": [{"amount": {"quantity": "10", "currency": "EUR"}}]}
SEAT = {"pricing_type": "TIERED", "bands": [{"amount": {"quantity": "10", "currency": "EUR"}}]}


@pytest.mark.parametrize(
    ("fields", "amount", "last"),
    [
        ({"seats": "7"}, "70.00", "TOTAL"),
        ({"seats": "7", "period_fraction": "0.5"}, "35.00", "PRORATION"),
        ({"seats": "0"}, "0.00", "TOTAL"),
        ({"model_type": "RECURRING", "period_fraction": "0.333333333333"}, "3.33", "PRORATION"),
        ({"model_type": "RECURRING", "period_fraction": "12"}, "120.00", "PRORATION"),
        ({"seats": "3", "period_fraction": "18/31"}, "17.42", "PRORATION"),
        ({"model_type": "USAGE_BASED", "config": FEE, "period_fraction": "0.5"}, "5.00", "PRORATION"),
    ],
)
def test_seats_and_parts_of_a_period_are_priced(
    api: ApiClient, fields: dict[str, Any], amount: str, last: str
) -> None:
    found = api.post("/v1/pricings/calculate", {"config": SEAT, **fields}).ok()
    assert found["amount"]["quantity"] == amount
    assert [step["type"] for step in found["steps"]][-2:] == [last, "ROUNDING"]
    details = [Decimal(each["amount"]["quantity"]) for each in found["details"]]
    with localcontext(EXACT):
        assert sum(details) == Decimal(found["unrounded_amount"])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"seats": "-1"}, "seats"),
        ({"seats": "1", "meter_value": {"number": "1"}}, "seats"),
        ({"seats": "1", "model_type": "RECURRING"}, "seats"),
        ({"meter_value": {"number": "1"}, "period_fraction": "0.5"}, "period_fraction"),
        ({"model_type": "ONE_OFF", "config": FEE, "period_fraction": "0.5"}, "period_fraction"),
        ({"model_type": "RECURRING", "period_fraction": "-0.5"}, "period_fraction"),
        ({"model_type": "RECURRING", "period_fraction": "32/31"}, "period_fraction"),
        ({"model_type": "RECURRING", "period_fraction": "0/0"}, "period_fraction"),
        ({"model_type": "RECURRING", "period_fraction": "1.5", "terms": {}}, "period_fraction"),
    ],
)
def test_what_has_no_seats_or_no_period_is_refused(
    api: ApiClient, fields: dict[str, Any], field: str
) -> None:
    refused = api.post("/v1/pricings/calculate", {"config": SEAT, **fields})
    assert (refused.status, refused.body["code"], refused.body["field"]) == (400, "INVALID_FIELD", field)
