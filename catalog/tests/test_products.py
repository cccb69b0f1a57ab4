"""Categories, products and items: their operations, their statuses, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry
from catalog.tests import cast
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

PATHS = ["product-categories", "products", "product-items", "pricing-plans", "features"]


def make(api: ApiClient, path: str) -> dict[str, Any]:
    match path:
        case "product-categories":
            return cast.category(api)
        case "products":
            return cast.product(api)
        case "product-items":
            return cast.item(api, status="DRAFT")
        case "pricing-plans":
            return cast.plan(api)
    return api.post("/v1/features", {"reference": "sso", "name": "Single sign-on", "type": "SWITCH"}).ok()


@pytest.mark.parametrize("path", PATHS)
def test_a_resource_is_created_read_changed_listed_and_deleted(api: ApiClient, path: str) -> None:
    made = make(api, path)
    at = f"/v1/{path}/{made['id']}"
    assert api.get(at).ok() == made
    assert [row["id"] for row in api.get(f"/v1/{path}").ok()["data"]] == [made["id"]]
    changed = api.patch(at, {"name": "Another name", "description": "words"}).ok()
    assert changed == {**made, "name": "Another name", "description": "words"}
    assert api.delete(at).ok() == changed
    assert api.get(at).status == 404
    types = WebhookEvent.objects.filter(resource_id=made["id"]).order_by("sequence")
    kind = made["object_type"]
    assert [event.type for event in types] == [f"{kind}.CREATED", f"{kind}.UPDATED", f"{kind}.DELETED"]
    assert AuditEntry.objects.filter(object_id=made["id"]).count() == 3


@pytest.mark.parametrize("path", PATHS)
def test_another_platform_sees_nothing_of_it(api: ApiClient, stranger: ApiClient, path: str) -> None:
    made = make(api, path)
    assert stranger.get(f"/v1/{path}").ok()["data"] == []
    for method in ("GET", "PATCH", "DELETE"):
        answer = stranger.request(method, f"/v1/{path}/{made['id']}", {"name": "mine"})
        assert (answer.status, answer.body["code"]) == (404, "RESOURCE_NOT_FOUND")


@pytest.mark.parametrize("path", PATHS)
def test_a_reference_is_taken_once(api: ApiClient, path: str) -> None:
    made = make(api, path)
    again = {key: value for key, value in made.items() if value is not None}
    answer = api.post(f"/v1/{path}", again)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (
        409,
        "RESOURCE_ALREADY_EXISTS",
        "reference",
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("reference", ["", "two words", "nul\x00", "x" * 257, 7, None])
def test_a_bad_reference_is_refused(api: ApiClient, path: str, reference: Any) -> None:
    made = make(api, path)
    body = {key: value for key, value in made.items() if value is not None} | {"reference": reference}
    answer = api.post(f"/v1/{path}", body)
    assert (answer.status, answer.body["field"]) == (400, "reference")
    assert len(api.get(f"/v1/{path}").ok()["data"]) == 1


@pytest.mark.parametrize("path", [path for path in PATHS if path != "features"])
def test_it_is_found_by_reference_and_by_search_and_upserted(api: ApiClient, path: str) -> None:
    made = make(api, path)
    assert api.get(f"/v1/{path}/{made['reference']}").ok() == made
    wanted = {"search_fields": [{"name": "reference", "value": made["reference"][:3], "wildcard_end": True}]}
    assert api.post(f"/v1/{path}/search", wanted).ok()["data"] == [made]
    body = {**made, "name": "Upserted"}
    assert api.put(f"/v1/{path}", body).ok() == body
    other = {key: value for key, value in made.items() if value is not None} | {"reference": "other"}
    assert api.put(f"/v1/{path}", other).ok()["id"] != made["id"]


def test_a_feature_is_upserted_by_its_reference(api: ApiClient) -> None:
    made = make(api, "features")
    assert (
        api.put("/v1/features", {"reference": "sso", "name": "SSO", "type": "SWITCH"}).ok()["id"]
        == made["id"]
    )


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("product-categories", {"tax_category": "REDUCED"}, "tax_category"),
        ("product-categories", {"display_order": "first"}, "display_order"),
        ("product-categories", {"name": ["a", "b"]}, "name"),
        ("products", {"category_id": "proc_00000000000000000000"}, "category_id"),
        ("products", {"status": "LIVE"}, "status"),
        ("products", {"features": [{"reference": "none"}]}, "features.0"),
        ("product-items", {"model_type": "FREE"}, "model_type"),
        ("product-items", {"product_id": {"id": 1}}, "product_id"),
        ("product-items", {"name": "x" * 5000}, "name"),
        ("product-items", {"usage_based": []}, "usage_based"),
        ("product-items", {"meter_value_calculation_id": "none"}, "meter_value_calculation_id"),
        ("pricing-plans", {"pricing_currencies": ["EURO"]}, "pricing_currencies.0"),
        ("pricing-plans", {"customer_id": "acme"}, "customer_id"),
        ("features", {"type": "ENUM"}, "enum_values"),
        ("features", {"enum_values": ["a"]}, "enum_values"),
    ],
)
def test_bad_input_is_refused_with_its_field(
    api: ApiClient, path: str, body: dict[str, Any], field: str
) -> None:
    made = make(api, path)
    entries = WebhookEvent.objects.count()
    whole = {key: value for key, value in made.items() if value is not None} | {"reference": "new"} | body
    for answer in (api.post(f"/v1/{path}", whole), api.patch(f"/v1/{path}/{made['id']}", body)):
        assert (answer.status, answer.body["field"]) == (400, field), answer.body
    assert WebhookEvent.objects.count() == entries


def test_statuses_move_forward_only(api: ApiClient) -> None:
    made = cast.product(api)
    at = f"/v1/products/{made['id']}"
    assert api.post(f"{at}/deprecate").status == 400
    assert api.post(f"{at}/activate").ok()["status"] == "ACTIVE"
    assert api.post(f"{at}/activate").status == 400
    assert api.patch(at, {"status": "DRAFT"}).body["field"] == "status"
    assert api.post(f"{at}/deprecate").ok()["status"] == "DEPRECATED"
    assert api.post(f"{at}/archive").ok()["status"] == "ARCHIVED"
    assert api.patch(at, {"name": "late"}).body["code"] == "COULD_NOT_UPDATE_RESOURCE"
    assert api.delete(at).body["code"] == "COULD_NOT_DELETE_RESOURCE"


def test_items_follow_their_product_where_asked(api: ApiClient) -> None:
    made = cast.product(api)
    item = cast.item(api, product_id=made["id"], status="DRAFT")
    api.post(f"/v1/products/{made['id']}/activate").ok()
    assert api.get(f"/v1/product-items/{item['id']}").ok()["status"] == "DRAFT"
    api.post(f"/v1/products/{made['id']}/deprecate?align_product_item_status=true").ok()
    assert api.get(f"/v1/product-items/{item['id']}").ok()["status"] == "DRAFT"
    api.post(f"/v1/product-items/{item['id']}/activate").ok()
    api.patch(f"/v1/products/{made['id']}?align_product_item_status=true", {"status": "ARCHIVED"}).ok()
    assert api.get(f"/v1/product-items/{item['id']}").ok()["status"] == "ARCHIVED"
    assert api.post(f"/v1/products/{made['id']}/archive?align_product_item_status=yes").status == 400


def test_what_is_used_cannot_be_deleted(api: ApiClient) -> None:
    feature = make(api, "features")
    item = cast.item(api, status="DRAFT")
    api.patch("/v1/products/transcription", {"features": [{"id": feature["id"]}]}).ok()
    for path in (
        "product-categories/speech",
        f"features/{feature['id']}",
        f"meter-value-calculations/{item['meter_value_calculation_id']}",
    ):
        answer = api.delete(f"/v1/{path}")
        assert (answer.status, answer.body["code"]) == (400, "COULD_NOT_DELETE_RESOURCE"), path
        assert "in use" in answer.body["message"]


def test_a_draft_product_is_deleted_with_its_items_where_asked(api: ApiClient) -> None:
    made = cast.product(api)
    cast.item(api, product_id=made["id"], status="DRAFT")
    assert api.delete(f"/v1/products/{made['id']}").body["code"] == "COULD_NOT_DELETE_RESOURCE"
    api.delete(f"/v1/products/{made['id']}?align_product_item_status=true").ok()
    assert api.get("/v1/product-items").ok()["data"] == []


def test_the_calculation_of_an_item_has_two_places(api: ApiClient) -> None:
    product, calculation = cast.product(api), cast.calculation(api)
    body = {"product_id": product["id"], "name": "Minutes", "model_type": "USAGE_BASED"}
    flat = {"meter_value_calculation_id": calculation["id"]}
    for index, given in enumerate([flat, {"usage_based": flat}, {**flat, "usage_based": flat}]):
        made = api.post("/v1/product-items", body | given | {"reference": f"item-{index}"}).ok()
        assert made["meter_value_calculation_id"] == calculation["id"]
        assert made["usage_based"]["meter_value_calculation_id"] == calculation["id"]
    by_name = {"usage_based": {"meter_value_calculation_id": calculation["reference"]}, "reference": "named"}
    assert (
        api.post("/v1/product-items", body | by_name).ok()["meter_value_calculation_id"] == calculation["id"]
    )
    other = {"usage_based": {"meter_value_calculation_id": cast.calculation(api, "MAX")["id"]}}
    answer = api.post("/v1/product-items", body | flat | other | {"reference": "both"})
    assert (answer.status, answer.body["field"]) == (400, "usage_based.meter_value_calculation_id")


def test_only_a_metered_item_has_a_calculation_and_it_needs_one_to_be_active(api: ApiClient) -> None:
    made = cast.item(api, status="DRAFT", meter_value_calculation_id=None)
    at = f"/v1/product-items/{made['id']}"
    for answer in (api.post(f"{at}/activate"), api.patch(at, {"status": "ACTIVE"})):
        assert (answer.status, answer.body["field"]) == (400, "meter_value_calculation_id")
    calculation = cast.calculation(api)["id"]
    body = {"model_type": "RECURRING", "meter_value_calculation_id": calculation}
    assert api.patch(at, body).body["field"] == "meter_value_calculation_id"
    api.patch(at, {"meter_value_calculation_id": calculation, "status": "ACTIVE"}).ok()
    answer = api.patch(at, {"model_type": "ONE_OFF"})
    assert (answer.body["code"], answer.body["field"]) == ("COULD_NOT_UPDATE_RESOURCE", "model_type")


def test_lists_are_filtered_ordered_and_expanded(api: ApiClient) -> None:
    cast.product(api, "b", status="ACTIVE")
    cast.product(api, "a")
    listed = api.get("/v1/products?order_by=reference&order_direction=asc").ok()["data"]
    assert [row["reference"] for row in listed] == ["a", "b"]
    active = api.get("/v1/products?statuses[]=ACTIVE&expand[]=category_id").ok()["data"]
    assert [(row["reference"], row["category"]["reference"]) for row in active] == [("b", "speech")]
    other = cast.category(api, "video")["id"]
    assert api.get(f"/v1/products?product_category_id={other}").ok()["data"] == []


def test_an_item_expands_its_product_and_calculation(api: ApiClient) -> None:
    made = cast.item(api)
    path = (
        f"/v1/product-items/{made['id']}?expand[]=product_id.category_id&expand[]=meter_value_calculation_id"
    )
    shown = api.get(path).ok()
    assert shown["product"]["category"]["reference"] == "speech"
    assert shown["meter_value_calculation"]["calculation_type"] == "SUM"


def test_a_product_is_not_its_own_ancestor(api: ApiClient) -> None:
    parent = cast.product(api, "parent")
    child = cast.product(api, "child", parent_product_id=parent["id"])
    answer = api.patch(f"/v1/products/{parent['id']}", {"parent_product_id": child["id"]})
    assert (answer.status, answer.body["field"]) == (400, "parent_product_id")


@pytest.mark.parametrize("status", ["DEPRECATED", "ARCHIVED"])
def test_nothing_begins_its_life_at_the_end(api: ApiClient, status: str) -> None:
    body = {"name": "P", "reference": "p", "category_id": cast.category(api)["id"], "status": status}
    answer = api.post("/v1/products", body)
    assert (answer.status, answer.body["field"]) == (400, "status")
    plan = {"pricing_plan_id": cast.plan(api)["id"], "status": status}
    assert api.post("/v1/pricing-plan-versions", plan).body["field"] == "status"


def test_a_feature_lists_each_value_once(api: ApiClient) -> None:
    answer = api.post("/v1/features", {"reference": "f", "type": "ENUM", "enum_values": ["a", "a"]})
    assert (answer.status, answer.body["field"]) == (400, "enum_values")


def test_lists_are_narrowed_by_reference_as_well(api: ApiClient) -> None:
    cast.item(api)
    assert len(api.get("/v1/products?product_category_id=speech").ok()["data"]) == 1
    assert len(api.get("/v1/product-items?product_id=transcription").ok()["data"]) == 1
    assert api.get("/v1/product-items?product_id=other").ok()["data"] == []
