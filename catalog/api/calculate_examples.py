"""An example of every price model for the API document: a body, and what the calculator answers to it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiExample

from catalog.services import calculate
from catalog.services.calculate import Measured

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


def body_of(name: str) -> Json:
    """What to send."""
    pricing_type, bands, meter_value = MODELS[name]
    return {"config": {"pricing_type": pricing_type, "bands": bands}, "meter_value": meter_value}


def answer_to(body: Json) -> Json:
    """What comes back, by the function that answers it."""
    value = body["meter_value"]
    money = value.get("amount")
    measured = Measured(Decimal(money["quantity"] if money else value["number"]), money and money["currency"])
    found = calculate.price(
        config=body["config"], measured=measured, events=None, model_type=None, default_currency=CURRENCY
    )
    return {"pricing_item_config_id": None, **found}


def all_of_them() -> Iterator[OpenApiExample]:
    """A request and its response for each model."""
    for name in MODELS:
        body = body_of(name)
        yield OpenApiExample(name, value=body, request_only=True)
        yield OpenApiExample(name, value=answer_to(body), response_only=True, status_codes=["200"])
