"""What the tests of the catalog sell: a speech API, by the minute, at prices that each test states."""

from __future__ import annotations

from typing import Any

from kit.testing import ApiClient

EUR = "EUR"


def category(api: ApiClient, reference: str = "speech", **fields: Any) -> dict[str, Any]:
    body = {"name": "Speech", "reference": reference, "tax_category": "STANDARD", **fields}
    return api.post("/v1/product-categories", body).ok()


def product(api: ApiClient, reference: str = "transcription", **fields: Any) -> dict[str, Any]:
    if "category_id" not in fields:
        found = api.get("/v1/product-categories/speech")
        fields["category_id"] = (found.body if found.status == 200 else category(api))["id"]
    return api.post("/v1/products", {"name": "Transcription", "reference": reference, **fields}).ok()


def calculation(api: ApiClient, kind: str = "SUM", value_type: str = "NUMBER") -> dict[str, Any]:
    """A calculation over a meter of its own, with a required property ``model`` (accurate, quick)."""
    name = f"{kind.lower()}-{value_type.lower()}"
    found = api.get(f"/v1/meter-value-calculations/{name}")
    if found.status == 200:
        return found.body
    value = api.post(
        "/v1/meter-values",
        {"reference": f"{name}-value", "name": "Minutes", "type": value_type, "status": "ACTIVE"},
    ).ok()
    model, region = (
        api.post(
            "/v1/meter-properties",
            {
                "reference": f"{name}-{each}",
                "name": each,
                "type": "ENUM" if values else "STRING",
                "enum_values": values,
                "status": "ACTIVE",
            },
        ).ok()
        for each, values in (("model", ["accurate", "quick"]), ("region", []))
    )
    meter = api.post(
        "/v1/meters",
        {
            "reference": f"{name}-meter",
            "name": "Speech",
            "status": "ACTIVE",
            "meter_values": [{"id": value["id"]}],
            "meter_properties": [{"id": model["id"], "required": True}, {"id": region["id"]}],
        },
    ).ok()
    body = {"reference": name, "calculation_type": kind, "meter_id": meter["id"]}
    own = {"meter_property_id": model["id"]} if kind == "UNIQUE" else {"meter_value_id": value["id"]}
    return api.post("/v1/meter-value-calculations", body | own).ok()


def item(api: ApiClient, reference: str = "minutes", **fields: Any) -> dict[str, Any]:
    """A usage-based item, ACTIVE with its product unless ``status`` says otherwise."""
    body = {
        "name": "Minutes",
        "reference": reference,
        "model_type": "USAGE_BASED",
        "status": "ACTIVE",
        **fields,
    }
    if "product_id" not in body:
        found = api.get("/v1/products/transcription")
        body["product_id"] = (found.body if found.status == 200 else product(api, status="ACTIVE"))["id"]
    if body["model_type"] == "USAGE_BASED":
        body.setdefault("meter_value_calculation_id", calculation(api)["id"])
    return api.post("/v1/product-items", body).ok()


def plan(api: ApiClient, reference: str = "payg", **fields: Any) -> dict[str, Any]:
    return api.post("/v1/pricing-plans", {"reference": reference, "name": "Pay as you go", **fields}).ok()
