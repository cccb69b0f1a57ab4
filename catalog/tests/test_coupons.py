"""``/v1/coupons``: what a coupon must be, what stays, and which status follows which."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Coupon
from kit.testing import ApiClient

PATH = "/v1/coupons"
EUR5 = {"quantity": "5", "currency": "EUR"}
SPRING = {
    "reference": "spring",
    "name": "Spring",
    "discount": {"type": "PERCENTAGE", "percentage": "15"},
    "duration": {"type": "PERIOD", "period": {"type": "MONTH", "value": 3}},
    "maximum_redemptions": 100,
}


def usage(**extra: Any) -> dict[str, Any]:
    return {"type": "USAGE", "usage": {"meter_value_id": "metv_00000000000000000000"} | extra}


def test_a_coupon_is_answered_as_it_was_sent(api: ApiClient) -> None:
    made = api.post(PATH, SPRING | {"status": "ACTIVE", "start_at": "2026-01-01T00:00:00+01:00"}).ok()
    assert {key: made[key] for key in SPRING} == SPRING | {
        "discount": SPRING["discount"] | {"amount": None, "usage": None, "condition": None}
    }
    assert made["id"].startswith("coup_")
    assert (made["object_type"], made["status"], made["number_of_redemptions"]) == ("COUPON", "ACTIVE", 0)
    assert made["start_at"] == "2025-12-31T23:00:00Z"
    assert made["limited_to"]["product_ids"] == []
    assert api.get(f"{PATH}/spring").ok() == api.get(f"{PATH}/{made['id']}").ok() == made
    assert api.get(f"{PATH}?statuses[]=ACTIVE").ok()["data"] == [made]
    assert api.get(f"{PATH}?statuses[]=DRAFT").ok()["data"] == []
    assert api.post(PATH, SPRING).status == 409


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"reference": "two words"}, "reference"),
        ({"discount": None}, "discount"),
        ({"discount": {"percentage": "5"}}, "discount.type"),
        ({"discount": {"type": "PERCENTAGE"}}, "discount.percentage"),
        ({"discount": {"type": "PERCENTAGE", "percentage": "0"}}, "discount.percentage"),
        ({"discount": {"type": "PERCENTAGE", "percentage": "100.1"}}, "discount.percentage"),
        ({"discount": {"type": "PERCENTAGE", "percentage": "NaN"}}, "discount.percentage"),
        ({"discount": {"type": "PERCENTAGE", "percentage": "5", "amount": EUR5}}, "discount.amount"),
        ({"discount": {"type": "AMOUNT"}}, "discount.amount"),
        ({"discount": {"type": "AMOUNT", "amount": EUR5 | {"quantity": "-1"}}}, "discount.amount.quantity"),
        ({"discount": {"type": "AMOUNT", "amount": EUR5 | {"currency": "XXY"}}}, "discount.amount.currency"),
        ({"discount": usage(number="5")}, "discount.usage.meter_value_id"),
        ({"duration": {"type": "PERIOD"}}, "duration.period"),
        ({"duration": {"type": "ONCE"}}, "duration.type"),
        ({"duration": {"type": "FOREVER", "period": {"type": "DAY", "value": 1}}}, "duration.period"),
        ({"duration": {"type": "PERIOD", "period": {"type": "DAY", "value": 0}}}, "duration.period.value"),
        ({"maximum_redemptions": 0}, "maximum_redemptions"),
        ({"maximum_redemptions_per_customer": 0}, "maximum_redemptions_per_customer"),
        ({"start_at": "2026-02-01T00:00:00Z", "end_at": "2026-02-01T00:00:00Z"}, "end_at"),
        ({"limited_to": {"product_ids": ["nothing"]}}, "limited_to.product_ids.0"),
        ({"status": "INACTIVE"}, "status"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(api: ApiClient, change: dict[str, Any], field: str) -> None:
    answer = api.post(PATH, SPRING | change)
    assert (answer.status, answer.body["field"]) == (400, field)
    assert not Coupon.objects.exists()


@pytest.mark.parametrize(
    ("comparator", "currency", "field"),
    [
        ("CONTAINS", "EUR", "discount.condition.comparator"),
        ("LESS_THAN", "USD", "discount.condition.value.amount.currency"),
    ],
)
def test_a_condition_compares_amounts_of_one_currency(
    api: ApiClient, comparator: str, currency: str, field: str
) -> None:
    value = {"amount": {"quantity": "50", "currency": currency}}
    condition = {"comparator": comparator, "value": value}
    discount = {"type": "AMOUNT", "amount": EUR5, "condition": condition}
    assert api.post(PATH, SPRING | {"discount": discount}).body["field"] == field


def test_free_units_are_of_the_type_of_their_meter_value(api: ApiClient) -> None:
    value = api.post("/v1/meter-values", {"reference": "turnover", "type": "AMOUNT", "name": "T"}).ok()["id"]
    wrong = api.post(PATH, SPRING | {"discount": usage(meter_value_id=value, number="5")})
    assert wrong.body["field"] == "discount.usage.number"
    right = api.post(PATH, SPRING | {"discount": usage(meter_value_id=value, amount=EUR5)}).ok()
    assert right["discount"]["usage"] == {"meter_value_id": value, "number": None, "amount": EUR5}


def test_what_a_coupon_promises_stays_once_it_can_be_redeemed(api: ApiClient) -> None:
    api.post(PATH, SPRING).ok()
    half = {"discount": {"type": "PERCENTAGE", "percentage": "50"}}
    changed = api.patch(f"{PATH}/spring", half).ok()
    api.post(f"{PATH}/spring/activate").ok()
    assert api.patch(f"{PATH}/spring", {key: changed[key] for key in SPRING}).status == 200
    refused = api.patch(f"{PATH}/spring", {"discount": SPRING["discount"]})
    assert (refused.status, refused.body["field"]) == (400, "discount")
    assert refused.body["code"] == "COULD_NOT_UPDATE_RESOURCE"
    renamed = api.patch(f"{PATH}/spring", {"name": "May", "maximum_redemptions": None}).ok()
    assert (renamed["name"], renamed["maximum_redemptions"]) == ("May", None)


def test_a_coupon_is_switched_off_and_on_and_ends(api: ApiClient) -> None:
    api.post(PATH, SPRING).ok()
    steps = ["activate", "deactivate", "activate", "deprecate", "archive"]
    shown = [api.post(f"{PATH}/spring/{step}").ok()["status"] for step in steps]
    assert shown == ["ACTIVE", "INACTIVE", "ACTIVE", "DEPRECATED", "ARCHIVED"]
    assert api.post(f"{PATH}/spring/activate").body["code"] == "INVALID_OPERATION"
    assert api.patch(f"{PATH}/spring", {"name": "x"}).body["code"] == "COULD_NOT_UPDATE_RESOURCE"


def test_limits_are_expanded_and_keep_what_they_name(api: ApiClient) -> None:
    category = api.post("/v1/product-categories", {"reference": "speech", "name": "Speech"}).ok()["id"]
    limits = {"limited_to": {"product_category_ids": ["speech"]}}
    made = api.post(PATH, SPRING | limits).ok()
    assert made["limited_to"]["product_category_ids"] == [category]
    shown = api.get(f"{PATH}/spring?expand[]=limited_to.product_category_ids").ok()
    assert shown["limited_to"]["product_categories"][0]["reference"] == "speech"
    assert api.delete(f"/v1/product-categories/{category}").body["code"] == "COULD_NOT_DELETE_RESOURCE"
    emptied = api.patch(f"{PATH}/spring", {"limited_to": {"product_category_ids": []}}).ok()
    assert emptied["limited_to"]["product_category_ids"] == []
