"""Examples for the API document of what stands beside a price: all that an invoice would know."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
CURRENCY = "EUR"
MONTH, YEAR = {"type": "MONTH", "value": 1}, {"type": "YEAR", "value": 1}
MARCH = {"start_at": "2026-03-01T00:00:00Z", "time_zone": "Europe/Amsterdam"}
# From the 14th on: 18 of 31 days.
FROM_THE_14TH = {
    "start_at": "2026-03-14T00:00:00+01:00",
    "billing_time": "CALENDAR",
    "time_zone": "Europe/Amsterdam",
}


def money(quantity: str, currency: str = CURRENCY) -> Json:
    """An amount."""
    return {"quantity": quantity, "currency": currency}


def flat(price: str, **fields: Any) -> Json:
    """So much for each unit."""
    currency = fields.pop("currency", CURRENCY)
    return {"pricing_type": "FLAT", "bands": [{"amount": money(price, currency)}], **fields}


def tiered(**fields: Any) -> Json:
    """0.10 up to 100, 0.08 above."""
    bands = [
        {"amount": money("0.10"), "tier_top_bound": {"number": "100"}},
        {"amount": money("0.08")},
    ]
    return {"pricing_type": "TIERED", "bands": bands, **fields}


def fixed(price: str, **fields: Any) -> Json:
    """So much a period."""
    return {"pricing_type": "FIXED", "bands": [{"amount": money(price)}], **fields}


def of_model(value: str) -> Json:
    """Usage of this model of speech."""
    compared = {"reference": "model", "comparator": "EQUALS", "value": value}
    return {"meter_properties": [compared]}


def under(number: str, model: str) -> Json:
    """So many units of a model of speech."""
    return {"number": number, "meter_properties": [{"reference": "model", "value": model}]}


USED = {"meter_value": {"number": "150"}}
BOTH = {"meter_values": [under("120", "accurate"), under("150", "fast")]}
GROUP = {"volume_group_reference": "speech"}

# Name -> body.
BILLED: dict[str, Json] = {
    "Coupons after what a schedule takes off": {
        "config": flat("0.04"),
        "meter_value": {"number": "1200"},
        "terms": {
            "discounts": [{"percentage": "10"}],
            "coupons": [
                {"name": "Spring", "discount": {"type": "PERCENTAGE", "percentage": "15"}},
                {
                    "name": "Welcome",
                    "discount": {
                        "type": "AMOUNT",
                        "amount": money("5"),
                        "condition": {"comparator": "GREATER_THAN", "value": {"amount": money("40")}},
                    },
                },
            ],
        },
    },
    "Discounts and commitments at every level, of single rules": {
        "configs": [flat("0.04", conditions=of_model("accurate")), tiered()],
        **BOTH,
        "terms": {
            "markups": [{"amount": money("0.5"), "rules": [1]}],
            "discounts": [
                {"percentage": "5", "rules": [0]},
                {"amount": money("1")},
                {"percentage": "2", "level": "PRODUCT"},
                {"percentage": "1", "level": "CATEGORY"},
            ],
            "commitments": [
                {"meter_value_calculation": {"number": "200"}, "rules": [1]},
                {"amount": money("30"), "level": "TOTAL"},
            ],
            "total_discounts": [{"percentage": "3"}],
        },
    },
    "A price in dollars billed in euro at a rate of that day": {
        "config": flat("0.05", currency="USD"),
        "meter_value": {"number": "1200"},
        "period": MARCH,
        "terms": {
            "billing_currency": "EUR",
            "exchange_rates": [
                {
                    "base_currency": "EUR",
                    "currency": "USD",
                    "rate": "1.25",
                    "rate_timestamp": "2026-03-30T00:00:00Z",
                    "source": "ECB",
                }
            ],
        },
    },
    "Seats that change within a period": {
        "config": flat("24"),
        "seats_values": [
            {"number": "3"},
            {"number": "5", "start_at": "2026-03-14T00:00:00+01:00"},
        ],
        "period": MARCH,
        "billing_period": MONTH,
    },
    "A fee from the 14th of a month on": {
        "config": fixed("49"),
        "model_type": "RECURRING",
        "period": FROM_THE_14TH,
    },
    "A price per year billed by the month": {
        "config": fixed("1200", pricing_period=YEAR),
        "model_type": "RECURRING",
        "period": MARCH,
        "billing_period": MONTH,
    },
    "A fee among rules of usage, for a part of a period": {
        "configs": [fixed("62", conditions=of_model("accurate")), flat("0.02")],
        **BOTH,
        "period_fraction": "18/31",
    },
    "Tiers per year of which a part was billed before": {
        "config": tiered(pricing_period=YEAR, default_included_volume={"number": "50"}),
        "meter_value": {"number": "80"},
        "earlier_meter_value": {"number": "120"},
    },
    "Tiers per year that other items or subscriptions share": {
        "config": tiered(pricing_period=YEAR, **GROUP),
        "meter_value": {"number": "80"},
        "earlier_meter_value": {"number": "120"},
        "combined_meter_value": {"number": "300"},
        "earlier_combined_meter_value": {"number": "150"},
    },
    "A volume that other items or subscriptions share": {
        "config": tiered(),
        **USED,
        "combined_meter_value": {"number": "450"},
    },
    "Rules whose volumes are combined": {
        "configs": [tiered(conditions=of_model("accurate"), **GROUP), tiered(**GROUP)],
        **BOTH,
    },
    "Bands decided by all usage that meets conditions": {
        "configs": [
            tiered(
                conditions=of_model("accurate"),
                tiering_conditions={"meter_properties": [{"reference": "model", "comparator": "NOT_EMPTY"}]},
            ),
            flat("0.02"),
        ],
        **BOTH,
    },
    "What a schedule includes, and what is left of it": {
        "configs": [flat("0.04")],
        "meter_values": [{"number": "150"}],
        "included_volumes": [{"number": "500", "reset_type": "SCHEDULE"}],
        "left_by_rule": [{"rule": 0, "included_volume": "120"}],
    },
    "A deduction": {"config": flat("0.5"), "meter_value": {"number": "4"}, "type": "DEDUCTION"},
    "A conversion": {"config": flat("2"), **USED, "model_type": "USAGE_BASED_CONVERSION"},
    "Charged once": {"config": fixed("75"), "model_type": "ONE_OFF"},
    "Charged on demand": {
        "config": fixed("250", on_demand=True),
        "model_type": "ONE_OFF",
        "terms": {"total_discounts": [{"percentage": "10"}]},
    },
    "Bounds and fees of bands": {
        "config": {
            "pricing_type": "TIERED",
            "bands": [
                {"amount": money("0.10"), "minimum_number": "20", "tier_top_bound": {"number": "100"}},
                {"amount": money("0.08"), "fixed_amount": money("3"), "maximum_number": "40"},
            ],
        },
        **USED,
    },
}
