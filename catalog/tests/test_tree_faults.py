"""Faults in the body of a price tree, each named by its whole path; nothing of it is stored."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import PricingPlanVersion
from catalog.tests import cast, trees
from catalog.tests.trees import flat, when
from kit.testing import ApiClient

PATH = "/v1/pricing-plan-versions"


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"product_ids": None}, "product_ids", "MISSING_FIELD"),
        ({"product_ids": []}, "product_ids", "INVALID_FIELD"),
        ({"product_ids": ["none"]}, "product_ids.0", "RESOURCES_NOT_FOUND"),
        ({"items": [{"product_item_ids": ["none"]}]}, "items.0.product_item_ids.0", "RESOURCES_NOT_FOUND"),
        ({"items": {}}, "items", "INVALID_FIELD"),
        ({"items": [{"configs": ["x"]}]}, "items.0.configs.0", "INVALID_FIELD"),
        ({"items": [{"configs": [{}]}]}, "items.0.configs.0.pricing_type", "MISSING_FIELD"),
        (
            {"items": [{"configs": [flat("-1")]}]},
            "items.0.configs.0.bands.0.amount.quantity",
            "INVALID_FIELD",
        ),
        (
            {"items": [{"configs": [flat("NaN")]}]},
            "items.0.configs.0.bands.0.amount.quantity",
            "INVALID_FIELD",
        ),
        (
            {"items": [{"configs": [flat("1e999999")]}]},
            "items.0.configs.0.bands.0.amount.quantity",
            "INVALID_FIELD",
        ),
        (
            {
                "items": [
                    {
                        "configs": [
                            {"type": "FLAT", "bands": [{"amount": {"quantity": "1", "currency": "EURO"}}]}
                        ]
                    }
                ]
            },
            "items.0.configs.0.bands.0.amount.currency",
            "INVALID_FIELD",
        ),
        ({"items": [{"configs": [flat(order="first")]}]}, "items.0.configs.0.order", "INVALID_FIELD"),
        (
            {"items": [{"configs": [flat(conditions=when("x", "none"))]}]},
            "items.0.configs.0.conditions.meter_properties.0.id",
            "RESOURCES_NOT_FOUND",
        ),
        ({"entitlements": [{"feature_id": "none"}]}, "entitlements.0.feature_id", "RESOURCES_NOT_FOUND"),
        ({"entitlements": [{}]}, "entitlements.0.feature_id", "MISSING_FIELD"),
        ({"product_type": "EXTRA"}, "product_type", "INVALID_FIELD"),
    ],
)
def test_a_fault_deep_in_a_tree_is_named_by_its_whole_path(
    api: ApiClient, change: dict[str, Any], place: str, code: str
) -> None:
    plan, item = cast.plan(api), cast.item(api)
    pricing = {key: value for key, value in {**trees.pricing(item), **change}.items() if value is not None}
    answer = api.post(PATH, trees.body(plan, pricing))
    expected = f"pricing_categories.0.pricings.0.{place}"
    assert (answer.status, answer.body["field"], answer.body["code"]) == (400, expected, code)
    assert PricingPlanVersion.objects.count() == 0


def test_another_platforms_rows_do_not_exist(api: ApiClient, stranger: ApiClient) -> None:
    made = trees.version(api, flat())
    assert stranger.get(f"{PATH}/{made['id']}").status == 404
    plan, item = cast.plan(stranger), cast.item(stranger)
    pricing = trees.pricing(item, flat())
    pricing["items"][0]["product_item_ids"] = [api.get("/v1/product-items").ok()["data"][0]["id"]]
    answer = stranger.post(PATH, trees.body(plan, pricing))
    assert answer.body["code"] == "RESOURCES_NOT_FOUND"
    body = {"pricing_plan_id": plan["id"], "copied_from_pricing_plan_version_id": made["id"]}
    assert stranger.post(PATH, body).body["field"] == "copied_from_pricing_plan_version_id"


def test_an_item_of_another_product_is_refused(api: ApiClient) -> None:
    plan, item = cast.plan(api), cast.item(api)
    other = cast.product(api, "other")
    answer = api.post(PATH, trees.body(plan, trees.pricing(item, flat(), product_ids=[other["id"]])))
    assert answer.body["field"] == "pricing_categories.0.pricings.0.items.0.product_item_ids.0"


def test_a_version_is_upserted_by_its_id_only(api: ApiClient) -> None:
    plan = cast.plan(api)
    answer = api.put(f"{PATH}?identifier_field=reference", {"pricing_plan_id": plan["id"], "reference": "x"})
    assert (answer.status, answer.body["field"]) == (400, "identifier_field")
