"""The exact price curve: a vertex wherever the price bends or jumps, rated by the engine of invoices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from catalog.rating.types import BlockPrice, Config, Place, PricingType
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
    found = {ZERO, free, *bounds, *_units(config, top)}
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


def _units(config: Config, top: Decimal) -> Iterator[Decimal]:
    """Where a block is full, and where the fewest or the most units of a tier are reached."""
    left = MOST_STEPS
    for place in config.places:
        whole = config.pricing_type is PricingType.TOP_TIERED
        start = config.included_volume + (ZERO if whole else place.lower_bound)
        low, high = _ends(config, place, top)
        limits = (place.band.minimum_number, place.band.maximum_number)
        yield from (start + each for each in limits if each is not None and low < start + each < high)
        size = place.band.price.size if isinstance(place.band.price, BlockPrice) else None
        if size is None or high <= low or (high - low) / size > left:
            continue
        first, last = int((low - start) / size), int((high - start) / size)
        left -= last - first
        ends = (start + size * number for number in range(first, last + 1))
        yield from (end for end in ends if end >= low)


def _ends(config: Config, place: Place, top: Decimal) -> tuple[Decimal, Decimal]:
    """From where to where the band lies on the axis, as far as it is drawn."""
    bound = place.band.upper_bound
    high = top if bound is None else min(top, config.included_volume + bound)
    return config.included_volume + place.lower_bound, high
