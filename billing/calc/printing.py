"""A charge as plain data: its quantity, price trace, steps and sub lines, in the names of the API."""

from typing import Any

from billing.calc.charges import Charge
from catalog.rating.types import PricingType, ValueType
from kit.money import fixed, minor_units, plain

BANDED = frozenset({PricingType.TIERED, PricingType.TOP_TIERED, PricingType.STAIR_STEP})


def meter_value(charge: Charge) -> dict[str, Any] | None:
    """InvoiceLineMeterValue: the billed quantity, also when it is zero; None for a fee."""
    if not charge.is_usage:
        return None
    return {"reference": charge.item.meter_value_reference, **_quantity(charge)}


def line_details(charge: Charge, currency: str) -> dict[str, Any]:
    """PricingItemSummaryPriceDetails of the line; `band` where a single one was applied."""
    details = charge.rated.detail_dicts()
    return {
        "amount": {"quantity": fixed(charge.amount, currency), "currency": currency},
        "unrounded_amount": plain(charge.unrounded),
        "pricing_currency": charge.rated.currency,
        "pricing_amount": {"quantity": plain(charge.rated.amount), "currency": charge.rated.currency},
        "meter_value": _quantity(charge) if charge.is_usage else None,
        "band": details[0]["band"] if len(details) == 1 else None,
        "description": details[0]["description"] if len(details) == 1 else None,
        "proration": None if charge.share is None else charge.share.to_dict(),
    }


def line_steps(charge: Charge, currency: str) -> list[dict[str, Any]]:
    """How the line's amount came about; proration, where any, comes between total and rounding."""
    steps: list[dict[str, Any]] = charge.rated.step_dicts()
    if charge.late is not None:
        return [*steps, _already_billed(charge, currency)]
    if charge.share is None or charge.share.is_whole:
        return steps
    days, of_days = charge.share.days, charge.share.of_days
    proration = {
        "type": "PRORATION",
        "description": f"{days} of {of_days} days of the period",
        "days": days,
        "of_days": of_days,
        "amount": plain(charge.unrounded),
    }
    rounded = plain(charge.amount)
    rounding = {
        "type": "ROUNDING",
        "description": f"Rounded half up to {minor_units(currency)} decimals: {rounded} {currency}",
        "rule": "HALF_UP",
        "minor_units": minor_units(currency),
        "unrounded_amount": plain(charge.unrounded),
        "amount": rounded,
    }
    return [*(step for step in steps if step["type"] != "ROUNDING"), proration, rounding]


def late_usage(charge: Charge, currency: str) -> dict[str, Any] | None:
    """The final invoice whose period a line bills again, what the period comes to, and what it came to."""
    if charge.late is None:
        return None
    return {
        "invoice_id": charge.late.invoice_id,
        "invoice_number": charge.late.invoice_number,
        "total_amount": {"quantity": fixed(charge.late.total, currency), "currency": currency},
        "billed_amount": {"quantity": fixed(charge.late.billed, currency), "currency": currency},
    }


def sub_lines(charge: Charge) -> list[dict[str, Any]]:
    """One sub line for each band of a banded price, before proration and rounding."""
    if charge.rule.config.pricing_type not in BANDED:
        return []
    return [
        {"sub_line_order": order, "description": detail["description"], "details": detail}
        for order, detail in enumerate(charge.rated.detail_dicts(), 1)
    ]


def _quantity(charge: Charge) -> dict[str, Any]:
    usage = charge.rated.usage
    if usage.value_type is ValueType.NUMBER:
        return {"type": "NUMBER", "number": plain(usage.quantity), "amount": None}
    amount = {"quantity": plain(usage.quantity), "currency": usage.currency}
    return {"type": "AMOUNT", "number": None, "amount": amount}


def _already_billed(charge: Charge, currency: str) -> dict[str, Any]:
    assert charge.late is not None
    billed, rest = fixed(charge.late.billed, currency), fixed(charge.amount, currency)
    return {
        "type": "ALREADY_BILLED",
        "description": f"Less {billed} {currency} billed before for this period: {rest} {currency}",
        "billed_amount": billed,
        "amount": rest,
    }
