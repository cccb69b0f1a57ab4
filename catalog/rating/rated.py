"""What rating answers: the amount, and the detail lines that add up to it.

Figures only, and what follows from them; ``explaining`` makes sentences and steps of it when asked for.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from catalog.rating import arithmetic
from catalog.rating.details import Detail
from catalog.rating.price_models import top_up
from catalog.rating.types import ZERO, Config, PricingType, ResetType
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State, Tiering
from kit.money import Money, round_half_up


class Sequel(NamedTuple):
    """What a part of a pricing period is made from: the usage so far, and the usage before the part."""

    whole: Rated
    before: Rated


class Rated(NamedTuple):
    """One priced quantity. ``amount`` is unrounded and is the exact sum of the detail amounts.

    ``billable`` is the usage's quantity, zero where that is negative; ``included`` is the part of it
    the included volume covers, ``reused`` the part that bundles of earlier periods do; ``currency`` is
    None only where nothing can be charged (NONE). ``state`` and ``tiering`` are what it was rated with.
    ``sequel`` is set where it is one part of a longer pricing period (``continued``).
    A named tuple, as details are, because it is made once for every line of every draft.
    """

    config: Config
    usage: Usage
    currency: str | None
    billable: Decimal
    included: Decimal
    amount: Decimal
    details: tuple[Detail, ...]
    state: State = FRESH
    tiering: Tiering | None = None
    reused: Decimal = ZERO
    sequel: Sequel | None = None

    @property
    def left(self) -> State:
        """What the next period may use: the rest of the included volume and of the bundles.

        An included volume that is full again each period leaves None; bundles without rollover nothing.
        """
        if self.sequel is not None:
            return self.sequel.whole.left
        config = self.config
        with arithmetic.exact():
            rest = None if config.reset is ResetType.PERIOD else self.state.free(config) - self.included
            charged = self.billable - self.included - self.reused
            bundles = self.state.carried - self.reused + top_up.unused(self.details, charged)
        return State(rest, bundles if config.rollover else ZERO)

    @property
    def rounded(self) -> Decimal:
        """The amount as an invoice line bears it: half up to the currency's minor unit."""
        return self.amount if self.currency is None else round_half_up(self.amount, self.currency)

    @property
    def money(self) -> Money | None:
        """The rounded amount with its currency; None where nothing can be charged."""
        return None if self.currency is None else Money(self.rounded, self.currency)

    @property
    def unit_amount(self) -> Decimal | None:
        """The unrounded amount per unit of usage, 12 places half up; None without positive usage."""
        return arithmetic.per_unit(self.amount, self.usage.quantity)

    @property
    def has_line(self) -> bool:
        """Whether an invoice shows a line for it: always, zero included, but for NONE."""
        return self.config.pricing_type is not PricingType.NONE
