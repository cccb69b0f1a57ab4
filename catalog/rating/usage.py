"""What is priced: the aggregated quantity of one period and the events behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from catalog.rating.types import ValueType
from kit.errors import InvalidField
from kit.money import total

MAX_DIGITS = 50
"""With prices of 38 digits every product still fits the exact context."""


@dataclass(frozen=True, slots=True)
class Usage:
    """``quantity`` of a NUMBER value, or of an AMOUNT value in ``currency``.

    ``events`` counts the events behind it; ``values`` are their single values, needed only where
    ``rate.needs_events`` says so. ``calculation`` names how the quantity was aggregated (``SUM``),
    for the explanation only. The quantity may be negative (corrections); an empty sum is zero.
    """

    quantity: Decimal
    currency: str | None = None
    events: int = 0
    values: tuple[Decimal, ...] | None = None
    calculation: str | None = None

    def __post_init__(self) -> None:
        if not self.quantity.is_finite() or _digits(self.quantity) > MAX_DIGITS:
            raise InvalidField(
                f"must be a finite number of at most {MAX_DIGITS} digits", field=f"meter_value.{self.field}"
            )

    @property
    def value_type(self) -> ValueType:
        """AMOUNT when the quantity is money, NUMBER otherwise."""
        return ValueType.NUMBER if self.currency is None else ValueType.AMOUNT

    @property
    def field(self) -> str:
        """Where the quantity stands in a meter value: ``number`` or ``amount``."""
        return self.value_type.value.lower()

    @classmethod
    def of_events(
        cls, values: Iterable[Decimal], *, currency: str | None = None, calculation: str = "SUM"
    ) -> Usage:
        """The sum of these single values, in any order."""
        known = tuple(values)
        return cls(total(known), currency, len(known), known, calculation)

    @classmethod
    def agreed(cls, quantity: Decimal, *, currency: str | None = None) -> Usage:
        """What is agreed, not measured, as a fee or so many seats: charged once, not at all when zero."""
        known = (quantity,) if quantity else ()
        return cls(quantity, currency, len(known), known)

    @classmethod
    def one_event(cls, quantity: Decimal, *, currency: str | None = None) -> Usage:
        """The whole quantity in one event, or no event at all when it is zero (calculator, curve)."""
        return cls.of_events((quantity,) if quantity else (), currency=currency)


def _digits(value: Decimal) -> int:
    """Digits needed to write the value out; an exponent is judged, never expanded."""
    if not value:
        return 1
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    return max(value.adjusted() + 1, 1) + max(-exponent, 0)
