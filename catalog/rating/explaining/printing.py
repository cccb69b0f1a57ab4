"""Detail lines as plain data: contract names, decimal strings, one English sentence each.

Shape of a detail: ``{type, description, amount: {quantity, currency}, quantity, times, unit_price,
percentage, price_bound, band, tiering_meter_value}``; ``times`` counts blocks, bundles, events or fees;
``unit_price`` is the price of a unit, block or fee; ``price_bound`` names the floor or cap that events
met; ``band`` is the contract's price details band plus its ``order``. Absent is None.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from catalog.rating.details import Detail, DetailKind
from catalog.rating.explaining import wording
from catalog.rating.rated import Rated
from catalog.rating.types import BlockPrice, Percentage, Place, Price, UnitPrice, ValueType
from catalog.rating.volume import Tiering
from kit.money import plain

BOUNDS = frozenset({DetailKind.MINIMUM_AMOUNT, DetailKind.MAXIMUM_AMOUNT})


def of(rated: Rated) -> list[dict[str, Any]]:
    """The detail lines in the contract's shape (PricingItemSummaryPriceDetails); they sum to the amount."""
    kind = rated.usage.value_type
    return [_detail(line, rated.currency, kind, rated.tiering) for line in rated.details]


def _detail(
    line: Detail, currency: str | None, value_type: ValueType, tiering: Tiering | None
) -> dict[str, Any]:
    """One detail line; ``value_type`` says whether bounds are numbers or amounts of ``currency``."""
    price = line.place.band.price if line.place else None
    return {
        "type": line.kind.value,
        "description": wording.of(line, currency),
        "amount": money(line.amount, currency),
        "quantity": plain(line.quantity),
        "times": text(line.times),
        "unit_price": text(unit_price(line)),
        "percentage": plain(price.percent) if isinstance(price, Percentage) else None,
        "price_bound": line.kind.value if line.kind in BOUNDS else None,
        "band": {
            **band(line.place, currency, value_type),
            "volume_share": text(tiering.share) if tiering else None,
        }
        if line.place
        else None,
        "tiering_meter_value": meter_value(tiering.quantity, currency, value_type) if tiering else None,
    }


def band(place: Place, currency: str | None, value_type: ValueType) -> dict[str, Any]:
    """The band applied, in the contract's names, with the bounds it covers."""
    price = place.band.price
    return {
        "order": place.order,
        **_price(price, currency, value_type),
        "fixed_amount": money(place.band.fixed_amount, currency),
        "minimum_number": text(place.band.minimum_number),
        "maximum_number": text(place.band.maximum_number),
        "tier_lower_bound": meter_value(place.lower_bound, currency, value_type),
        "tier_top_bound": meter_value(place.band.upper_bound, currency, value_type),
    }


def _price(price: Price | None, currency: str | None, value_type: ValueType) -> dict[str, Any]:
    percentage = price if isinstance(price, Percentage) else None
    return {
        "amount": money(price.amount, currency) if isinstance(price, UnitPrice | BlockPrice) else None,
        "percentage": plain(percentage.percent) if percentage else None,
        "minimum_amount": money(percentage.floor, currency) if percentage else None,
        "maximum_amount": money(percentage.cap, currency) if percentage else None,
        "block_size": meter_value(price.size, currency, value_type)
        if isinstance(price, BlockPrice)
        else None,
        "block_rounding": price.rounding.value if isinstance(price, BlockPrice) else None,
    }


def unit_price(line: Detail) -> Decimal | None:
    """The money that was multiplied: for one unit, block, fee, or event at its floor or cap."""
    if line.place is None:
        return None
    price = line.place.band.price
    if line.kind is DetailKind.FIXED_AMOUNT or price is None:
        return line.place.band.fixed_amount
    if isinstance(price, Percentage):
        return {DetailKind.MINIMUM_AMOUNT: price.floor, DetailKind.MAXIMUM_AMOUNT: price.cap}.get(line.kind)
    return price.amount if isinstance(price, UnitPrice | BlockPrice) else None


def money(quantity: Decimal | None, currency: str | None) -> dict[str, str | None] | None:
    """An Amount of the contract, unrounded."""
    return None if quantity is None else {"quantity": plain(quantity), "currency": currency}


def meter_value(
    quantity: Decimal | None, currency: str | None, value_type: ValueType
) -> dict[str, Any] | None:
    """A MeterValue of the contract: ``{"number": ..}`` or ``{"amount": {..}}``."""
    if quantity is None:
        return None
    if value_type is ValueType.AMOUNT:
        return {"amount": money(quantity, currency)}
    return {"number": plain(quantity)}


def text(value: Decimal | None) -> str | None:
    """A plain decimal string, or None."""
    return None if value is None else plain(value)
