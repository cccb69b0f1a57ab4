"""Choices against groups, by hand and against counting day by day."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import selection
from billing.calc.schedule import Active
from billing.calc.selection import Choice, Constraint, Option, OptionGroup
from billing.calc.tests.grids import utc

DAYS = [utc(f"2026-05-{day:02}T00:00:00") for day in range(1, 12)]
WHOLE = Active(DAYS[0], DAYS[10])
OPTIONS = tuple(Option(f"pric_{name}", name, group="prig_1") for name in "abc")
CHOICES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(1, 10)).filter(
        lambda each: each[1] < each[2]
    ),
    max_size=4,
)


def made(drawn: Sequence[tuple[int, int, int]]) -> list[Choice]:
    return [
        Choice(OPTIONS[option], Active(DAYS[start], DAYS[end]), is_dated=True) for option, start, end in drawn
    ]


def group(constraint: Constraint, *, is_addon: bool = False) -> OptionGroup:
    return OptionGroup("prig_1", "Support", constraint, is_addon)


def on(choices: Sequence[Choice], day: int) -> list[str]:
    return [each.option.key for each in choices if each.active.contains(DAYS[day])]


@given(drawn=CHOICES, constraint=st.sampled_from(Constraint))
def test_the_groups_constraint_holds_on_every_day_or_is_told(
    drawn: list[tuple[int, int, int]], constraint: Constraint
) -> None:
    choices, groups = made(drawn), [group(constraint)]
    days = [on(choices, day) for day in range(10)]
    twice = any(len(day) != len(set(day)) for day in days)
    several = constraint in selection.AT_MOST_ONE and any(len(set(day)) > 1 for day in days)
    none = constraint in selection.AT_LEAST_ONE and not all(days)
    assert bool(selection.conflicts(choices, groups)) == (twice or several)
    assert bool(selection.missing(choices, groups, OPTIONS, WHOLE)) == none


def test_a_group_of_addons_may_be_left_out() -> None:
    groups = [group(Constraint.EXACTLY_ONE, is_addon=True)]
    assert selection.missing([], groups, OPTIONS, WHOLE) == []


def test_what_is_always_on_is_not_chosen_for_a_time() -> None:
    always = Option("pric_x", "x", optional=False)
    assert selection.conflicts([Choice(always, WHOLE)], []) == []
    (problem,) = selection.conflicts([Choice(always, WHOLE, is_dated=True)], [])
    assert problem.field == "enabled_pricings.0.pricing_id"


@pytest.mark.parametrize(("end", "told"), [(5, "2026-05-06"), (10, "")])
def test_a_gap_is_told_from_when_on(end: int, told: str) -> None:
    found = selection.missing(made([(0, 0, end)]), [group(Constraint.EXACTLY_ONE)], OPTIONS, WHOLE)
    assert [told in each.message for each in found] == ([True] if told else [])
