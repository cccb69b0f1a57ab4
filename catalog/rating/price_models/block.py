"""A price per block: a started block is a whole block, unless the part is priced (rounding NONE)."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating import arithmetic
from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import BlockPrice, BlockRounding, Place


def charge(price: BlockPrice, quantity: Decimal, place: Place) -> Detail:
    """``quantity`` units in blocks of ``price.size``; ``quantity`` is never negative."""
    if price.rounding is BlockRounding.NONE:
        amount = arithmetic.quotient(price.amount * quantity, price.size)
        return Detail(DetailKind.BLOCKS, quantity, amount, arithmetic.quotient(quantity, price.size), place)
    blocks = whole_blocks(quantity, price.size)
    return Detail(DetailKind.BLOCKS, quantity, blocks * price.amount, blocks, place)


def whole_blocks(quantity: Decimal, size: Decimal) -> Decimal:
    """How many blocks of ``size`` hold ``quantity``; an exact multiple starts no further block."""
    full, rest = divmod(quantity, size)
    return full + 1 if rest else full
