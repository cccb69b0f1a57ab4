"""The exact price curve: a vertex wherever the price bends or jumps, rated by the engine of invoices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from catalog.rating.types import BlockPrice, Config, PricingType
from kit.money import EXACT

Point = tuple[Decimal, Decimal]
AmountOf = Callable[[Decimal], Decimal]
MOST_STEPS = 200
NICE = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
JUST = Decimal("1e-9")
VISIBLE = Decimal("1e-6")
ZERO = Decimal(0)


def right_edge(quantity: Decimal) -> Decimal:
    """Twice the quantity asked, rounded up to 1, 2, 2.5 or 5 times a power of ten."""
    return nice(quantity * 2) if quantity > 0 else Decimal(100)


def nice(value: Decimal) -> Decimal:
    """The next round figure at or above ``value``."""
    power = Decimal(1).scaleb(value.adjusted())
    return next(step * power for step in NICE if step * power >= value)


def breaks(config: Config, top: Decimal) -> list[Decimal]:
    """Where the curve may bend or jump: the end of the included volume, the bounds, the package ends."""
    free = config.included_volume
    bounds = [free + band.upper_bound for band in config.bands if band.upper_bound is not None]
    found = {ZERO, free, *bounds, *_packages(config, top)}
    return sorted(each for each in found if each < top)


def segments(config: Config, top: Decimal, amount_of: AmountOf) -> list[list[Point]]:
    """The curve from zero to ``top``; a new segment begins where a top-tier price jumps."""
    apart = config.pricing_type is PricingType.TOP_TIERED
    just = EXACT.multiply(top, JUST).quantize(Decimal("1e-12"), rounding=ROUND_CEILING)
    last = amount_of(top)
    visible = EXACT.multiply(last, VISIBLE)
    found: list[list[Point]] = [[]]
    for place in breaks(config, top):
        here, after = amount_of(place), amount_of(place + just)
        found[-1].append((place, here))
        if abs(after - here) > visible:
            if apart and place:
                found.append([])
            found[-1].append((place, after))
    found[-1].append((top, last))
    return found


def per_unit(config: Config, top: Decimal, amount_of: AmountOf) -> list[list[Point]]:
    """The average price of a unit; it bends between the vertices, so it is taken at more places."""
    edges = [*breaks(config, top), top]
    just = EXACT.multiply(top, Decimal("0.002"))
    between = [start + (end - start) * part / 12 for start, end in pairwise(edges) for part in range(1, 12)]
    places = sorted(
        {each for each in (*edges, *between, *(edge + just for edge in edges)) if ZERO < each <= top}
    )
    return [[(place, EXACT.divide(amount_of(place), place)) for place in places]]


def _packages(config: Config, top: Decimal) -> list[Decimal]:
    sizes = [band.price.size for band in config.bands if isinstance(band.price, BlockPrice)]
    if not sizes or (top - config.included_volume) / sizes[0] > MOST_STEPS:
        return []
    count = int((top - config.included_volume) / sizes[0]) if top > config.included_volume else 0
    return [config.included_volume + sizes[0] * number for number in range(count + 1)]
