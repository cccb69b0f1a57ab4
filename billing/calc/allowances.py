"""The included volume of a rule in a period: the plan's, or what the schedule set instead.

And which usage a period bills: that of the period, or with a persisted calculation all since the
schedule's start, in full each time. Included volumes are never prorated, as usage never is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from billing.calc.schedule import Active
from catalog.rating.types import Config, ResetType
from catalog.rating.volume import State
from kit.period import Span


@dataclass(frozen=True, slots=True)
class IncludedVolume:
    """A schedule's own included volume for a rule; `reset` None keeps the plan's."""

    config_id: str
    volume: Decimal
    active: Active
    reset: ResetType | None = None


class Persistence(StrEnum):
    """Whether a calculation starts anew with each period or counts since the schedule's start."""

    NONE = "NONE"
    SCHEDULE = "SCHEDULE"


def applied(config: Config, config_id: str, volumes: Sequence[IncludedVolume], *, start: datetime) -> Config:
    """The rule with the included volume that is in force when the period starts.

    Of several the one that started last counts, of two that started together the one given last.
    """
    known = [each for each in volumes if each.config_id == config_id and each.active.contains(start)]
    if not known:
        return config
    latest = max(each.active.start for each in known)
    last = [each for each in known if each.active.start == latest][-1]
    return replace(config, included_volume=last.volume, reset=last.reset or config.reset)


def carry(left: State, config: Config, *, new_schedule: bool) -> State:
    """What a following period begins with, from what the one before left (`Rated.left`).

    A new schedule fills an included volume with reset SCHEDULE again, and keeps none of the bundles
    bought under the one before.
    """
    if not new_schedule:
        return left
    return State(left.available if config.reset is ResetType.NEVER else None)


def usage_span(period: Span, *, persistence: Persistence, schedule_start: datetime) -> Span:
    """The span over which the usage of a period is counted."""
    if persistence is Persistence.SCHEDULE:
        return Span(min(schedule_start, period.start), period.end)
    return period
