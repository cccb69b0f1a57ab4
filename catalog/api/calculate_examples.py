"""An example of every price model for the API document: a body, and what the calculator answers to it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiExample

from accounts.context import Context
from accounts.models import Platform
from catalog.api import calculate_answer
from catalog.api.calculate import CalculateSerializer
from catalog.api.calculate_modifier_examples import BILLED
from catalog.services.calculate_rules import Known

Json = dict[str, Any]
CURRENCY = "EUR"


def euros(quantity: str) -> Json:
    """An amount."""
    return {"quantity": quantity, "currency": CURRENCY}


def band(amount: str, top: str | None = None, **fields: Any) -> Json:
    """A band up to a number of units."""
    return {"amount": euros(amount), **({"tier_top_bound": {"number": top}} if top else {}), **fields}


PERCENTAGE = {"percentage": "2.5", "minimum_amount": euros("0.30"), "maximum_amount": euros("5")}
TIERS = [band("0.10", "100"), band("0.08", "1000"), band("0.07")]
STEPS = [band("25", "100"), band("20", "1000"), band("15")]
BUNDLE = band("8", block_size={"number": "10"})
# Name -> pricing type, bands, and the quantity that is asked for: a number, or (as "amount") money.
MODELS: dict[str, tuple[str, list[Json], Json]] = {
    "FLAT by the unit": ("FLAT", [band("0.04")], {"number": "1200"}),
    "FLAT by the block": ("FLAT", [band("0.25", block_size={"number": "100"})], {"number": "1050"}),
    "FLAT percentage": ("FLAT", [PERCENTAGE], {"amount": euros("150")}),
    "TIERED": ("TIERED", TIERS, {"number": "200"}),
    "TOP_TIERED": ("TOP_TIERED", TIERS, {"number": "500"}),
    "STAIR_STEP": ("STAIR_STEP", STEPS, {"number": "200"}),
    "FIXED": ("FIXED", [band("49")], {"number": "0"}),
    "PASS_THROUGH": ("PASS_THROUGH", [], {"amount": euros("12.34")}),
    "NONE": ("NONE", [], {"number": "7"}),
    "FLAT_TOP_UP": ("FLAT_TOP_UP", [BUNDLE], {"number": "12"}),
    "TIERED_TOP_UP": ("TIERED_TOP_UP", [band("8", "20"), band("6")], {"number": "30"}),
    "STAIR_STEP_TOP_UP": ("STAIR_STEP_TOP_UP", STEPS, {"number": "150"}),
}


BY_MODEL_OF_SPEECH = [
    {
        "pricing_type": "FLAT",
        "bands": [band("0.04")],
        "conditions": {
            "meter_properties": [{"reference": "model", "comparator": "EQUALS", "value": "accurate"}]
        },
    },
    {
        "pricing_type": "TIERED",
        "bands": TIERS,
        "split_pricing": {"meter_properties": [{"reference": "region"}]},
    },
]


def under(number: str, **properties: str) -> Json:
    """A number of units under property values."""
    named = [{"reference": name, "value": value} for name, value in properties.items()]
    return {"number": number, "meter_properties": named}


# Name -> body: what else may be asked.
MODIFIERS: dict[str, Json] = {
    "Included volume": {
        "config": {
            "pricing_type": "FLAT",
            "bands": [band("0.04")],
            "default_included_volume": {"number": "100"},
        },
        "meter_value": {"number": "150"},
    },
    "Floor and cap of single events": {
        "config": {"pricing_type": "FLAT", "bands": [PERCENTAGE]},
        "events": [{"amount": euros(each)} for each in ("10", "100", "1000")],
    },
    "Bands decided by another quantity": {
        "config": {"pricing_type": "TOP_TIERED", "bands": TIERS},
        "meter_value": {"number": "50"},
        "tiering_meter_value": {"number": "500"},
    },
    "Bands decided by another calculation, several property values": {
        "configs": BY_MODEL_OF_SPEECH,
        "meter_values": [
            under("120", model="accurate", region="eu"),
            under("150", model="fast", region="eu"),
        ],
        "tiering_meter_values": [
            under("40", model="fast", region="eu"),
            under("60", model="slow", region="us"),
        ],
        "tiering_calculation_type": "MAX",
    },
    "Bundles of which some are left": {
        "config": {"pricing_type": "FLAT_TOP_UP", "bands": [BUNDLE], "top_up": {"rollover": True}},
        "meter_value": {"number": "15"},
        "left": {"bundles": "8"},
    },
    "What a schedule changes": {
        "config": {"pricing_type": "FLAT", "bands": [band("0.04")]},
        "meter_value": {"number": "1200"},
        "terms": {
            "markups": [{"percentage": "10"}],
            "discounts": [{"amount": euros("5")}],
            "commitments": [{"amount": euros("60")}],
            "total_discounts": [{"percentage": "2"}],
        },
    },
    "Seats for half a period": {
        "config": {"pricing_type": "FLAT", "bands": [band("24")]},
        "seats": "3",
        "period_fraction": "0.5",
    },
    "Seats for 18 days of 31 with what a schedule changes": {
        "config": {"pricing_type": "FLAT", "bands": [band("24")]},
        "seats": "3",
        "period_fraction": "18/31",
        "terms": {"discounts": [{"percentage": "10"}], "commitments": [{"amount": euros("93")}]},
    },
    "A fee": {"config": {"pricing_type": "FIXED", "bands": [band("49")]}, "model_type": "RECURRING"},
    "Several property values": {
        "configs": BY_MODEL_OF_SPEECH,
        "meter_values": [
            under("120", model="accurate", region="eu"),
            under("150", model="fast", region="eu"),
            under("50", model="fast", region="us"),
        ],
    },
    "Events with properties": {
        "configs": BY_MODEL_OF_SPEECH,
        "events": [
            under("2", model="accurate", region="eu"),
            under("3", model="fast", region="us"),
            under("4", model="accurate", region="us"),
        ],
    },
    "The largest of several values": {
        "configs": BY_MODEL_OF_SPEECH,
        "calculation_type": "MAX",
        "meter_values": [under("150", model="fast", region="eu"), under("50", model="slow", region="eu")],
    },
}


def bodies() -> dict[str, Json]:
    """What to send, by the name of the example."""
    return {name: body_of(name) for name in MODELS} | MODIFIERS | BILLED


def body_of(name: str) -> Json:
    """A model at its quantity."""
    pricing_type, bands, meter_value = MODELS[name]
    return {"config": {"pricing_type": pricing_type, "bands": bands}, "meter_value": meter_value}


def answer_to(body: Json) -> Json:
    """What comes back, by the function that answers it: nothing stored is asked about, so nothing is read.

    Nor does any instant matter but those that the body tells.
    """
    platform = Platform(default_currency=CURRENCY)
    serializer = CalculateSerializer(data=body, context={"platform": platform})
    serializer.is_valid(raise_exception=True)
    ctx = Context(platform, datetime.min.replace(tzinfo=UTC))
    return calculate_answer.to(serializer.validated_data, ctx, Known())


@cache
def all_of_them() -> tuple[OpenApiExample, ...]:
    """A request and its response for each model, and for what else may be asked; once ports are filled."""
    asked = [OpenApiExample(name, value=body, request_only=True) for name, body in bodies().items()]
    answers = [
        OpenApiExample(name, value=answer_to(body), response_only=True, status_codes=["200"])
        for name, body in bodies().items()
    ]
    return *asked, *answers
