"""The price curve: what each quantity around the bands and the asked one would cost, by ``rate`` itself.

Some 25 to 60 points for ordinary prices, more only where the bands themselves are more. Every
bound is a point, and just above each bound is another, so that jumps and kinks are drawn where they are.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from catalog.rating.rules import pool
from catalog.rating.types import ZERO, BlockPrice, Config
from catalog.rating.usage import Usage
from kit.money import EXACT, plain

INTERVALS = 55
HEADROOM = Decimal("1.25")
BLOCKS_SHOWN = 10
DEFAULT_TOP = Decimal(100)
JUMPS_SHOWN = 12


class Point(NamedTuple):
    """``quantity`` costs ``amount``, unrounded."""

    quantity: Decimal
    amount: Decimal

    def to_dict(self) -> dict[str, str]:
        """``{"number": "100", "amount": "10"}``."""
        return {"number": plain(self.quantity), "amount": plain(self.amount)}


def points(config: Config, usage: Usage, deciding: Decimal | None = None) -> list[Point]:
    """The curve around ``usage``; raises as ``rate.rate`` does. Each quantity is rated as one event.

    ``deciding`` is the quantity that decides the bands where that is not the usage: it stays.
    """
    return [
        Point(quantity, _amount(config, quantity, usage, deciding)) for quantity in _quantities(config, usage)
    ]


def _amount(config: Config, quantity: Decimal, usage: Usage, deciding: Decimal | None) -> Decimal:
    return pool.rate_alone(
        config, Usage.one_event(quantity, currency=usage.currency), deciding=deciding
    ).amount


def _quantities(config: Config, usage: Usage) -> list[Decimal]:
    bounds = _bounds(config)
    asked = max(usage.quantity, ZERO)
    top = EXACT.multiply(max([asked, *bounds, _blocks(config)]) or DEFAULT_TOP, HEADROOM)
    step = _nice(EXACT.divide(top, INTERVALS))
    count = int(EXACT.divide(top, step).to_integral_value(ROUND_CEILING))
    grid = [EXACT.multiply(step, Decimal(index)) for index in range(count + 1)]
    jumps = (
        [EXACT.add(bound, step.scaleb(-2, EXACT)) for bound in bounds] if len(bounds) <= JUMPS_SHOWN else []
    )
    return sorted({asked, *grid, *bounds, *jumps})


def _bounds(config: Config) -> list[Decimal]:
    """Where the curve bends: the end of the included volume and each upper bound beyond it."""
    free = config.included_volume
    tops = [EXACT.add(free, band.upper_bound) for band in config.bands if band.upper_bound is not None]
    return [free, *tops] if free else tops


def _blocks(config: Config) -> Decimal:
    """Room for a few blocks, so that a price per block shows its stairs."""
    sizes = [band.price.size for band in config.bands if isinstance(band.price, BlockPrice)]
    return EXACT.multiply(max(sizes, default=ZERO), Decimal(BLOCKS_SHOWN))


def _nice(step: Decimal) -> Decimal:
    """The next 1, 2 or 5 times a power of ten at or above ``step``."""
    power = Decimal(1).scaleb(step.adjusted())
    return next(
        factor * power
        for factor in (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
        if factor * power >= step
    )
