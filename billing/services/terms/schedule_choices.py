"""Which add-ons and alternatives are chosen for a schedule: checked before they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from billing.calc import schedule_terms, selection
from billing.calc.schedule import Active
from billing.calc.selection import FIELD, Choice, Constraint, Option, OptionGroup
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.services.terms import dated_terms
from catalog.models import Pricing, PricingGroup, ProductType
from catalog.rating.types import Problem
from catalog.selectors import choices as selectors
from kit.errors import InvalidField, MissingField, ReferencedNotFound


@dataclass(frozen=True, slots=True)
class Offer:
    """What a schedule's prices offer to choose from. ``by_id`` finds an option by any of its ids."""

    options: tuple[Option, ...]
    groups: tuple[OptionGroup, ...]
    by_id: Mapping[str, Option]


def offer(schedule: PricingPlanSchedule) -> Offer:
    """The pricings of the plan and of the schedule's own prices: one query."""
    rows = selectors.pricings(schedule.platform, agreed_prices.versions_of(schedule))
    options = {row.public_id: _option(row) for row in rows if row.original is None}
    standing = {
        row.public_id: options[row.original.public_id]
        for row in rows
        if row.original and row.original.public_id in options
    }
    groups = {row.group.public_id: _group(row.group) for row in rows if row.group}
    return Offer(tuple(options.values()), tuple(groups.values()), options | standing)


def require(schedule: PricingPlanSchedule) -> None:
    """Raise for the first choice that cannot be made: an unknown pricing, bad dates, too many of a group."""
    if not schedule.enabled_pricings:
        return
    offered = offer(schedule)
    for index, each in enumerate(schedule.enabled_pricings):
        if each["pricing_id"] not in offered.by_id:
            message = f"{each['pricing_id']} is not among the pricings of the schedule"
            raise ReferencedNotFound(message, field=f"{FIELD}.{index}.pricing_id")
        dated_terms.require_dates(f"{FIELD}.{index}", each, schedule)
    for problem in selection.conflicts(_choices(schedule, offered), offered.groups):
        raise InvalidField(problem.message, field=problem.field)


def require_complete(schedule: PricingPlanSchedule) -> None:
    """Raise MissingField where a group of alternatives demands a choice that is not made."""
    for problem in problems(schedule):
        raise MissingField(problem.message, field=problem.field)


def problems(schedule: PricingPlanSchedule) -> list[Problem]:
    """Every group of which nothing is chosen though something must be."""
    offered = offer(schedule)
    whole = Active(schedule.start_at, schedule.end_at)
    return selection.missing(_choices(schedule, offered), offered.groups, offered.options, whole)


def _choices(schedule: PricingPlanSchedule, offered: Offer) -> list[Choice]:
    return [
        Choice(offered.by_id[each["pricing_id"]], active, _is_dated(each))
        for each in schedule.enabled_pricings
        if each["pricing_id"] in offered.by_id
        for active in schedule_terms.enabled([each], (each["pricing_id"],), start=schedule.start_at)
    ]


def _is_dated(body: Any) -> bool:
    return any(body.get(name) is not None for name in ("start_at", "end_at"))


def _option(row: Pricing) -> Option:
    name = row.name or row.public_id
    group = row.group.public_id if row.group else None
    return Option(row.public_id, name, selectors.is_optional(row), group)


def _group(row: PricingGroup) -> OptionGroup:
    is_addon = row.product_type == ProductType.ADDON
    return OptionGroup(
        row.public_id, row.name or row.public_id, Constraint(row.selection_constraint), is_addon
    )
