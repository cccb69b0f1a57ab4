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

from catalog.rating.comparisons import Condition, Expression, Test

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


TOP_UPS = frozenset({PricingType.FLAT_TOP_UP, PricingType.TIERED_TOP_UP, PricingType.STAIR_STEP_TOP_UP})

IN_BANDS = frozenset(
    {
        PricingType.TIERED,
        PricingType.TOP_TIERED,
        PricingType.STAIR_STEP,
        PricingType.TIERED_TOP_UP,
        PricingType.STAIR_STEP_TOP_UP,
    }
)
"""The models in which some quantity decides the band."""


class ValueType(StrEnum):
    """What a quantity is: plain units, or money."""

    NUMBER = "NUMBER"
    AMOUNT = "AMOUNT"


class BlockRounding(StrEnum):
    """A started block is charged whole (UP) or for its part (NONE)."""

    UP = "UP"
    NONE = "NONE"


class ResetType(StrEnum):
    """When an included volume is full again: each period, with a new schedule, or never."""

    PERIOD = "PERIOD"
    SCHEDULE = "SCHEDULE"
    NEVER = "NEVER"


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
    """``quantity`` credits for each unit, or each block of ``size``; see ``conversion``."""

    quantity: Decimal
    credit_type_id: str
    size: Decimal | None = None
    rounding: BlockRounding = BlockRounding.UP


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
class Split:
    """A property that splits lines; ``numeric`` makes "1.0" and "1" one value."""

    meter_property: str
    numeric: bool = False


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
    ``conditions`` and ``expressions`` must all hold; without any of them it is the default rule.
    ``tiering_conditions`` say which usage decides the band, ``volume_group`` names the rules whose
    volumes are combined, ``split`` the properties that get a line for each value; see ``pool``.
    ``rollover`` keeps what is left of a bundle. ``unrated`` lists what is stored but does not rate yet,
    ``unbilled`` what rates but no invoice can bill yet; see ``support``. ``places`` is derived: the
    bands with the lower bounds that their predecessors imply.
    """

    pricing_type: PricingType
    bands: tuple[Band, ...] = ()
    currency: str | None = None
    value_type: ValueType | None = None
    included_volume: Decimal = ZERO
    conditions: tuple[Condition, ...] = ()
    expressions: tuple[Expression, ...] = ()
    order: int | None = None
    tiering_conditions: tuple[Test, ...] = ()
    volume_group: str | None = None
    split: tuple[Split, ...] = ()
    reset: ResetType = ResetType.PERIOD
    rollover: bool = False
    unrated: tuple[Problem, ...] = ()
    unbilled: tuple[Problem, ...] = ()
    places: tuple[Place, ...] = field(init=False, repr=False, compare=False)

    @property
    def tests(self) -> tuple[Test, ...]:
        """Everything that must hold for an event to be priced here."""
        return (*self.conditions, *self.expressions)

    @property
    def is_default(self) -> bool:
        """Whether the rule prices whatever no other rule does."""
        return not self.conditions and not self.expressions

    @property
    def goes_on(self) -> bool:
        """Whether what one period leaves is there for the next."""
        return self.rollover or self.reset is not ResetType.PERIOD

    def __post_init__(self) -> None:
        bounds = [ZERO, *(band.upper_bound or ZERO for band in self.bands)]
        places = tuple(Place(order + 1, bounds[order], band) for order, band in enumerate(self.bands))
        object.__setattr__(self, "places", places)
