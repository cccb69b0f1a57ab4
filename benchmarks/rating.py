"""What rating costs beside the sums it must make: ``python -m benchmarks.rating``.

A price of five bands, rated at a quantity that reaches all of them, against the five multiplications and
additions of decimals that are in it. Exits with 1 when rating costs more than twenty times as much.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from time import perf_counter_ns

from catalog.rating import rate
from catalog.rating.explaining import explained
from catalog.rating.parsing import config
from catalog.rating.types import Config
from catalog.rating.usage import Usage

LIMIT = 20
ROUNDS = 40
CALLS = 500
BOUNDS = (100, 1_000, 10_000, 100_000, None)
PRICES = ("0.10", "0.08", "0.07", "0.065", "0.0612")
QUANTITY = Decimal("123456.789")


def price(pricing_type: str) -> Config:
    """Five bands per unit."""
    bands = [
        {"amount": {"quantity": amount, "currency": "EUR"}}
        | ({} if bound is None else {"tier_top_bound": {"number": str(bound)}})
        for bound, amount in zip(BOUNDS, PRICES, strict=True)
    ]
    return config.parse({"pricing_type": pricing_type, "bands": bands})


def bare() -> Callable[[], object]:
    """The sums of the progressive price, and nothing else."""
    tops = [Decimal(bound) for bound in BOUNDS if bound is not None]
    lows = [Decimal(0), *tops]
    widths = [high - low for low, high in zip(lows, [*tops, QUANTITY], strict=True)]
    terms = list(zip(widths, map(Decimal, PRICES), strict=True))

    def sums() -> Decimal:
        total = Decimal(0)
        for width, amount in terms:
            total = total + width * amount
        return total

    return sums


def fastest(call: Callable[[], object]) -> float:
    """Nanoseconds for one call, in the quietest of many rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = perf_counter_ns()
        for _ in range(CALLS):
            call()
        best = min(best, (perf_counter_ns() - start) / CALLS)
    return best


def main() -> int:
    usage = Usage.one_event(QUANTITY)
    tiered = price("TIERED")
    sums = bare()
    assert sums() == rate.rate(tiered, usage).amount
    floor = fastest(sums)
    rows: list[tuple[str, float]] = [("five multiplications and additions", floor)]
    for pricing_type in ("TIERED", "TOP_TIERED", "STAIR_STEP"):
        read = price(pricing_type)
        rows.append((f"rate() of {pricing_type}", fastest(partial(rate.rate, read, usage))))
    rows.append(
        (
            "rate() of TIERED, printed with its steps",
            fastest(lambda: explained.of(rate.rate(tiered, usage))),
        )
    )
    print(f"{'five bands':<44}{'microseconds':>14}{'times':>8}")
    for name, nanoseconds in rows:
        print(f"{name:<44}{nanoseconds / 1000:>14.2f}{nanoseconds / floor:>8.1f}")
    return 0 if rows[1][1] <= LIMIT * floor else 1


if __name__ == "__main__":
    sys.exit(main())
