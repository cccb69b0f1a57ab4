"""Whether the pricings that are chosen for a schedule suit each other: add-ons, and groups of alternatives.

A choice is in force for a time. What a group demands (ANY, AT_LEAST_ONE, AT_MOST_ONE, EXACTLY_ONE of its
pricings) holds at every instant of the schedule. A group of add-ons may be left out as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.calc.schedule import Active
from catalog.rating.types import Problem
from kit.period import format_instant

FIELD = "enabled_pricings"


class Constraint(StrEnum):
    """How many pricings of a group may be on at one time."""

    ANY = "ANY"
    AT_LEAST_ONE = "AT_LEAST_ONE"
    AT_MOST_ONE = "AT_MOST_ONE"
    EXACTLY_ONE = "EXACTLY_ONE"


AT_LEAST_ONE = frozenset({Constraint.AT_LEAST_ONE, Constraint.EXACTLY_ONE})
AT_MOST_ONE = frozenset({Constraint.AT_MOST_ONE, Constraint.EXACTLY_ONE})


@dataclass(frozen=True, slots=True)
class Option:
    """A pricing that a schedule could have. `optional` ones are on only while they are chosen."""

    key: str
    name: str
    optional: bool = True
    group: str | None = None


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Alternatives. An `is_addon` group demands nothing while none of it is chosen."""

    key: str
    name: str
    constraint: Constraint
    is_addon: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of `enabled_pricings`: which option, when, and whether it says when."""

    option: Option
    active: Active
    is_dated: bool = False


def conflicts(choices: Sequence[Choice], groups: Sequence[OptionGroup]) -> list[Problem]:
    """What is chosen and cannot be, entry by entry: none of it can be mended by choosing more."""
    return [*_single(choices), *_too_many(choices, groups)]


def missing(
    choices: Sequence[Choice], groups: Sequence[OptionGroup], options: Sequence[Option], whole: Active
) -> list[Problem]:
    """The groups of which nothing is on at some instant of the schedule, though something must be."""
    found = []
    for group in groups:
        if group.constraint not in AT_LEAST_ONE or group.is_addon:
            continue
        mine = [choice.active for choice in choices if choice.option.group == group.key]
        gap = next((each for each in _edges(mine, whole) if not _on(mine, each)), None)
        if gap is not None:
            names = ", ".join(f"{each.name} ({each.key})" for each in options if each.group == group.key)
            when = "" if not mine else f" from {format_instant(gap)} on"
            found.append(Problem(FIELD, f"one pricing of {group.name} must be chosen{when}: {names}"))
    return found


def _single(choices: Sequence[Choice]) -> Iterator[Problem]:
    for index, each in enumerate(choices):
        at = f"{FIELD}.{index}.pricing_id"
        if not each.option.optional and each.is_dated:
            yield Problem(at, f"{each.option.name} is always on; only add-ons and alternatives are chosen")
        before = [one for one in choices[:index] if one.option.key == each.option.key]
        if any(overlaps(one.active, each.active) for one in before):
            yield Problem(at, f"{each.option.name} is chosen twice for the same time")


def _too_many(choices: Sequence[Choice], groups: Sequence[OptionGroup]) -> Iterator[Problem]:
    for group in groups:
        if group.constraint not in AT_MOST_ONE:
            continue
        mine = [(index, each) for index, each in enumerate(choices) if each.option.group == group.key]
        for place, (index, each) in enumerate(mine):
            rival = next((one for _, one in mine[:place] if _excludes(one, each)), None)
            if rival is not None:
                message = f"{group.name} allows one pricing at a time, and {rival.option.name} is chosen"
                yield Problem(f"{FIELD}.{index}.pricing_id", message)


def _excludes(one: Choice, other: Choice) -> bool:
    return one.option.key != other.option.key and overlaps(one.active, other.active)


def overlaps(one: Active, other: Active) -> bool:
    """Whether both are in force at some instant."""
    start = max(one.start, other.start)
    return all(each.end is None or start < each.end for each in (one, other))


def _edges(mine: Sequence[Active], whole: Active) -> list[datetime]:
    """The instants at which what is on may change, within the schedule."""
    ends = [each.end for each in mine if each.end is not None]
    return [whole.start, *sorted(each for each in ends if whole.contains(each))]


def _on(mine: Sequence[Active], instant: datetime) -> bool:
    return any(each.contains(instant) for each in mine)
