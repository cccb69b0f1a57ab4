"""What a schedule has of its own, as it stands under another plan version: its terms, prices and coupons.

Terms name pricings, items and rules of their own version. They are moved to the counterparts in the other
one, and cut to the time in which they are to apply. What has no counterpart is lost, and told.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Platform
from billing.models import PricingPlanSchedule
from billing.services.coupons import coupon_rules, coupons
from billing.services.subscriptions.copy import SLICE
from billing.services.terms import carried_prices
from billing.services.terms.carried_prices import OwnPrices
from billing.services.terms.dated_terms import instant
from catalog.models import PricingPlanVersion
from catalog.rating.types import Problem
from catalog.selectors import counterparts, plans
from catalog.services import own_prices, trees
from catalog.services.own_prices import CATEGORIES, OVERRIDES
from catalog.services.tree_walk import Node
from kit.errors import InvalidField
from kit.period import format_instant

TIMED = frozenset(("pricing_plan_version", "start_at", "end_at", "realigns_anchor"))
CARRIED = tuple(name for name in SLICE if name not in TIMED)
_LOST = object()


@dataclass(frozen=True, slots=True)
class Carried:
    """Columns of the schedule to be made, its own prices and coupons, and what has no place there.

    ``values`` is without what is ``lost``.
    """

    values: dict[str, Any]
    own: OwnPrices
    coupons: list[coupons.Entry]
    lost: tuple[Problem, ...]

    @property
    def fields(self) -> dict[str, Any]:
        """All of it, as ``schedules.create`` takes it."""
        prices = {OVERRIDES: self.own.overrides, CATEGORIES: self.own.categories}
        return {**self.values, **prices, "coupons": self.coupons}


@dataclass
class Carrier:
    """Carries what many schedules have; which nodes are counterparts is read once per pair of versions."""

    platform: Platform
    known: dict[tuple[int, int], Mapping[str, str]] = field(default_factory=dict)
    originals: dict[int, Mapping[str, Node]] = field(default_factory=dict)
    trees: dict[int, Any] = field(default_factory=dict)

    def read(self, schedules: Iterable[PricingPlanSchedule]) -> None:
        """Read the own prices of all of these at once, and what they stand for."""
        rows = [each for each in schedules if each.own_version_id is not None]
        missing = {each.own_version_id or 0 for each in rows} - self.trees.keys()
        if missing:
            self.trees |= {tree.pk: tree for tree in plans.trees(self.platform).filter(pk__in=missing)}
        versions = {each.pricing_plan_version_id for each in rows} - self.originals.keys()
        if versions:
            self.originals |= {version: {} for version in versions}
            for row in plans.pricings(self.platform).filter(version__in=versions):
                self.originals[row.version_id] |= {row.public_id: trees.pricing_node(row)}  # type: ignore[operator]

    def onto(
        self,
        schedule: PricingPlanSchedule,
        version: PricingPlanVersion,
        *,
        start: datetime,
        end: datetime | None,
    ) -> Carried:
        """What ``schedule`` says, in the words of ``version``, from ``start`` until ``end``.

        Terms that end before are left out. A term on a node that ``version`` lacks is told as lost: nothing
        that a customer was promised is dropped silently.
        """
        lost: list[Problem] = []
        stated = {name: getattr(schedule, name) for name in CARRIED}
        names = self._names(schedule, version) if any(stated.values()) or schedule.own_version_id else {}
        own = self._own(schedule, names, lost)
        move = _Move({**names, **{each: each for each in own.ids}}, start, end, lost)
        values = {name: move.column(value, name) for name, value in stated.items()}
        kept = list(_coupons(schedule, version, values, start, lost))
        return Carried(values, own, kept, tuple(lost))

    def _names(self, schedule: PricingPlanSchedule, version: PricingPlanVersion) -> Mapping[str, str]:
        pair = schedule.pricing_plan_version_id, version.pk
        if pair not in self.known:
            self.known[pair] = counterparts.of(self.platform, *pair)
        return self.known[pair]

    def _own(self, schedule: PricingPlanSchedule, names: Mapping[str, str], lost: list[Problem]) -> OwnPrices:
        if schedule.own_version_id is None:
            return OwnPrices()
        if schedule.own_version_id == schedule.pricing_plan_version_id:
            message = "the prices of a schedule without a plan give way to those of the version"
            lost.append(Problem(CATEGORIES, message))
            return OwnPrices()
        self.read([schedule])
        overrides, categories = own_prices.nodes(self.trees[schedule.own_version_id])
        originals = self.originals[schedule.pricing_plan_version_id]
        return carried_prices.onto(overrides, categories, names=names, originals=originals, lost=lost)


def _coupons(
    schedule: PricingPlanSchedule,
    version: PricingPlanVersion,
    values: Mapping[str, Any],
    start: datetime,
    lost: list[Problem],
) -> Iterator[coupons.Entry]:
    """The coupons that it has, each for the rest of its time; lost where it has nothing to take off."""
    then = copy.copy(schedule)
    put(then, version, values)
    counted = {coupons.BY_ID: 0, coupons.BY_CODE: 0}
    for entry in coupons.applied(schedule):
        name = coupons.BY_CODE if entry["promotion_code_id"] else coupons.BY_ID
        path = f"{name}.{counted[name]}"
        counted[name] += 1
        try:
            coupon_rules.require_sold(entry["discount"], entry.get("limited_to") or {}, then, path)
        except InvalidField as error:
            lost.append(Problem(path, error.message))
            continue
        begins = instant(entry, "start_at")
        yield (
            entry
            if begins and begins > start
            else {key: value for key, value in entry.items() if key != "start_at"}
        )


def put(schedule: PricingPlanSchedule, version: PricingPlanVersion, values: Mapping[str, Any]) -> None:
    """Give the schedule the version and what was carried to it, in memory only."""
    for name, value in values.items():
        setattr(schedule, name, value)
    schedule.tried_for = schedule.pricing_plan_version_id
    schedule.pricing_plan_version = version


@dataclass
class _Move:
    """One walk through the terms; ``end`` None is open-ended."""

    names: Mapping[str, str]
    start: datetime
    end: datetime | None
    lost: list[Problem]

    def column(self, value: Any, name: str) -> Any:
        """A column with what is left of it."""
        moved = self._moved(value, name)
        return None if moved is _LOST else moved

    def _moved(self, value: Any, path: str) -> Any:
        """``_LOST`` for a name without a counterpart, and for an entry that is about nothing without it."""
        if isinstance(value, Mapping):
            found = {name: self._moved(each, f"{path}.{name}") for name, each in value.items()}
            emptied = value.get("ids") and not found["ids"]
            return _LOST if emptied or _LOST in found.values() else found
        if isinstance(value, list):
            kept = [(place, self._cut(each)) for place, each in enumerate(value) if self._applies(each)]
            several = [self._moved(each, f"{path}.{place}") for place, each in kept]
            return [each for each in several if each is not _LOST]
        return self._named(value, path) if isinstance(value, str) else value

    def _named(self, value: str, path: str) -> Any:
        if not value.startswith(counterparts.PREFIXES):
            return value
        if value not in self.names:
            message = f"the version has no counterpart of {value}, which this schedule names"
            self.lost.append(Problem(path, message))
            return _LOST
        return self.names[value]

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
