"""The included volume of a rule in a period: the plan's, or what the schedule set instead.

Included volumes are never prorated, as usage never is.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from billing.calc.schedule import Active
from catalog.rating.types import ZERO, Config, ResetType
from kit.money import EXACT


@dataclass(frozen=True, slots=True)
class IncludedVolume:
    """A schedule's own included volume for a rule; `reset` None keeps the plan's."""

    config_id: str
    volume: Decimal
    active: Active
    reset: ResetType | None = None


class Taken(NamedTuple):
    """The units that an included volume covered, and what bundles gained less what was used of them."""

    included: Decimal = ZERO
    bundles: Decimal = ZERO

    def plus(self, other: "Taken") -> "Taken":
        """Both together."""
        return Taken(EXACT.add(self.included, other.included), EXACT.add(self.bundles, other.bundles))

    def less(self, other: "Taken") -> "Taken":
        """What is left of it when the other is given back; parts may fall below zero."""
        return Taken(
            EXACT.subtract(self.included, other.included), EXACT.subtract(self.bundles, other.bundles)
        )


NOTHING = Taken()


def applied(
    config: Config, ids: Container[str], volumes: Sequence[IncludedVolume], *, start: datetime
) -> Config:
    """The rule that has these ids with the included volume that is in force when the period starts.

    Of several the one that started last counts, of two that started together the one given last.
    """
    known = [each for each in volumes if each.config_id in ids and each.active.contains(start)]
    if not known:
        return config
    latest = max(each.active.start for each in known)
    last = [each for each in known if each.active.start == latest][-1]
    return replace(config, included_volume=last.volume, reset=last.reset or config.reset)
