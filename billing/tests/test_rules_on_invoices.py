"""Rules on properties, from the event to the line, through the API alone."""

from __future__ import annotations

import pytest

RULE = {"reference": "region", "comparator": "EQUALS", "value": "eu"}


def euros(quantity: str) -> dict[str, str]:
    return {"quantity": quantity, "currency": "EUR"}


@pytest.fixture
def subscription(api):
    """Calls by region: 0.01 in the EU, 0.02 elsewhere, for one customer from 1 May 2026."""
    api.post("/v1/test-clock", {"now": "2026-05-01T00:00:00Z"}).ok()
    made = {"status": "ACTIVE"}
    api.post("/v1/meter-values", {"reference": "calls", "name": "Calls", "type": "NUMBER", **made}).ok()
    region = {"reference": "region", "name": "Region", "type": "ENUM", "enum_values": ["eu", "us"], **made}
    api.post("/v1/meter-properties", region).ok()
    links = {
        "meter_values": [{"reference": "calls", "required": True}],
        "meter_properties": [{"reference": "region", "required": True}],
    }
    api.post("/v1/meters", {"reference": "api", "name": "API", **links, **made}).ok()
    calculation = {
        "reference": "sum",
        "calculation_type": "SUM",
        "meter_id": "api",
        "meter_value_id": "calls",
    }
    api.post("/v1/meter-value-calculations", calculation).ok()
    api.post("/v1/product-categories", {"reference": "cat", "name": "Platform"}).ok()
    api.post("/v1/products", {"reference": "prod", "name": "API", "category_id": "cat"}).ok()
    item = {"reference": "item", "name": "Calls", "product_id": "prod", "model_type": "USAGE_BASED"}
    api.post("/v1/product-items", {**item, "meter_value_calculation_id": "sum"}).ok()
    api.post("/v1/products/prod/activate?align_product_item_status=true").ok()
    api.post("/v1/pricing-plans", {"reference": "plan", "name": "Plan"}).ok()
    configs = [
        {
            "order": 1,
            "pricing_type": "FLAT",
            "conditions": {"meter_properties": [RULE]},
            "bands": [{"amount": euros("0.01")}],
        },
        {"order": 2, "pricing_type": "FLAT", "bands": [{"amount": euros("0.02")}]},
    ]
    pricing = {
        "name": "API",
        "product_ids": ["prod"],
        "items": [{"product_item_ids": ["item"], "configs": configs}],
    }
    tree = [{"product_category_id": "cat", "pricings": [pricing]}]
    version = {"pricing_plan_id": "plan", "pricing_categories": tree}
    version_id = api.post("/v1/pricing-plan-versions", version).ok()["id"]
    api.post("/v1/billing-entities", {"reference": "us", "registered_address": {"country": "NL"}}).ok()
    organization = {"legal_name": "Client", "registered_address": {"country": "NL"}}
    customer = {"reference": "client", "type": "ORGANIZATION", "organization": organization, **made}
    api.post("/v1/customers", customer).ok()
    return version_id


def subscribe(api, version_id):
    api.patch(f"/v1/pricing-plan-versions/{version_id}", {"status": "ACTIVE"}).ok()
    schedule = {"pricing_plan_version_id": version_id, "start_at": "2026-05-01T00:00:00Z"}
    terms = {"reference": "sub", "customer_reference": "client", "billing_entity_reference": "us"}
    body = {"pricing_plan_subscription": terms, "pricing_plan_schedules": [schedule]}
    api.post("/v1/pricing-plan-subscriptions/init", body).ok()


def send(api, reference: str, region: str) -> None:
    event = {
        "reference": reference,
        "meter_reference": "api",
        "customer_reference": "client",
        "meter_values": [{"reference": "calls", "number": "100"}],
        "meter_properties": [{"reference": "region", "value": region}],
    }
    assert api.post("/v1/events/ingest", event).ok()["processed_details"]["type"] in (
        "DEFAULT",
        "NOT_MATCHED",
    )


def billed(api) -> list[tuple[str, str]]:
    draft = api.get("/v1/invoices?include_periods=true&include_lines=true").ok()["data"][0]
    lines = [line for period in draft["periods"] for group in period["groups"] for line in group["lines"]]
    return [(line["quantity"], line["amount_excluding_tax"]["quantity"]) for line in lines]


def test_each_event_meets_the_first_rule_that_matches_it(api, subscription):
    subscribe(api, subscription)
    send(api, "e-1", "eu")
    send(api, "e-2", "us")
    assert billed(api) == [("100", "1.00"), ("100", "2.00")]


def test_usage_from_before_a_rule_first_asked_for_its_property_is_told_apart(api, subscription):
    send(api, "e-1", "eu")
    send(api, "e-2", "us")
    subscribe(api, subscription)
    send(api, "e-3", "us")
    assert billed(api) == [("100", "1.00"), ("200", "4.00")]


def test_a_fee_for_another_period_than_the_subscriptions_is_converted(api, subscription):
    fee = {
        "reference": "fee",
        "name": "Fee",
        "product_id": "prod",
        "model_type": "RECURRING",
        "status": "ACTIVE",
    }
    api.post("/v1/product-items", fee).ok()
    yearly = {"type": "YEAR", "value": 1}
    config = {"pricing_type": "FIXED", "billing_period": yearly, "bands": [{"amount": euros("99")}]}
    items = [{"product_item_ids": ["fee"], "configs": [config]}]
    pricing = {
        "pricing_plan_version_id": subscription,
        "name": "Fee",
        "product_ids": ["prod"],
        "items": items,
    }
    api.post("/v1/pricings", pricing).ok()
    api.patch(f"/v1/pricing-plan-versions/{subscription}", {"status": "ACTIVE"}).ok()
    schedule = {"pricing_plan_version_id": subscription, "start_at": "2026-05-01T00:00:00Z"}
    terms = {"reference": "sub", "customer_reference": "client", "billing_entity_reference": "us"}
    body = {"pricing_plan_subscription": terms, "pricing_plan_schedules": [schedule]}
    api.post("/v1/pricing-plan-subscriptions/init", body).ok()
    assert ("1", "8.25") in billed(api)
