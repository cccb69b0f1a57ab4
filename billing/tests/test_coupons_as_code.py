"""Coupons and promotion codes in the catalog as code: by reference, the same bytes, all or nothing."""

from __future__ import annotations

from typing import Any

from billing.tests.coupons import FOREVER, code, coupon, months, off, percent
from billing.tests.selling import Selling
from catalog.api.as_code import text
from kit.testing import ApiClient

CATALOG = "/v1/catalog"


def stocked(api: ApiClient) -> None:
    """A catalog with coupons of every kind and status, and codes for everybody and for one customer."""
    Selling(api).open(properties={})
    usage = {"type": "USAGE", "usage": {"meter_value_id": "units", "number": "100"}}
    coupon(api, "free", usage, FOREVER, limited_to={"product_item_ids": ["jobs"]}, maximum_redemptions=3)
    above = {"comparator": "GREATER_THAN", "value": {"amount": {"quantity": "20", "currency": "EUR"}}}
    coupon(api, "five", off("5") | {"condition": above}, months(3), end_at="2030-01-01T00:00:00Z")
    for reference, verb in (("later", "deactivate"), ("over", "deprecate"), ("gone", "archive")):
        made = coupon(api, reference, percent("10"), {"type": "ONE_TIME"})
        code(api, made, f"{reference}-CODE")
        api.post(f"/v1/coupons/{made}/{verb}").ok()
    draft = {"name": "Draft", "discount": percent("1"), "duration": FOREVER}
    api.post("/v1/coupons", {"reference": "draft", **draft}).ok()
    code(api, "five", "FIVE", limited_to={"customer_ids": ["client"]}, maximum_redemptions_per_customer=1)
    api.post("/v1/promotion-codes/FIVE/deactivate").ok()


def changes(client: ApiClient, document: Any, verb: str = "diff") -> Any:
    return client.post(f"{CATALOG}/{verb}", document)


def test_they_are_carried_to_another_platform_byte_by_byte(api: ApiClient, stranger: ApiClient) -> None:
    stocked(api)
    document = api.get(f"{CATALOG}/export").ok()
    told = text.written(document)
    for private in ("coup_", "prco_", "cust_", "metv_", "number_of_redemptions", "created_at"):
        assert private not in told
    assert [each["reference"] for each in document["coupons"]] == [
        "draft", "five", "free", "gone", "later", "over",
    ]  # fmt: skip
    (five,) = (each for each in document["promotion_codes"] if each["code"] == "FIVE")
    assert (five["coupon_id"], five["limited_to"], five["status"]) == (
        "five",
        {"customer_ids": ["client"]},
        "INACTIVE",
    )
    assert changes(api, document).ok() == {"changes": []}

    refused = changes(stranger, document, "import")
    place = document["promotion_codes"].index(five)
    assert (refused.status, refused.body["field"]) == (
        400,
        f"promotion_codes.{place}.limited_to.customer_ids.0",
    )
    assert stranger.get("/v1/coupons").ok()["data"] == []
    stranger.post("/v1/customers", {"reference": "client", "type": "ORGANIZATION", "status": "DRAFT"}).ok()
    dry = changes(stranger, document).ok()["changes"]
    made = changes(stranger, text.read(told), "import").ok()["changes"]
    assert dry == made and {each["action"] for each in made} == {"CREATE"}
    assert text.written(stranger.get(f"{CATALOG}/export").ok()) == told
    assert changes(stranger, document, "import").ok() == {"changes": []}


def test_what_is_promised_stays_and_the_rest_is_changed(api: ApiClient) -> None:
    stocked(api)
    document = api.get(f"{CATALOG}/export").ok()
    coupons = {each["reference"]: each for each in document["coupons"]}
    codes = {each["code"]: each for each in document["promotion_codes"]}
    coupons["five"] |= {"name": "A fiver", "status": "INACTIVE"}
    del coupons["five"]["end_at"]
    coupons["draft"] |= {"limited_to": {"product_ids": ["prod"]}, "status": "INACTIVE"}
    codes["FIVE"]["status"] = "ACTIVE"
    told = changes(api, document, "import").ok()["changes"]
    assert [(each["kind"], each["reference"]) for each in told] == [
        ("coupons", "draft"),
        ("coupons", "five"),
        ("promotion_codes", "FIVE"),
    ]
    five = api.get("/v1/coupons/five").ok()
    assert (five["name"], five["status"], five["end_at"]) == ("A fiver", "INACTIVE", None)
    del coupons["draft"]["limited_to"]
    place = document["coupons"].index(coupons["draft"])
    promised = changes(api, document)
    assert (promised.status, promised.body["field"]) == (400, f"coupons.{place}.limited_to")
    coupons["draft"]["limited_to"] = {"product_ids": ["prod"]}

    coupons["free"]["discount"]["usage"]["number"] = "200"
    refused = changes(api, document)
    assert (refused.status, refused.body["field"]) == (400, "coupons.2.discount")
    coupons["free"]["discount"]["usage"]["number"] = "100"
    codes["FIVE"]["maximum_redemptions"] = 9
    refused = changes(api, document)
    place = document["promotion_codes"].index(codes["FIVE"])
    assert (refused.status, refused.body["field"]) == (400, f"promotion_codes.{place}.maximum_redemptions")
    codes["FIVE"].pop("maximum_redemptions")
    coupons["five"]["status"] = "ASLEEP"
    assert changes(api, document).body["field"] == "coupons.1.status"
    document["promotion_codes"].append({"coupon_id": "five", "code": "five"})
    coupons["five"]["status"] = "INACTIVE"
    assert changes(api, document).body["field"] == f"promotion_codes.{len(codes)}"
