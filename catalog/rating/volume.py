"""What comes into a rating besides the quantity: what earlier periods left, and what decides the bands.

Both are data: a caller that keeps nothing and combines nothing leaves them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from catalog.rating.types import ZERO, Config

ALL = Decimal(1)


@dataclass(frozen=True, slots=True)
class State:
    """What is left from before, in units of the quantity.

    ``available`` is the included volume that may still be used, None for all of it (a new period with
    reset PERIOD, a new schedule with SCHEDULE, the first period with NEVER). ``carried`` is the unused
    part of the bundles of a TOP_UP price with rollover.
    """

    available: Decimal | None = None
    carried: Decimal = ZERO

    def free(self, config: Config) -> Decimal:
        """The included volume that the price may still take off."""
        return config.included_volume if self.available is None else self.available


FRESH = State()


@dataclass(frozen=True, slots=True)
class Tiering:
    """Another quantity decides the bands: a combined volume, or another measure.

    ``quantity`` is that volume, after included volumes. ``share`` is the part of a band's fixed amount
    that is paid here: all of it unless several rules share the volume.
    """

    quantity: Decimal
    share: Decimal = ALL


class Volume(NamedTuple):
    """What a model charges: ``quantity`` units, in the bands that ``tiering`` units reach."""

    quantity: Decimal
    tiering: Decimal
    share: Decimal = ALL
