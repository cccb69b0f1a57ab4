"""PASS_THROUGH: the charge is the metered amount itself."""

from __future__ import annotations

from decimal import Decimal

from catalog.rating.details import Detail, DetailKind
from catalog.rating.types import Config
from catalog.rating.usage import Usage


def charge(config: Config, quantity: Decimal, usage: Usage) -> list[Detail]:
    """One line; none for zero."""
    return [Detail(DetailKind.PASS_THROUGH, quantity, quantity)] if quantity else []
