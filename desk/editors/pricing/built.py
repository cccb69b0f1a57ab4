"""What building a config from a sheet finds: problems with row, message and fix, and what can be priced."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from desk.editors.pricing.kinds import CHARGE, Kind


@dataclass(frozen=True)
class Fix:
    """A button beside a problem: ``verb`` is what it does to the tiers."""

    label: str
    verb: str
    row: int = 0
    value: str = ""


@dataclass(frozen=True)
class Trouble:
    """A problem at the input ``id``; ``row`` is the tier's index. Warnings do not stop anything."""

    id: str
    message: str
    row: int | None = None
    fixes: tuple[Fix, ...] = ()
    kind: str = "error"


@dataclass(frozen=True)
class Terms:
    """What the item decides: its currency, whether its quantity is money or seats, what a unit is called.

    ``decided_elsewhere``: another calculation than the billed one decides its bands. ``in_bundles``: the
    rule that is edited is sold in bundles. ``kind`` has the words for what it does with its price.
    """

    currency: str
    is_money: bool = False
    unit: str = "unit"
    units: str = "units"
    metered: bool = True
    seats: bool = False
    decided_elsewhere: bool = False
    in_bundles: bool = False
    kind: Kind = CHARGE

    @property
    def asked(self) -> bool:
        """Whether the price depends on a quantity, so that the calculator asks for one."""
        return self.metered or self.seats


@dataclass(frozen=True)
class Gap:
    """Usage above ``above`` has no price until tier ``tier`` is put right."""

    above: Decimal
    tier: int


@dataclass
class Built:
    """``config`` when all is well; ``partial`` prices the ``sound`` tiers before the first error."""

    config: dict[str, Any] | None = None
    partial: dict[str, Any] | None = None
    troubles: list[Trouble] = field(default_factory=list)
    bounds: list[Decimal | None] = field(default_factory=list)
    sound: int = 0

    @property
    def gap(self) -> Gap | None:
        """What ``partial`` leaves open."""
        above = self.bounds[self.sound - 1] if self.sound and self.config is None else None
        return None if above is None else Gap(above, self.sound + 1)

    @property
    def errors(self) -> list[Trouble]:
        return [trouble for trouble in self.troubles if trouble.kind == "error"]
