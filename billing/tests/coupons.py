"""Coupons and codes, made through the API for the tests of billing."""

from __future__ import annotations

from typing import Any

from billing.tests.agreements import Line, lines
from billing.tests.world import money
from kit.testing import ApiClient

FOREVER = {"type": "FOREVER"}
ONE_TIME = {"type": "ONE_TIME"}


def months(count: int) -> dict[str, Any]:
    return {"type": "PERIOD", "period": {"type": "MONTH", "value": count}}


def percent(value: str) -> dict[str, Any]:
    return {"type": "PERCENTAGE", "percentage": value}


def off(quantity: str, currency: str = "EUR") -> dict[str, Any]:
    return {"type": "AMOUNT", "amount": money(quantity, currency)}


def coupon(
    api: ApiClient, reference: str, discount: dict[str, Any], duration: dict[str, Any], **extra: Any
) -> str:
    """An ACTIVE coupon; its id."""
    body = {"reference": reference, "name": reference.title(), "discount": discount, "duration": duration}
    made = api.post("/v1/coupons", body | {"status": "ACTIVE"} | extra).ok()
    return str(made["id"])


def code(api: ApiClient, coupon: str, text: str, **extra: Any) -> str:
    """An ACTIVE promotion code; its id."""
    body = {"coupon_id": coupon, "code": text, "status": "ACTIVE"} | extra
    return str(api.post("/v1/promotion-codes", body).ok()["id"])


def taken(invoice: dict[str, Any]) -> list[Line]:
    """Coupon id and net amount of every line that a coupon takes off."""
    return [
        (line["coupon_data"]["coupon_id"], line["amount_excluding_tax"]["quantity"])
        for line in lines(invoice)
        if line["coupon_data"]
    ]
