"""A rated amount as plain data, with all that explains it: what the calculator answers for one line.

Decimals are plain strings (no exponent, no trailing zeros), and keys keep one order.
"""

from __future__ import annotations

from typing import Any

from catalog.rating.explaining import printing, steps
from catalog.rating.rated import Rated
from kit.money import plain


def of(rated: Rated) -> dict[str, Any]:
    """``{amount, unrounded_amount, unit_amount, details, steps}``; see ``printing`` and ``steps``."""
    unit_amount = rated.unit_amount
    return {
        "amount": None if rated.money is None else rated.money.to_dict(),
        "unrounded_amount": plain(rated.amount),
        "unit_amount": None if unit_amount is None else plain(unit_amount),
        "details": printing.of(rated),
        "steps": steps.of(rated),
    }
