"""Versions: numbered, written whole, replaced while DRAFT, copied, and still once ACTIVE."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import Pricing, PricingItemConfig, PricingPlanVersion
from catalog.tests import cast, trees
from catalog.tests.trees import euro, flat, when
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

PATH = "/v1/pricing-plan-versions"


def test_a_version_is_written_whole_and_read_back(api: ApiClient) -> None:
    first = flat("0.04", order=1, conditions=when("accurate"))
    bound = {"tier_top_bound": {"number": "1000"}}
    bands = [{"amount": euro("0.020"), **bound}, {"amount": euro("0.015")}]
    made = trees.version(api, first, {"order": 2, "type": "TIERED", "bands": bands})
    assert (made["version"], made["status"], made["object_type"]) == (1, "DRAFT", "PRICING_PLAN_VERSION")
    assert api.get(f"{PATH}/{made['id']}").ok() == made
    one, two = trees.configs(made)
    assert one["conditions"]["meter_properties"][0]["reference"] == "sum-number-model"
    assert one["conditions"]["meter_properties"][0]["id"].startswith("metp_")
    assert (two["type"], two["pricing_type"], two["details"]["pricing_type"]) == ("TIERED",) * 3
    assert two["bands"][0]["amount"]["quantity"] == "0.02"
    assert two["bands"][0]["tier_top_bound"] == {"number": "1000"}
    assert two["details"]["bands"] == two["bands"]
    plan = api.get("/v1/pricing-plans/payg").ok()
    info = {"version": 1, "id": made["id"], "status": "DRAFT", "rate_card": None}
    assert plan["pricing_plan_version_infos"] == [info]


def test_the_mirror_is_read_where_the_fields_are_absent(api: ApiClient) -> None:
    mirrored = {"details": {"pricing_type": "FLAT", "bands": [{"amount": euro("2")}]}}
    made = trees.version(api, mirrored)
    assert trees.configs(made)[0]["bands"][0]["amount"] == euro("2")
    twice = {"billing_period": {"type": "MONTH", "value": 1}}
    other = {"billing_period": {"type": "YEAR", "value": 1}}
    tree = made["pricing_categories"]
    tree[0]["pricings"][0]["items"][0]["configs"] = [flat(**twice, details=other)]
    answer = api.patch(f"{PATH}/{made['id']}", {"pricing_categories": tree})
    place = "pricing_categories.0.pricings.0.items.0.configs.0.details.billing_period"
    assert (answer.status, answer.body["field"]) == (400, place)


def test_what_is_sent_back_unchanged_keeps_its_ids(api: ApiClient) -> None:
    made = trees.version(api, flat(order=1, conditions=when("accurate")), flat("0.02", order=2))
    again = api.patch(f"{PATH}/{made['id']}", {"pricing_categories": made["pricing_categories"]}).ok()
    assert again == made
    put = api.put(PATH, made).ok()
    assert put == made
    assert WebhookEvent.objects.filter(resource_id=made["id"]).count() == 1


def test_a_draft_tree_is_replaced(api: ApiClient) -> None:
    made = trees.version(api, flat("0.04"))
    tree = made["pricing_categories"]
    tree[0]["pricings"][0]["items"][0]["configs"][0] = flat("0.05")
    changed = api.patch(f"{PATH}/{made['id']}", {"pricing_categories": tree}).ok()
    assert trees.configs(changed)[0]["bands"][0]["amount"]["quantity"] == "0.05"
    assert changed["pricing_categories"][0]["id"] == made["pricing_categories"][0]["id"]
    assert PricingItemConfig.objects.count() == 1
    assert api.patch(f"{PATH}/{made['id']}", {"pricing_categories": []}).ok()["pricing_categories"] == []


def test_numbers_count_per_plan(api: ApiClient) -> None:
    plan, other = cast.plan(api), cast.plan(api, "other")
    numbers = [
        api.post(PATH, {"pricing_plan_id": each["id"]}).ok()["version"] for each in (plan, plan, other)
    ]
    assert numbers == [1, 2, 1]
    assert api.post(PATH, {"pricing_plan_id": "payg", "version": 9}).ok()["version"] == 3


def test_a_copy_has_the_same_prices_and_ids_of_its_own(api: ApiClient) -> None:
    made = trees.version(api, flat(order=1, conditions=when("accurate")), flat("0.02"))
    trees.activate(api, made).ok()
    body = {"pricing_plan_id": "payg", "copied_from_pricing_plan_version_id": made["id"]}
    copy = api.post(PATH, body).ok()
    assert (copy["version"], copy["copied_from_pricing_plan_version_id"]) == (2, made["id"])
    assert copy["pricing_currency_settings"]["pricing_currencies"] == ["EUR"]

    def bare(config: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in config.items() if key != "id"}

    assert [bare(each) for each in trees.configs(copy)] == [bare(each) for each in trees.configs(made)]
    assert trees.configs(copy)[0]["id"] != trees.configs(made)[0]["id"]
    trees.activate(api, copy).ok()


def test_an_active_version_is_still(api: ApiClient) -> None:
    made = trees.version(api, flat())
    active = trees.activate(api, made).ok()
    assert active["status"] == "ACTIVE"
    assert active["pricing_currency_settings"]["default_pricing_currency"] == "EUR"
    at = f"{PATH}/{made['id']}"
    pricing = made["pricing_categories"][0]["pricings"][0]
    settings = {"default_pricing_currency": "USD", "pricing_currencies": ["USD"]}
    for answer in (
        api.patch(at, {"pricing_categories": []}),
        api.patch(at, {"pricing_currency_settings": settings}),
        api.patch(f"/v1/pricings/{pricing['id']}", {"name": "Another"}),
        api.delete(f"/v1/pricings/{pricing['id']}"),
        api.post(
            "/v1/pricings", {"pricing_plan_version_id": made["id"], "product_ids": pricing["product_ids"]}
        ),
        api.post("/v1/pricing-groups", {"pricing_plan_version_id": made["id"], "name": "Choice"}),
    ):
        assert (answer.status, answer.body["code"]) == (400, "COULD_NOT_UPDATE_RESOURCE")
    assert api.delete(at).body["code"] == "COULD_NOT_DELETE_RESOURCE"
    assert api.patch(at, {"status": "DRAFT"}).body["field"] == "status"
    assert api.patch(at, {"status": "DEPRECATED"}).ok()["status"] == "DEPRECATED"
    assert api.patch(at, {"status": "ARCHIVED"}).ok()["status"] == "ARCHIVED"


@pytest.mark.parametrize("verb", ["insert", "update", "delete", "version", "version_delete"])
def test_the_database_refuses_to_change_an_active_version(api: ApiClient, verb: str) -> None:
    made = trees.version(api, flat())
    trees.activate(api, made).ok()
    version, config = PricingPlanVersion.objects.get(), PricingItemConfig.objects.get()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        match verb:
            case "insert":
                config.pk, config.public_id = None, "pico_x"
                config.save()
            case "update":
                PricingItemConfig.objects.update(body={})
            case "delete":
                Pricing.objects.all().delete()
            case "version":
                PricingPlanVersion.objects.update(version=7)
            case "version_delete":
                version.delete()


def test_a_draft_is_deleted_with_its_tree(api: ApiClient) -> None:
    made = trees.version(api, flat())
    assert api.delete(f"{PATH}/{made['id']}").ok() == made
    assert Pricing.objects.count() == 0
    api.delete("/v1/pricing-plans/payg").ok()


def test_what_a_tree_names_cannot_be_deleted(api: ApiClient) -> None:
    made = trees.version(api, flat(conditions=when("accurate")))
    item = api.get("/v1/product-items").ok()["data"][0]
    config = trees.configs(made)[0]
    for path in (
        "product-categories/speech",
        f"meter-properties/{config['conditions']['meter_properties'][0]['id']}",
        "pricing-plans/payg",
    ):
        assert api.delete(f"/v1/{path}").body["code"] == "COULD_NOT_DELETE_RESOURCE"
    draft = cast.item(api, "draft", status="DRAFT")
    api.patch(
        f"/v1/pricings/{made['pricing_categories'][0]['pricings'][0]['id']}",
        {"items": [{"product_item_ids": [draft["id"], item["id"]]}]},
    ).ok()
    assert "pricing item" in api.delete("/v1/product-items/draft").body["message"]


def test_a_large_version_is_shown_and_written_in_a_fixed_number_of_queries(api: ApiClient) -> None:
    plan, item = cast.plan(api), cast.item(api)
    few, many = (
        api.post(PATH, trees.body(plan, *[trees.pricing(item, flat(), flat(order=1))] * count)).ok()["id"]
        for count in (2, 50)
    )

    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            api.get(path).ok()
        return len(captured)

    assert queries(f"{PATH}/{many}") == queries(f"{PATH}/{few}") <= 20
    expansion = "expand[]=pricing_categories.pricings.items.product_item_ids&expand[]=pricing_plan_id"
    shown = api.get(f"{PATH}/{many}?{expansion}").ok()
    items = shown["pricing_categories"][0]["pricings"][49]["items"]
    assert items[0]["product_items"][0]["reference"] == "minutes"
    assert queries(f"{PATH}/{many}?{expansion}") <= 26


def test_expanding_all_fills_the_first_level(api: ApiClient) -> None:
    made = trees.version(api, flat())
    assert api.get(f"{PATH}/{made['id']}?expand[]=ALL").ok()["pricing_plan"]["reference"] == "payg"
