"""What a config asks for that cannot be billed: features stored for later, and the wrong kind of usage.

Activation refuses a version for each of these problems, where rating fails in the words ``rate`` uses.
"""

from __future__ import annotations

from catalog.rating.types import Config, Problem, ValueType


def unsupported(config: Config) -> list[Problem]:
    """Every part of the config that does not rate, or that no invoice can bill, yet; by field."""
    return [*config.unrated, *config.unbilled]


def mismatches(config: Config, value_type: ValueType, currency: str | None) -> list[Problem]:
    """Why this config cannot price a value of that type (an AMOUNT in ``currency``); empty when it can.

    ``currency`` None means any: at activation the currency of future events is not known.
    """
    if config.value_type is None:
        return []
    if config.value_type is not value_type:
        wanted, given = config.value_type.value, value_type.value
        field = f"meter_value.{wanted.lower()}"
        return [Problem(field, f"this price is for {wanted} values, but the meter value is of type {given}")]
    if config.currency and currency and currency != config.currency:
        message = f"this price is in {config.currency}, but the meter value is in {currency}"
        return [Problem("meter_value.amount.currency", message)]
    return []
