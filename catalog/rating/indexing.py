"""Prices raised (or lowered) by a percentage, and rounded: the same config with other amounts.

Unit, block and fixed amounts change, and so do a floor and a cap per event. Percentages, credits, bounds,
sizes and volumes are no prices and stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from kit.errors import InvalidField, MissingField
from kit.money import EXACT, MAX_DECIMALS

AMOUNTS = ("amount", "fixed_amount", "minimum_amount", "maximum_amount")
HUNDRED = Decimal(100)
Json = Mapping[str, Any]


class RoundingMode(StrEnum):
    """To so many decimals, or to as many as the price has."""

    DECIMALS = "DECIMALS"
    PRESERVE_SCALE = "PRESERVE_SCALE"


@dataclass(frozen=True, slots=True)
class Indexing:
    """``percentage`` is percents (2.5 is 2.5 %), above -100; ``decimals`` belongs to DECIMALS."""

    percentage: Decimal
    mode: RoundingMode = RoundingMode.PRESERVE_SCALE
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.percentage <= -HUNDRED:
            raise InvalidField("must be above -100", field="percentage")
        if self.mode is RoundingMode.DECIMALS and self.decimals is None:
            raise MissingField(field="number_of_decimals")
        if self.decimals is not None and not 0 <= self.decimals <= MAX_DECIMALS:
            raise InvalidField(f"must be from 0 to {MAX_DECIMALS}", field="number_of_decimals")

    def of(self, quantity: str) -> str:
        """The quantity indexed, half up, with all its decimals."""
        before = Decimal(quantity)
        exponent = before.as_tuple().exponent
        scale = self.decimals
        if self.mode is RoundingMode.PRESERVE_SCALE or scale is None:
            scale = max(-exponent, 0) if isinstance(exponent, int) else 0
        factor = EXACT.divide(EXACT.add(HUNDRED, self.percentage), HUNDRED)
        after = EXACT.multiply(before, factor)
        return f"{after.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, context=EXACT):f}"


def indexed(config: Json, indexing: Indexing) -> dict[str, Any]:
    """The body of a pricing item config with its amounts indexed."""
    if not config.get("bands"):
        return dict(config)
    return {**config, "bands": [_band(each, indexing) for each in config["bands"]]}


def _band(band: Json, indexing: Indexing) -> dict[str, Any]:
    amounts = {
        name: {**band[name], "quantity": indexing.of(str(band[name]["quantity"]))}
        for name in AMOUNTS
        if band.get(name) is not None
    }
    return {**band, **amounts}
