"""A charge as plain data: its quantity, price trace, steps and sub lines, in the names of the API."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from billing.calc import trail
from billing.calc.adjusting import Adjustment, LineType
from billing.calc.charge import Charge
from catalog.rating.explaining import printing, steps
from catalog.rating.types import ValueType
from catalog.rating.usage import Usage
from kit.money import EXACT, fixed, plain
from kit.period import format_instant


def meter_value(charge: Charge) -> dict[str, Any] | None:
    """InvoiceLineMeterValue: the billed quantity, also when it is zero; None for a fee."""
    if not charge.is_usage:
        return None
    number, amount = _either(charge.rated.usage)
    kind = charge.rated.usage.value_type.value
    return {"reference": charge.item.meter_value_reference, "type": kind, "number": number, "amount": amount}


def line_details(charge: Charge, details: Sequence[dict[str, Any]], currency: str) -> dict[str, Any]:
    """PricingItemSummaryPriceDetails of the line; `band` where its `line_charges` are of a single one."""
    single = details[0] if len(details) == 1 else {}
    return {
        "amount": {"quantity": fixed(charge.amount, currency), "currency": currency},
        "unrounded_amount": plain(charge.unrounded),
        "pricing_currency": charge.rated.currency,
        "pricing_amount": {"quantity": plain(charge.rated.amount), "currency": charge.rated.currency},
        "meter_value": _quantity(charge) if charge.is_usage else None,
        "band": single.get("band"),
        "description": single.get("description"),
        "proration": None if charge.share is None else charge.share.to_dict(),
        "used_exchange_rates": [rate.to_dict() for rate in charge.exchange.used] if charge.exchange else [],
        "included_volume_details": _included(charge),
        "tiering_meter_value": details[0]["tiering_meter_value"] if details else None,
        "price_bound": single.get("price_bound"),
        "meter_values": [_summary(charge)] if charge.is_usage else [],
        "report_meter_values": _reports(charge),
        "meter_value_share_of_total": charge.share_of_item,
        "split_pricing": _split(charge),
    }


def line_steps(charge: Charge, currency: str) -> list[dict[str, Any]]:
    """How the line's amount came about; what changed the rated total comes between it and the rounding."""
    found = steps.of(charge.rated)
    changes = trail.of(charge, currency)
    if changes:
        before = (step for step in found if step["type"] != "ROUNDING")
        found = [*before, *changes, *steps.rounding(charge.unrounded, currency)]
    return found if charge.late is None else [*found, _already_billed(charge, currency)]


def late_usage(charge: Charge | Adjustment, currency: str) -> dict[str, Any] | None:
    """The final invoice whose period a line bills again, what the period comes to, and what it came to."""
    if charge.late is None:
        return None
    return {
        "invoice_id": charge.late.invoice_id,
        "invoice_number": charge.late.invoice_number,
        "total_amount": {"quantity": fixed(charge.late.total, currency), "currency": currency},
        "billed_amount": {"quantity": fixed(charge.late.billed, currency), "currency": currency},
    }


def adjustment_dict(order: int, line: Adjustment, currency: str) -> dict[str, Any]:
    """A line that is no charge, but for its amounts; it stands for the level it names, not for a rule."""
    beside, coupon = line.beside, line.coupon
    is_discount = line.type is LineType.DISCOUNT
    rounded = fixed(line.amount, currency)
    return {
        "line_order": order,
        "type": line.type.value,
        "pricing_type": None,
        "discount_type": line.discount_type.value if line.discount_type else None,
        "commitment_type": None if is_discount else line.level.value,
        "level": line.level.value,
        "coupon_data": {"coupon_id": coupon.coupon_id, "promotion_code_id": coupon.promotion_code_id}
        if coupon
        else None,
        "description": line.description,
        "pricing_item_id": beside.item.pricing_item_id,
        "pricing_item_config_id": None,
        "product_item_ids": [],
        "start_at": format_instant(beside.span.start),
        "end_at": format_instant(beside.span.end),
        "meter_value": None,
        "quantity": None,
        "unit": None,
        "unit_amount": None,
        "details": {"amount": {"quantity": rounded, "currency": currency}, "description": line.description},
        "steps": [*line.steps, *([_already_billed(line, currency)] if line.late else [])],
        "sub_lines": [],
        "late_usage": late_usage(line, currency),
    }


def line_charges(charge: Charge) -> list[dict[str, Any]]:
    """What the price charges, before anything changes it, in the currency of the price."""
    return [_with_included(charge, detail) for detail in printing.of(charge.rated)]


def _summary(charge: Charge) -> dict[str, Any]:
    """IngestDataSummary: the usage of the line, how many events it is of, its share of the item's usage."""
    usage = charge.rated.usage
    number, amount = _either(usage)
    return {
        "number": number,
        "amount": amount,
        "amount_in_pricing_currency": amount,
        "count": usage.events,
        "ratio": charge.share_of_item,
    }


def _reports(charge: Charge) -> list[dict[str, Any]]:
    """ReportIngestDataSummary: what other calculations of the item say of the same usage."""
    found = []
    for calculation_id, usage in charge.reports:
        number, amount = _either(usage)
        found.append(
            {
                "meter_value_calculation_id": calculation_id,
                "number": number,
                "amount": amount,
                "amount_in_pricing_currency": amount,
                "count": str(usage.events),
            }
        )
    return found


def _either(usage: Usage) -> tuple[str | None, dict[str, Any] | None]:
    """The quantity as a number or as an amount."""
    if usage.value_type is ValueType.NUMBER:
        return plain(usage.quantity), None
    return None, {"quantity": plain(usage.quantity), "currency": usage.currency}


def _included(charge: Charge) -> dict[str, Any] | None:
    """PricingItemSummaryIncludedVolumeDetails: what was free, what of it is left, what was used."""
    had = _free(charge)
    if had is None:
        return None
    rated = charge.rated
    return {
        "included_volume": _measured(rated.usage, had),
        "available_included_volume": _measured(rated.usage, EXACT.subtract(had, rated.included)),
        "period_volume": _measured(rated.usage, rated.billable),
    }


def _free(charge: Charge) -> Decimal | None:
    """What was free when the period began; None where the price includes nothing."""
    rated = charge.rated
    had = rated.state.free(rated.config)
    return had if charge.is_usage and (rated.config.included_volume or had) else None


def _with_included(charge: Charge, detail: dict[str, Any]) -> dict[str, Any]:
    """The detail, whose band tells the volume that is free before any band."""
    had = _free(charge)
    if had is None or detail["band"] is None:
        return detail
    return detail | {"band": detail["band"] | {"included_volume": _measured(charge.rated.usage, had)}}


def _split(charge: Charge) -> dict[str, Any] | None:
    """The property values that the line is for."""
    if charge.values is None:
        return None
    pairs = zip(charge.rule.config.split, charge.values, strict=False)
    return {"meter_properties": [{"reference": split.meter_property, "value": each} for split, each in pairs]}


def _quantity(charge: Charge) -> dict[str, Any]:
    item = charge.item
    named = {"id": item.meter_value_id, "reference": item.meter_value_reference}
    return {**named, **_measured(charge.rated.usage, charge.rated.usage.quantity)}


def _measured(usage: Usage, quantity: Decimal) -> dict[str, Any]:
    """A quantity of what was used: a number, or money."""
    number, amount = _either(replace(usage, quantity=quantity))
    return {"type": usage.value_type.value, "number": number, "amount": amount}


def _already_billed(charge: Charge | Adjustment, currency: str) -> dict[str, Any]:
    assert charge.late is not None
    billed, rest = fixed(charge.late.billed, currency), fixed(charge.amount, currency)
    return {
        "type": "ALREADY_BILLED",
        "description": f"Less {billed} {currency} billed before for this period: {rest} {currency}",
        "billed_amount": billed,
        "amount": rest,
    }
