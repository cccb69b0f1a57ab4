"""A detail line: one thing charged, with everything needed to check its amount by hand."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from catalog.rating.types import Place


class DetailKind(StrEnum):
    """What a detail line charges for."""

    UNITS = "UNITS"
    BLOCKS = "BLOCKS"
    PERCENTAGE = "PERCENTAGE"
    FIXED_AMOUNT = "FIXED_AMOUNT"
    MINIMUM_AMOUNT = "MINIMUM_AMOUNT"
    MAXIMUM_AMOUNT = "MAXIMUM_AMOUNT"
    BUNDLES = "BUNDLES"
    PASS_THROUGH = "PASS_THROUGH"  # noqa: S105 (a charge, not a password)
    NOT_BELOW_ZERO = "NOT_BELOW_ZERO"


class Detail(NamedTuple):
    """``quantity`` charged as ``amount``; ``times`` counts what was multiplied (blocks, events, fees).

    A named tuple, not a dataclass: rating makes one per band reached, millions of times a month.
    """

    kind: DetailKind
    quantity: Decimal
    amount: Decimal
    times: Decimal | None = None
    place: Place | None = None
