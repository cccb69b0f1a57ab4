"""The terms of a schedule as they stand under another plan version.

Terms name rules and items of their own version. They are moved to the counterparts in the other
one, and cut to the time in which they are to apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Platform
from billing.models import PricingPlanSchedule
from billing.services import coupons
from billing.services.copy import SLICE
from billing.services.dated_terms import instant
from catalog.models import PricingPlanVersion
from catalog.rating.types import Problem
from catalog.selectors import counterparts
from catalog.services.own_prices import OVERRIDES
from kit.period import format_instant

TIMED = frozenset(("pricing_plan_version", "start_at", "end_at", "realigns_anchor"))
# Fields of problems that only a new schedule has: where prices are merely tried, these terms still apply.
STAYING = frozenset((OVERRIDES, coupons.BY_ID))
CARRIED = tuple(name for name in SLICE if name not in TIMED)


@dataclass(frozen=True, slots=True)
class Carried:
    """Columns of the schedule to be made, and which terms have no place under the other version."""

    values: dict[str, Any]
    problems: tuple[Problem, ...]


@dataclass
class Carrier:
    """Carries the terms of many schedules; which nodes are counterparts is read once per pair of versions."""

    platform: Platform
    known: dict[tuple[int, int], Mapping[str, str]] = field(default_factory=dict)

    def onto(
        self,
        schedule: PricingPlanSchedule,
        version: PricingPlanVersion,
        *,
        start: datetime,
        end: datetime | None,
    ) -> Carried:
        """What ``schedule`` says, in the words of ``version``, from ``start`` until ``end``.

        Terms that end before are left out. A term on a node that ``version`` lacks is a problem: nothing
        that a customer was promised is dropped silently.
        """
        stated = {name: getattr(schedule, name) for name in CARRIED}
        move = _Move(self._counterparts(schedule, version) if any(stated.values()) else {}, start, end)
        values = {name: move.value(value, name) for name, value in stated.items()}
        return Carried(values, (*_staying(schedule), *move.problems))

    def _counterparts(self, schedule: PricingPlanSchedule, version: PricingPlanVersion) -> Mapping[str, str]:
        pair = schedule.pricing_plan_version_id, version.pk
        if pair not in self.known:
            self.known[pair] = counterparts.of(self.platform, *pair)
        return self.known[pair]


def _staying(schedule: PricingPlanSchedule) -> Iterator[Problem]:
    """What was promised of this schedule alone is agreed anew for another version (``STAYING``)."""
    if schedule.own_version_id is not None:
        yield Problem(OVERRIDES, "prices of this schedule alone are not moved to another version")
    if coupons.applied(schedule):
        yield Problem(coupons.BY_ID, "coupons of this schedule are not moved to another version")


@dataclass
class _Move:
    """One walk through the terms; ``end`` None is open-ended."""

    counterparts: Mapping[str, str]
    start: datetime
    end: datetime | None
    problems: list[Problem] = field(default_factory=list)

    def value(self, value: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return {name: self.value(each, f"{path}.{name}") for name, each in value.items()}
        if isinstance(value, list):
            kept = [self._cut(each) for each in value if self._applies(each)]
            return [self.value(each, f"{path}.{index}") for index, each in enumerate(kept)]
        return self._named(value, path) if isinstance(value, str) else value

    def _named(self, value: str, path: str) -> str:
        if not value.startswith(counterparts.PREFIXES):
            return value
        if value not in self.counterparts:
            message = f"the version has no counterpart of {value}, which this schedule names"
            self.problems.append(Problem(path, message))
        return self.counterparts.get(value, value)

    def _applies(self, entry: Any) -> bool:
        if not isinstance(entry, Mapping):
            return True
        begins, ends = instant(entry, "start_at"), instant(entry, "end_at")
        over = ends is not None and ends <= self.start
        return not over and not (begins and self.end and begins >= self.end)

    def _cut(self, entry: Any) -> Any:
        """Dates within the time of the new schedule."""
        if not isinstance(entry, Mapping):
            return entry
        cut = dict(entry)
        begins, ends = instant(entry, "start_at"), instant(entry, "end_at")
        if begins and begins < self.start:
            cut["start_at"] = format_instant(self.start)
        if ends and self.end and ends > self.end:
            cut["end_at"] = format_instant(self.end)
        return cut
