"""A plan of two items, and a subscription whose schedule may price them for itself."""

from __future__ import annotations

from typing import Any

from billing.tests.selling import START, Selling, compare, flat, when

Json = dict[str, Any]
SCHEDULES = "/v1/pricing-plan-schedules"


def plan(shop: Selling, **more: Any) -> tuple[str, Json]:
    """Jobs at 1 (in eu 2), files at 3: the id of the active version, and its only pricing."""
    eu = flat("2", order=1, conditions=when(compare("region", "EQUALS", "eu")))
    items = [
        {"product_item_ids": ["jobs"], "configs": [eu, flat("1", order=2)]},
        {"product_item_ids": ["files"], "configs": [flat("3")]},
    ]
    pricing = {"name": "Jobs", "product_ids": ["prod"], "items": items}
    tree = [{"product_category_id": "cat", "pricings": [pricing], **more}]
    body = {"pricing_plan_id": "plan", "pricing_categories": tree}
    version = shop.api.post("/v1/pricing-plan-versions", body).ok()["id"]
    active = shop.activate(version).ok()
    return version, active["pricing_categories"][0]


def init(shop: Selling, version: str | None, *, top: Json | None = None, **fields: Any) -> Any:
    named = {"pricing_plan_version_id": version} if version else {}
    terms = {"reference": "sub", "customer_reference": "client", "billing_entity_reference": "us"}
    terms["billing_currency"] = "EUR"
    schedule = {"start_at": START, **named, **fields}
    body = {"pricing_plan_subscription": terms, "pricing_plan_schedules": [schedule], **(top or {})}
    return shop.api.post("/v1/pricing-plan-subscriptions/init", body)


def schedule(shop: Selling) -> Json:
    found: Json = shop.api.get(f"{SCHEDULES}?pricing_plan_subscription_id=sub").ok()["data"][0]
    return found
