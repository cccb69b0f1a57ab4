"""The tutorial as API requests, step by step: what Get started shows beside each of its screens."""

from __future__ import annotations

from datetime import UTC, datetime

from desk.components.curl import Call
from kit.period import format_instant

ENTITY = Call(
    "POST",
    "/v1/billing-entities",
    {
        "reference": "halyard",
        "legal_name": "Halyard B.V.",
        "registered_address": {"city": "Rotterdam", "country": "NL"},
    },
)
METER = (
    Call(
        "POST",
        "/v1/meter-values",
        {"reference": "calls", "name": "Calls", "type": "NUMBER", "status": "ACTIVE"},
    ),
    Call(
        "POST",
        "/v1/meters",
        {
            "reference": "api_calls",
            "name": "API calls",
            "status": "ACTIVE",
            "meter_values": [{"reference": "calls", "required": True}],
        },
    ),
)
CALCULATION = Call(
    "POST",
    "/v1/meter-value-calculations",
    {
        "reference": "sum_of_calls",
        "calculation_type": "SUM",
        "meter_id": "api_calls",
        "meter_value_id": "calls",
    },
)
PRODUCT = (
    Call("POST", "/v1/product-categories", {"reference": "platform", "name": "Platform"}),
    Call(
        "POST",
        "/v1/products",
        {"reference": "api", "name": "API", "category_id": "platform", "status": "ACTIVE"},
    ),
    Call(
        "POST",
        "/v1/product-items",
        {
            "reference": "api_calls",
            "name": "API calls",
            "product_id": "api",
            "model_type": "USAGE_BASED",
            "meter_value_calculation_id": "sum_of_calls",
            "unit_name": {"singular": "call", "plural": "calls"},
            "status": "ACTIVE",
        },
    ),
)
CALLS_PRICE = {
    "product_item_ids": ["api_calls"],
    "configs": [
        {
            "pricing_type": "TIERED",
            "bands": [
                {"amount": {"quantity": "0", "currency": "EUR"}, "tier_top_bound": {"number": "1000"}},
                {"amount": {"quantity": "0.012", "currency": "EUR"}},
            ],
        }
    ],
}
PLAN = (
    Call("POST", "/v1/pricing-plans", {"reference": "growth", "name": "Growth"}),
    Call(
        "POST",
        "/v1/pricing-plan-versions",
        {
            "pricing_plan_id": "growth",
            "pricing_currency_settings": {"default_pricing_currency": "EUR", "pricing_currencies": ["EUR"]},
            "pricing_categories": [
                {
                    "product_category_id": "platform",
                    "pricings": [{"name": "API", "product_ids": ["api"], "items": [CALLS_PRICE]}],
                }
            ],
            "status": "ACTIVE",
        },
    ),
)
CUSTOMER = Call(
    "POST",
    "/v1/customers",
    {
        "reference": "brightwater",
        "type": "ORGANIZATION",
        "status": "ACTIVE",
        "organization": {
            "legal_name": "Brightwater Labs B.V.",
            "registered_address": {"city": "Utrecht", "country": "NL"},
        },
    },
)


def subscription(at: datetime) -> Call:
    """It starts with the day (UTC) of ``at``, so that usage of today is billed."""
    start = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Call(
        "POST",
        "/v1/pricing-plan-subscriptions/init",
        {
            "pricing_plan_subscription": {
                "customer_reference": "brightwater",
                "billing_time": "EXACT",
                "billing_currency": "EUR",
                "billing_period": {"type": "MONTH", "value": 1},
            },
            "pricing_plan_schedules": [
                {
                    "type": "DEFAULT",
                    "start_at": format_instant(start),
                    "pricing_plan_version_selector": {"pricing_plan_reference": "growth"},
                }
            ],
        },
    )


EVENT = Call(
    "POST",
    "/v1/events/ingest",
    {
        "reference": "evt-1",
        "customer_reference": "brightwater",
        "meter_reference": "api_calls",
        "meter_values": [{"reference": "calls", "number": "12500"}],
    },
)
DRAFT = Call("GET", "/v1/invoices")
