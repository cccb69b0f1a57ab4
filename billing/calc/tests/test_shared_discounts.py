"""Discounts that several schedules of one invoice have in common."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import discounts, shared_discounts
from billing.calc.discounts import Discount
from billing.calc.schedule import Active
from billing.calc.targets import AmountCondition, Level, Scope, Target
from billing.calc.tests.test_discounts import off, target
from catalog.rating.comparisons import Comparator


def sold(amount: object, schedule: str, item: str = "calls") -> Target:
    """A charge of a schedule: of an item of its plan version (``calls-v1``), for a sold thing (``calls``)."""
    found = target(amount, item=f"{item}-{schedule}")
    return replace(found, schedule_id=schedule, sold=frozenset({item}))


def own(value: str, schedule: str, item: str = "calls", condition: AmountCondition | None = None) -> Discount:
    scope = Scope(Level.ITEM, frozenset({f"{item}-{schedule}"}), schedule_id=schedule)
    return off(value, scope, condition=condition, name=f"discount of {schedule}")


def taken(*schedules: tuple[list[Discount], list[Target]]) -> list[str]:
    every = [each for _, targets in schedules for each in targets]
    some = shared_discounts.below_total(schedules)
    return [str(each.amount) for each in discounts.take(some, every, currency="EUR").taken]


def test_an_amount_off_the_same_sold_things_is_taken_off_once_from_both() -> None:
    v1, v2 = (([own("10", each)], [sold("8.00", each)]) for each in ("v1", "v2"))
    assert taken(v1, v2) == ["10.00"]
    assert taken(v1) == ["8.00"]
    (both,) = discounts.take(shared_discounts.below_total([v1, v2]), [*v1[1], *v2[1]], currency="EUR").taken
    assert both.parts == ((0, Decimal("5.00")), (1, Decimal("5.00")))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([own("10", "v1")], [own("10", "v2", "files")], ["10.00", "10.00"]),
        ([own("10", "v1")], [own("11", "v2")], ["10.00", "11.00"]),
        ([own("10", "v1")] * 2, [own("10", "v2")], ["10.00", "10.00"]),
        ([own("10 %", "v1")], [own("10 %", "v2")], ["5.00", "5.00"]),
        ([own("10", "v1")], [own("10", "v2")] * 2, ["10.00", "10.00"]),
        ([own("10", "v1")], [own("10", "v2"), own("10", "v2", "files")], ["10.00", "10.00"]),
        (
            [own("50 %", "v1"), own("60", "v1")],
            [own("50 %", "v2"), own("60", "v2")],
            ["25.00", "25.00", "50.00"],
        ),
        # It comes after what is before it in either of them.
        (
            [own("60", "v1"), own("50 %", "v1")],
            [own("50 %", "v2"), own("60", "v2")],
            ["25.00", "60.00", "5.00"],
        ),
    ],
)
def test_others_stand_alone_and_each_keeps_its_place(
    first: list[Discount], second: list[Discount], expected: list[str]
) -> None:
    v2 = [sold("50", "v2"), sold("50", "v2", "files")]
    assert taken((first, [sold("50", "v1")]), (second, v2)) == expected


def test_what_follows_one_that_both_have_follows_it_still() -> None:
    """The second schedule has two of its own before the 5 off, the first takes half of what that leaves."""
    first = [own("5", "v1"), own("50 %", "v1")]
    second = [own("1", "v2"), own("2", "v2"), own("5", "v2")]
    assert taken((first, [sold("20", "v1")]), (second, [sold("3", "v2")])) == ["1.00", "2.00", "5.00", "7.50"]


@pytest.mark.parametrize("level", [Level.TOTAL, Level.ITEM])
def test_one_that_several_have_is_called_in_each_as_it_is_there(level: Level) -> None:
    """It stands elsewhere in the next schedule, where another one has the place that it had."""
    names = {"v1": ["10"], "v2": ["20", "10"]}
    sides = [
        [
            replace(
                own(value, name),
                scope=Scope(level, own(value, name).scope.ids, schedule_id=name),
                name=str(place),
            )
            for place, value in enumerate(values)
        ]
        for name, values in names.items()
    ]
    if level is Level.TOTAL:
        found = shared_discounts.together(sides)
    else:
        found = shared_discounts.below_total(
            [(several, [sold("50", name)]) for several, name in zip(sides, names, strict=True)]
        )
    assert sorted((str(each.value), each.name_in("v1"), each.name_in("v2")) for each in found) == [
        ("10", "0", "1"),
        ("20", "0", "0"),
    ]


def of_rule(schedule: str, rule: str) -> Discount:
    scope = Scope(Level.RULE, frozenset({f"{rule}-{schedule}"}), schedule_id=schedule)
    return off("10", scope, name=f"discount of {rule} in {schedule}")


def priced(amount: str, schedule: str, rule: str) -> Target:
    """A charge of one rule of the calls, which has other ids in each version."""
    found = sold(amount, schedule)
    ids = {**found.ids, Level.RULE: frozenset({f"{rule}-{schedule}"})}
    return replace(found, ids=ids, prices=frozenset({("calls", rule)}))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (["eu"], ["us"], ["10.00", "10.00"]),
        (["eu"], ["eu"], ["10.00"]),
        (["eu", "us"], ["us", "eu"], ["10.00", "10.00"]),
        (["eu", "us"], ["us"], ["10.00", "10.00"]),
    ],
)
def test_equal_amounts_off_two_rules_of_an_item_are_two_and_off_one_rule_are_one(
    first: list[str], second: list[str], expected: list[str]
) -> None:
    charges = {name: [priced("50", name, rule) for rule in ("eu", "us")] for name in ("v1", "v2")}
    sides = [
        ([of_rule(name, rule) for rule in rules], charges[name])
        for name, rules in (("v1", first), ("v2", second))
    ]
    assert taken(*sides) == expected


def test_a_condition_looks_at_what_both_schedules_charge() -> None:
    above = AmountCondition(Comparator.GREATER_THAN, Decimal(80))
    v1, v2 = (([own("10", each, condition=above)], [sold("50", each)]) for each in ("v1", "v2"))
    assert (taken(v1), taken(v2), taken(v1, v2)) == ([], [], ["10.00"])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([(None, 15)], [(15, None)], ["10.00"]),  # goes on from the day on which the next schedule begins
        ([(None, 10)], [(15, None)], ["10.00", "10.00"]),
        ([(None, 10)], [(None, None)], ["10.00", "10.00"]),
        # The first one given is for a time to come: what goes on is the one in force.
        ([(28, None), (None, None)], [(None, None)], ["10.00"]),
        ([(None, None)], [(28, None), (None, None)], ["10.00"]),
    ],
)
def test_equal_amounts_that_are_valid_at_different_times_are_two(
    first: list[tuple[int | None, int | None]],
    second: list[tuple[int | None, int | None]],
    expected: list[str],
) -> None:
    """One schedule from the 1st on, the next one from the 15th on."""
    sides = [
        ([dated("10", name, begins, *days) for days in several], [on(begins, sold("50", name))])
        for name, begins, several in (("v1", 1, first), ("v2", 15, second))
    ]
    assert taken(*sides) == expected


def dated(value: str, schedule: str, begins: int, first: int | None, last: int | None) -> Discount:
    """From the ``first`` day on, or from when its schedule begins, until the ``last``."""
    found = own(value, schedule)
    active = Active(day(first or begins), day(last) if last else None)
    return replace(found, scope=replace(found.scope, active=active))


def on(begins: int, charge: Target) -> Target:
    return replace(charge, start=day(begins))


def day(number: int) -> datetime:
    return datetime(2026, 5, number, tzinfo=UTC)


def on_total(value: str, schedule: str) -> Discount:
    return off(value, Scope(Level.TOTAL, schedule_id=schedule), name=f"discount of {schedule}")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (["20"], ["20"], ["20.00"]),
        (["20", "20"], ["20"], ["20.00", "20.00"]),
        (["20", "20"], ["20", "20"], ["20.00", "20.00"]),
        (["20"], ["30"], ["20.00", "30.00"]),
        (["10 %"], ["10 %"], ["10.00"]),
    ],
)
def test_a_discount_on_the_total_is_taken_off_once_from_all_and_counts_as_often_as_a_schedule_has_it(
    first: list[str], second: list[str], expected: list[str]
) -> None:
    charges = [sold("50", "v1"), sold("50", "v2")]
    some = shared_discounts.together(
        [on_total(each, name) for each in several] for name, several in (("v1", first), ("v2", second))
    )
    assert [str(each.amount) for each in discounts.take(some, charges, currency="EUR").taken] == expected


@given(
    amounts=st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=5),
    value=st.decimals(0, 2000, places=2),
)
def test_however_often_a_period_is_divided_an_amount_off_is_the_same(
    amounts: list[Decimal], value: Decimal
) -> None:
    names = [f"v{index}" for index in range(len(amounts))]
    parts = [([own(str(value), each)], [sold(one, each)]) for each, one in zip(names, amounts, strict=True)]
    whole = min(value, sum(amounts, Decimal(0)))
    assert [Decimal(each) for each in taken(*parts)] == ([whole] if whole else [])
