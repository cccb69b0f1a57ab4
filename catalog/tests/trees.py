"""Price trees for tests."""

from __future__ import annotations

from typing import Any

from catalog.tests import cast
from kit.testing import ApiClient


def euro(quantity: str, currency: str = "EUR") -> dict[str, str]:
    return {"quantity": quantity, "currency": currency}


def flat(quantity: str = "0.04", **fields: Any) -> dict[str, Any]:
    """A unit price."""
    return {"pricing_type": "FLAT", "bands": [{"amount": euro(quantity)}], **fields}


def when(value: str, name: str = "sum-number-model", **fields: Any) -> dict[str, Any]:
    """Conditions of a rule."""
    return {"meter_properties": [{"reference": name, "comparator": "EQUALS", "value": value, **fields}]}


def pricing(item: dict[str, Any], *configs: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A pricing of one item."""
    items = [{"product_item_ids": [item["id"]], "configs": list(configs)}]
    return {"name": "Transcription", "product_ids": [item["product_id"]], "items": items, **fields}


def body(plan: dict[str, Any], *pricings: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A version with these pricings in the category Speech."""
    categories = [{"product_category_id": "speech", "pricings": list(pricings)}]
    return {"pricing_plan_id": plan["id"], "pricing_categories": categories, **fields}


def version(api: ApiClient, *configs: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A DRAFT of the plan payg that prices minutes by these configs."""
    found = api.get("/v1/pricing-plans/payg")
    plan = found.body if found.status == 200 else cast.plan(api)
    items = api.get("/v1/product-items").ok()["data"]
    item = items[0] if items else cast.item(api)
    return api.post("/v1/pricing-plan-versions", body(plan, pricing(item, *configs), **fields)).ok()


def configs(version: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules of the first pricing item."""
    return version["pricing_categories"][0]["pricings"][0]["items"][0]["configs"]


def activate(api: ApiClient, version: dict[str, Any]) -> Any:
    return api.patch(f"/v1/pricing-plan-versions/{version['id']}", {"status": "ACTIVE"})
