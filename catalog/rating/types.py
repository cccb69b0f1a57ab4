"""What a price is: frozen types in which an illegal price cannot be written down.

A band knows only its upper bound; it starts where the band before it ends, so gaps and overlaps
cannot be expressed. What a band charges for its units is exactly one ``Price``. ``config.parse``
is the only maker of these types; the models calculate without guards.

Units: money in major units of ``Config.currency``; percentages are percents (``2.5`` is 2.5 %);
quantities are units of the meter value (NUMBER) or major units of a currency (AMOUNT).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

ZERO = Decimal(0)


class PricingType(StrEnum):
    """The price models of the contract, section 3.1."""

    FLAT = "FLAT"
    FLAT_TOP_UP = "FLAT_TOP_UP"
    TIERED = "TIERED"
    TIERED_TOP_UP = "TIERED_TOP_UP"
    TOP_TIERED = "TOP_TIERED"
    STAIR_STEP = "STAIR_STEP"
    STAIR_STEP_TOP_UP = "STAIR_STEP_TOP_UP"
    FIXED = "FIXED"
    PASS_THROUGH = "PASS_THROUGH"  # noqa: S105 (a price model, not a password)
    NONE = "NONE"


class ValueType(StrEnum):
    """What a quantity is: plain units, or money."""

    NUMBER = "NUMBER"
    AMOUNT = "AMOUNT"


class BlockRounding(StrEnum):
    """A started block is charged whole (UP) or for its part (NONE)."""

    UP = "UP"
    NONE = "NONE"


class Comparator(StrEnum):
    """The comparators of the contract, section 1.8."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    IN = "IN"
    NOT_IN = "NOT_IN"
    GREATER_THAN = "GREATER_THAN"
    GREATER_THAN_OR_EQUALS = "GREATER_THAN_OR_EQUALS"
    LESS_THAN = "LESS_THAN"
    LESS_THAN_OR_EQUALS = "LESS_THAN_OR_EQUALS"
    EMPTY = "EMPTY"
    NOT_EMPTY = "NOT_EMPTY"
    CONTAINS = "CONTAINS"
    NOT_CONTAINS = "NOT_CONTAINS"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """``amount`` for each unit."""

    amount: Decimal


@dataclass(frozen=True, slots=True)
class BlockPrice:
    """``amount`` for each block of ``size`` units."""

    amount: Decimal
    size: Decimal
    rounding: BlockRounding = BlockRounding.UP


@dataclass(frozen=True, slots=True)
class Percentage:
    """``percent`` per cent of an AMOUNT value, each event at least ``floor`` and at most ``cap``."""

    percent: Decimal
    floor: Decimal | None = None
    cap: Decimal | None = None

    @property
    def per_event(self) -> bool:
        """Whether the charge depends on the single events, not only on their sum."""
        return self.floor is not None or self.cap is not None


@dataclass(frozen=True, slots=True)
class CreditsPrice:
    """``quantity`` credits for each unit. Stored; it does not rate."""

    quantity: Decimal
    credit_type_id: str


Price = UnitPrice | BlockPrice | Percentage | CreditsPrice


@dataclass(frozen=True, slots=True)
class Band:
    """One band: up to and including ``upper_bound`` (None on the last, open band).

    ``price`` is None where only ``fixed_amount`` is charged (FIXED, STAIR_STEP, a band that is free
    but for its fee). ``minimum_number``/``maximum_number`` bound the units charged in a reached band.
    """

    upper_bound: Decimal | None = None
    price: Price | None = None
    fixed_amount: Decimal | None = None
    minimum_number: Decimal | None = None
    maximum_number: Decimal | None = None


class Place(NamedTuple):
    """A band where it stands: ``order`` from 1, above ``lower_bound``, up to ``band.upper_bound``."""

    order: int
    lower_bound: Decimal
    band: Band


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison on a meter property, named by its reference (or by its id)."""

    meter_property: str
    comparator: Comparator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a config asks for that does not rate, at a dotted field path."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Config:
    """A pricing item config (a rule): which events it prices, and how.

    ``currency`` is the one currency of all its money, None when it names none (a bare percentage).
    ``value_type`` is what it can price, None when any quantity will do (FIXED, one STAIR_STEP band).
    ``unrated`` lists what is stored but does not rate yet; see ``support.unsupported``. ``places`` is
    derived: the bands with the lower bounds that their predecessors imply.
    """

    pricing_type: PricingType
    bands: tuple[Band, ...] = ()
    currency: str | None = None
    value_type: ValueType | None = None
    included_volume: Decimal = ZERO
    conditions: tuple[Condition, ...] = ()
    order: int | None = None
    unrated: tuple[Problem, ...] = ()
    places: tuple[Place, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        bounds = [ZERO, *(band.upper_bound or ZERO for band in self.bands)]
        places = tuple(Place(order + 1, bounds[order], band) for order, band in enumerate(self.bands))
        object.__setattr__(self, "places", places)
