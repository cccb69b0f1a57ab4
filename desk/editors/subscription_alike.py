"""Terms in the API's shape, to be compared by what they mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

NUMBERS = ("quantity", "percentage", "number")


def alike(terms: Any) -> Any:
    """Numbers by value, without what is empty."""
    if isinstance(terms, dict):
        found = {name: alike(each) for name, each in terms.items()}
        return {
            name: Decimal(each) if name in NUMBERS and isinstance(each, str) else each
            for name, each in found.items()
            if each not in (None, [], {})
        }
    if isinstance(terms, list):
        return [alike(each) for each in terms]
    return terms
