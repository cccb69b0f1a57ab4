"""Single pricings and groups of one schedule alone, through ``/v1/pricings`` and ``/v1/pricing-groups``."""

from __future__ import annotations

from billing.tests.own_prices import SCHEDULES, init, plan, schedule
from billing.tests.selling import NEXT, Selling, flat
from kit.testing import ApiClient


def test_single_pricings_and_groups_of_a_schedule_are_made_changed_and_removed(api: ApiClient) -> None:
    shop = Selling(api)
    shop.open(properties={"region": "STRING"}, items=("jobs", "files"))
    version, category = plan(shop)
    init(shop, version).ok()
    mine = schedule(shop)["id"]
    jobs = category["pricings"][0]
    late = {"pricing_plan_schedule_id": mine, "original_pricing_id": jobs["id"]}
    refused = api.post(
        "/v1/pricings", late | {"items": [{"product_item_ids": ["jobs"], "configs": [flat("9")]}]}
    )
    assert (refused.status, refused.body["code"]) == (
        400,
        "COULD_NOT_UPDATE_RESOURCE",
    )  # it is in force already

    ahead = {"start_at": NEXT, "pricing_plan_version_id": version, "pricing_plan_subscription_id": "sub"}
    mine = api.post(f"{SCHEDULES}?set_previous_end_at=true", ahead).ok()["id"]
    late |= {"pricing_plan_schedule_id": mine}
    wrong = api.post("/v1/pricings", late | {"items": [{"product_item_ids": ["jobs"], "configs": [{}]}]})
    assert (wrong.status, wrong.body["field"]) == (400, "items.0.configs.0.pricing_type")
    items = [{"product_item_ids": ["jobs"], "override": "ALL", "configs": [flat("9")]}]
    own = api.post("/v1/pricings", late | {"items": items}).ok()
    assert (own["pricing_plan_schedule_id"], own["pricing_plan_version_id"]) == (mine, None)
    assert (own["original_pricing_id"], own["product_ids"]) == (jobs["id"], jobs["product_ids"])
    twice = api.post("/v1/pricings", late | {"items": items})
    assert (twice.status, twice.body["field"]) == (400, "original_pricing_id")

    api.post(
        "/v1/products", {"reference": "care", "name": "Care", "category_id": "cat", "status": "ACTIVE"}
    ).ok()
    for name in ("basic", "gold"):
        item = {"reference": name, "name": name, "product_id": "care", "model_type": "RECURRING"}
        api.post("/v1/product-items", item | {"status": "ACTIVE"}).ok()
    rule = {"pricing_type": "FIXED", "bands": [{"amount": {"quantity": "5", "currency": "EUR"}}]}
    basic, gold = (
        {"name": name, "product_ids": ["care"], "items": [{"product_item_ids": [name], "configs": [rule]}]}
        for name in ("basic", "gold")
    )
    group = {"name": "Care", "selection_constraint": "AT_MOST_ONE", "product_type": "ADDON"}
    made = api.post(
        "/v1/pricing-groups", {"pricing_plan_schedule_id": mine, **group, "pricings": [basic]}
    ).ok()
    assert (made["pricing_plan_schedule_id"], len(made["pricings"])) == (mine, 1)
    more = api.post(
        "/v1/pricings", gold | {"pricing_plan_schedule_id": mine, "pricing_group_id": made["id"]}
    ).ok()
    shown = api.get(f"/v1/pricing-groups/{made['id']}").ok()
    assert [each["name"] for each in shown["pricings"]] == ["basic", "gold"]
    other = api.patch(f"/v1/pricings/{jobs['id']}", {"pricing_plan_version_id": None})
    assert (other.status, other.body["field"]) == (400, "status")  # the version is ACTIVE
    renamed = api.patch(f"/v1/pricings/{more['id']}", {"name": "Gold"}).ok()
    assert (renamed["id"], renamed["name"]) == (more["id"], "Gold")
    cheaper = api.patch(f"/v1/pricings/{own['id']}", {"items": [items[0] | {"configs": [flat("8")]}]}).ok()
    assert cheaper["items"][0]["configs"][0]["bands"][0]["amount"]["quantity"] == "8"
    elsewhere = api.patch(f"/v1/pricings/{own['id']}", {"pricing_plan_schedule_id": "ppsc_other"})
    assert (elsewhere.status, elsewhere.body["field"]) == (400, "pricing_plan_schedule_id")
    whole = api.get(f"{SCHEDULES}/{mine}").ok()
    assert [each["id"] for each in whole["override_pricings"]] == [own["id"]]
    assert whole["pricing_categories"][0]["pricing_groups"][0]["id"] == made["id"]

    api.delete(f"/v1/pricing-groups/{made['id']}").ok()
    assert api.delete(f"/v1/pricings/{own['id']}").ok()["id"] == own["id"]
    whole = api.get(f"{SCHEDULES}/{mine}").ok()
    assert (whole["override_pricings"], whole["pricing_categories"]) == ([], [])
    unknown = api.post("/v1/pricings", basic | {"pricing_plan_schedule_id": "ppsc_none"})
    assert (unknown.status, unknown.body["field"]) == (400, "pricing_plan_schedule_id")
