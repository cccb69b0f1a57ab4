"""From a sheet to a config: every problem with its row, message and fix, and what can be priced already."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from desk.editors.pricing import typed
from desk.editors.pricing.built import Built, Fix, Terms, Trouble
from desk.editors.pricing.sheet import (
    BANDED,
    FIXED,
    FLAT,
    LAST_STEP,
    NONE,
    PACKAGE,
    PASS_THROUGH,
    PERCENTAGE,
    STAIR_STEP,
    TOP_TIERED,
    Row,
    Sheet,
)
from kit.errors import InvalidField
from kit.money import plain


def build(sheet: Sheet, terms: Terms) -> Built:
    """The config, as the API takes it, or the problems in the order of the form."""
    builder = Builder(sheet, terms)
    return builder.built()


class Builder:
    """Reads the sheet once; ``troubles`` gathers what is wrong."""

    def __init__(self, sheet: Sheet, terms: Terms) -> None:
        self.sheet, self.terms, self.troubles = sheet, terms, list[Trouble]()

    def built(self) -> Built:
        sheet = self.sheet
        found = Built(troubles=self.troubles)
        body: dict[str, Any] = {"pricing_type": self._type(), "billing_in_advance": sheet.advance}
        if sheet.demand and not self.terms.metered:
            body["on_demand"] = True
        if sheet.model in BANDED:
            bands, found.bounds, found.sound = self._tiers()
        else:
            bands = self._single()
        if sheet.included and sheet.model not in (FIXED, NONE):
            volume = self._read("included", sheet.included, "Included volume")
            if volume:
                body["default_included_volume"] = self._measure(volume)
        if not found.errors:
            found.config = {**body, "bands": bands} if bands else body
            found.partial = found.config
        elif found.sound:
            found.partial = {**body, "bands": _opened(bands[: found.sound])}
        return found

    def _type(self) -> str:
        sheet = self.sheet
        if sheet.model == STAIR_STEP and sheet.steps == LAST_STEP:
            return TOP_TIERED
        return FLAT if sheet.model in (PACKAGE, PERCENTAGE) else sheet.model

    def _single(self) -> list[dict[str, Any]]:
        sheet = self.sheet
        if sheet.model in (PASS_THROUGH, NONE):
            return []
        if sheet.model == PERCENTAGE:
            return [self._percentage()]
        name = {PACKAGE: f"{self.terms.kind.price} per package", FIXED: "Amount"}.get(
            sheet.model, f"{self.terms.kind.price} per {self.terms.unit}"
        )
        band: dict[str, Any] = {"amount": self._price("price", sheet.price, name)}
        if sheet.model == PACKAGE:
            size = self._read("size", sheet.size, "Package size", above_zero=True)
            band["block_size"] = self._measure(size)
            band["block_rounding"] = sheet.rounding
        if sheet.model in (FLAT, PACKAGE):
            if has_fee(sheet.fee):
                band["fixed_amount"] = self._price("fee", sheet.fee, NAMES["fee"])
            band |= self._limits(sheet.least, sheet.most)
        return [band]

    def _percentage(self) -> dict[str, Any]:
        sheet = self.sheet
        percent = self._read("percent", sheet.percent, "Percent")
        band: dict[str, Any] = {"percentage": plain(percent)}
        limits = (("fee", "fixed_amount"), ("floor", "minimum_amount"), ("cap", "maximum_amount"))
        for name, target in limits:
            if getattr(sheet, name):
                band[target] = self._price(name, getattr(sheet, name), NAMES[name])
        low, high = (band.get(name, {}).get("quantity") for name in ("minimum_amount", "maximum_amount"))
        if low and high and Decimal(low) > Decimal(high):
            self._trouble("floor", "The minimum per event must not be above the maximum")
        return band

    def _tiers(self) -> tuple[list[dict[str, Any]], list[Decimal | None], int]:
        """(bands, bounds, how many from the first are sound)."""
        bands, bounds, sound, low = [], list[Decimal | None](), 0, Decimal(0)
        rows = self.sheet.tiers
        for index, row in enumerate(rows):
            before = len(self.troubles)
            bound = self._bound(index, row, low, is_last=index == len(rows) - 1)
            band = self._tier_price(index, row)
            if bound is not None:
                band["tier_top_bound"] = self._measure(bound)
                low = max(low, bound)
            bands.append(band)
            bounds.append(bound)
            sound += len(self.troubles) == before and sound == index
        return bands, bounds, sound

    def _bound(self, index: int, row: Row, low: Decimal, *, is_last: bool) -> Decimal | None:
        place, number = f"up_to-{index + 1}", index + 1
        if is_last and not row.up_to:
            return None
        if not row.up_to:
            self._trouble(place, f"Enter where tier {number} ends", index)
            return None
        bound = self._read(place, row.up_to, "Up to", row=index)
        if bound <= low and not self._failed(place):
            if index:
                message = f"Tier {number} must end after {typed.grouped(low)}, where tier {index} ends"
            else:
                message = "Tier 1 must end after 0"
            better = next_bound(low)
            fix = Fix(f"Set to {typed.grouped(better)}", "set", index, plain(better))
            self._trouble(place, message, index, (fix,))
        elif is_last and not self._failed(place):
            text = typed.grouped(bound)
            fixes = (Fix("Remove the limit", "open", index), Fix(f"Add a tier above {text}", "add", index))
            self._trouble(place, f"Usage above {text} has no price", index, fixes)
        return bound

    def _tier_price(self, index: int, row: Row) -> dict[str, Any]:
        number, terms = index + 1, self.terms
        if self.sheet.model == STAIR_STEP:
            return {"fixed_amount": self._price(f"tier_price-{number}", row.price, "Amount", index)}
        if terms.is_money and not row.size:
            percent = self._read(f"tier_price-{number}", row.price, "Percent", row=index)
            band: dict[str, Any] = {"percentage": plain(percent)}
        else:
            name = f"{terms.kind.price} per {'block' if row.size else terms.unit}"
            band = {"amount": self._price(f"tier_price-{number}", row.price, name, index)}
        if row.size:
            size = self._read(f"tier_size-{number}", row.size, "Block", row=index, above_zero=True)
            band |= {"block_size": self._measure(size), "block_rounding": row.rounding}
        if has_fee(row.fee):
            band["fixed_amount"] = self._price(f"tier_fee-{number}", row.fee, "Flat fee", index)
        return band | self._limits(row.least, row.most, index)

    def _limits(self, least: str, most: str, row: int | None = None) -> dict[str, str]:
        """The fewest and the most units that are charged."""
        before, after = ("", "") if row is None else ("tier_", f"-{row + 1}")
        low, high = f"{before}least{after}", f"{before}most{after}"
        typed_in = [
            (place, text, words, target)
            for place, text, words, target in (
                (low, least, "The fewest units", "minimum_number"),
                (high, most, "The most units", "maximum_number"),
            )
            if text
        ]
        if typed_in and (self.terms.in_bundles or self.terms.is_money):
            words = "A bundle is bought whole" if self.terms.in_bundles else "An amount has no units"
            self._trouble(typed_in[0][0], f"{words}: leave the fewest and most units empty", row)
            return {}
        found = {target: self._read(place, text, words, row=row) for place, text, words, target in typed_in}
        sound = not self._failed(low) and not self._failed(high)
        if sound and len(found) == 2 and found["minimum_number"] > found["maximum_number"]:
            self._trouble(low, "The fewest units must not be above the most", row)
        return {name: plain(value) for name, value in found.items()}

    def _price(self, place: str, text: str, name: str, row: int | None = None) -> dict[str, str]:
        self._read(place, text, name, row=row)
        quantity = "0" if self._failed(place) else typed.written(text)
        return {"quantity": quantity, "currency": self.terms.currency}

    def _read(
        self, place: str, text: str, name: str, *, row: int | None = None, above_zero: bool = False
    ) -> Decimal:
        """The number, or zero with a trouble noted."""
        if not text:
            self._trouble(place, f"Enter {name[:1].lower()}{name[1:]}", row)
            return Decimal(0)
        try:
            value = typed.number(text, name=name)
        except InvalidField as error:
            self._trouble(place, error.message, row)
            return Decimal(0)
        if above_zero and not value:
            self._trouble(place, f"{name} must be above 0", row)
        return value

    def _measure(self, quantity: Decimal) -> dict[str, Any]:
        if self.terms.is_money:
            return {"amount": {"quantity": plain(quantity), "currency": self.terms.currency}}
        return {"number": plain(quantity)}

    def _failed(self, place: str) -> bool:
        return any(trouble.id == place for trouble in self.troubles)

    def _trouble(self, place: str, message: str, row: int | None = None, fixes: tuple[Fix, ...] = ()) -> None:
        self.troubles.append(Trouble(place, message, row, fixes))


NAMES = {"fee": "Fee per event", "floor": "Minimum per event", "cap": "Maximum per event"}
STEPS = (Decimal(1), Decimal(5), Decimal(10))


def has_fee(text: str) -> bool:
    """Whether a fee was typed that charges anything."""
    return text.strip("0.") != ""


def next_bound(low: Decimal) -> Decimal:
    """The next of 1 and 5 times a power of ten above ``low``: a round end for a tier."""
    if low <= 0:
        return Decimal(1000)
    power = Decimal(1).scaleb(low.adjusted())
    return next(each for each in series(power) if each > low)


def series(power: Decimal) -> Iterator[Decimal]:
    """1, 5, 10, 50, 100 times ``power``."""
    for step in (*STEPS, Decimal(50)):
        yield step * power


def _opened(bands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bands with the last one open, so that they rate."""
    last = {name: value for name, value in bands[-1].items() if name != "tier_top_bound"}
    return [*bands[:-1], last]
