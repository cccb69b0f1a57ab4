"""Sheets as they are stored, shown and kept: of a rule, of the active version, in the session."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from catalog.models import PricingItemConfig, PricingPlanVersion
from desk.editors.pricing import book, conditions, typed
from desk.editors.pricing.book import PricedItem
from desk.editors.pricing.sheet import FIXED, PERCENTAGE, Row, Sheet
from kit.errors import InvalidField


def stored(priced: PricedItem, config: PricingItemConfig | None) -> Sheet:
    """The sheet of what is stored, or an empty one that fits the item."""
    if config is not None:
        return grouped(Sheet.of_config(config.body))
    if priced.terms.seats:
        return Sheet(advance=True)
    if not priced.terms.metered:
        return Sheet(model=FIXED, advance=priced.item.model_type == "RECURRING")
    return Sheet(model=PERCENTAGE if priced.terms.is_money else "FLAT")


def grouped(sheet: Sheet) -> Sheet:
    """Bounds as people read them, prices in line."""

    def shown(text: str) -> str:
        try:
            return typed.grouped(typed.number(text, name="It")) if text else ""
        except InvalidField:
            return text

    prices = typed.aligned([row.price for row in sheet.rows])
    names = ("up_to", "size", "least", "most")
    rows = tuple(
        replace(row, price=price, **{name: shown(getattr(row, name)) for name in names})
        for row, price in zip(sheet.rows, prices, strict=True)
    )
    whole = {name: shown(getattr(sheet, name)) for name in ("included", *names[1:])}
    return Sheet(**{**sheet.__dict__, "rows": rows, **whole})


def active_item(
    active: PricingPlanVersion | None, priced: PricedItem, default_currency: str
) -> PricedItem | None:
    """The same item in the active version, by the price there for the same currency and period."""
    if active is None:
        return None
    same = book.read(active, default_currency=default_currency).item(priced.item.public_id)
    if same and priced.asked != priced.home:
        same = same.applied(priced.asked)
    return same if same and same.currency == priced.currency else None


def compared(same: PricedItem | None, config: PricingItemConfig | None) -> dict[str, Any] | None:
    """The active version's price of the item under the same conditions."""
    if same is None:
        return None
    tests = conditions.of(config.body) if config else []
    return next((each.body for each in same.configs if conditions.of(each.body) == tests), None)


def packed(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON for the session."""
    return asdict(sheet)


def unpacked(data: dict[str, Any]) -> Sheet:
    return Sheet(**{**data, "rows": tuple(Row(**row) for row in data["rows"])})
