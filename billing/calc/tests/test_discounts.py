from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc import discounts
from billing.calc.discounts import Discount, DiscountType
from billing.calc.schedule import Active
from billing.calc.targets import AmountCondition, Level, Scope, Target
from billing.calc.tests.cast import flat, tiered
from billing.calc.tests.grids import utc
from catalog.rating import continued
from catalog.rating.comparisons import Comparator
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.errors import InvalidField

MAY = utc("2026-05-01T00:00:00")
EVERYTHING = Scope(Level.TOTAL)


def target(amount: object, **ids: str) -> Target:
    return Target(
        Decimal(str(amount)), MAY, {Level(level.upper()): frozenset({i}) for level, i in ids.items()}
    )


def off(value: str, scope: Scope = EVERYTHING, **fields: Any) -> Discount:
    """`10 %`, `10` (an amount) or `10 units`."""
    number, _, unit = value.partition(" ")
    types = {"%": DiscountType.PERCENTAGE, "": DiscountType.AMOUNT, "units": DiscountType.USAGE}
    return Discount(types[unit], Decimal(number), scope, "Discount", **fields)


def take(some: list[Discount], *targets: Target, currency: str = "EUR") -> list[str]:
    return [str(each.amount) for each in discounts.take(some, targets, currency=currency).taken]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("10 %", ["10.00"]), ("25", ["25.00"]), ("250", ["100.00"]), ("150 %", ["100.00"])],
)
def test_a_discount_takes_a_part_or_an_amount_and_stops_at_zero(value: str, expected: list[str]) -> None:
    assert take([off(value)], target("100.00")) == expected


def test_several_percentages_apply_one_after_the_other_in_the_given_order() -> None:
    assert take([off("10 %"), off("20 %")], target("100.00")) == ["10.00", "18.00"]
    assert take([off("30"), off("10 %")], target("100.00")) == ["30.00", "7.00"]
    assert take([off("10 %"), off("30")], target("100.00")) == ["10.00", "30.00"]


def test_the_narrowest_level_comes_first() -> None:
    scopes = {level: Scope(level, frozenset({"a"})) for level in Level}
    some = [off("1 %", scopes[level]) for level in reversed(Level)]
    assert [each.scope.level for each in discounts.by_level(some)] == list(Level)[:-1]
    assert [each.scope.level for each in discounts.on_total(some)] == [Level.TOTAL]


def test_only_what_is_in_scope_is_reduced() -> None:
    rule = Scope(Level.RULE, frozenset({"a", "c"}))
    found = discounts.take(
        [off("50 %", rule)], [target(10, rule="a"), target(20, rule="b"), target(30)], currency="EUR"
    )
    assert found.left == (5, 20, 30)


def test_a_scope_limited_to_several_levels_covers_what_any_of_them_names() -> None:
    limited = Scope(Level.TOTAL, limits=((Level.PRODUCT, frozenset({"p"})), (Level.ITEM, frozenset({"i"}))))
    found = discounts.take(
        [off("100 %", limited)],
        [target(1, product="p"), target(2, item="i"), target(4, item="x")],
        currency="EUR",
    )
    assert found.left == (0, 0, 4)


def test_a_discount_is_spread_by_largest_remainder() -> None:
    found = discounts.take([off("10.00")], [target("33.33")] * 3, currency="EUR").taken[0]
    assert [str(part) for _, part in found.parts] == ["3.34", "3.33", "3.33"]


def test_a_charge_that_bears_no_part_of_a_discount_is_not_named_in_it() -> None:
    found = discounts.take([off("0.01")], [target("33.33")] * 3, currency="EUR").taken[0]
    assert found.parts == ((0, Decimal("0.01")),)


def test_a_charge_below_zero_lowers_what_can_be_taken_and_is_left_alone() -> None:
    found = discounts.take([off("100 %")], [target(10), target(-4)], currency="EUR")
    assert (found.amount, found.left) == (6, (4, -4))


@pytest.mark.parametrize(
    ("comparator", "expected"),
    [
        ("GREATER_THAN", []),
        ("GREATER_THAN_OR_EQUALS", ["5.00"]),
        ("EQUALS", ["5.00"]),
        ("NOT_EQUALS", []),
        ("LESS_THAN", []),
        ("LESS_THAN_OR_EQUALS", ["5.00"]),
    ],
)
def test_a_condition_looks_at_the_charges_before_any_discount(comparator: str, expected: list[str]) -> None:
    condition = AmountCondition(Comparator(comparator), Decimal(100))
    assert take([off("50 %"), off("10 %", condition=condition)], target(100))[1:] == expected


@pytest.mark.parametrize("comparator", ["IN", "NOT_IN", "EMPTY", "NOT_EMPTY", "CONTAINS", "NOT_CONTAINS"])
def test_amounts_know_no_other_comparators(comparator: str) -> None:
    with pytest.raises(InvalidField):
        AmountCondition(Comparator(comparator), Decimal(1))


def test_a_discount_is_not_negative() -> None:
    with pytest.raises(InvalidField):
        off("-1 %")


@pytest.mark.parametrize(("days", "expected"), [(-1, []), (0, ["10.00"]), (29, ["10.00"]), (30, [])])
def test_it_holds_for_periods_that_start_while_it_is_in_force(days: int, expected: list[str]) -> None:
    june = Scope(Level.TOTAL, active=Active(MAY, MAY + timedelta(days=30)))
    charge = Target(Decimal(100), MAY + timedelta(days=days))
    assert take([off("10 %", june)], charge) == expected


def test_b57_the_last_version_in_force_at_the_start_of_a_period_holds() -> None:
    versions = [
        off(value, Scope(Level.TOTAL, active=Active(MAY + timedelta(days=start), MAY + timedelta(days=end))))
        for value, start, end in (("10 %", 0, 9), ("20 %", 9, 19), ("30 %", 19, 40))
    ]
    june = Target(Decimal(100), utc("2026-06-01T00:00:00"))
    assert take(versions, june) == ["30.00"]


def seats(count: int, price: int = 15) -> list[Target]:
    return [target(count * price)]


def test_b17_a_fixed_discount_is_not_scaled_by_a_change() -> None:
    fixed = [off("20")]
    changes = [discounts.of_change(fixed, seats(a), seats(b), currency="EUR") for a, b in ((5, 7), (7, 5))]
    assert changes == [0, 0]


def test_b17_a_percentage_holds_for_both_sides_of_a_change() -> None:
    percent = [off("10 %")]
    changes = [discounts.of_change(percent, seats(a), seats(b), currency="EUR") for a, b in ((5, 7), (7, 5))]
    assert changes == [3, -3]


def test_b17_a_fixed_discount_larger_than_the_price_grows_with_it() -> None:
    assert discounts.of_change([off("90")], seats(5), seats(7), currency="EUR") == 15


def used(quantity: str, price: str = "2", meter_value: str = "meva_1", **extra: Any) -> Target:
    rated = rate(flat(price, **extra), Usage.one_event(Decimal(quantity)))
    return Target(rated.rounded, MAY, {}, rated, meter_value)


@pytest.mark.parametrize(("units", "expected"), [("3", ["6.00"]), ("10", ["20.00"]), ("99", ["20.00"])])
def test_free_units_take_off_what_they_cost(units: str, expected: list[str]) -> None:
    assert take([off(f"{units} units", meter_value_id="meva_1")], used("10")) == expected


def test_free_units_are_given_once_over_several_lines_of_their_meter_value() -> None:
    lines = [used("4"), used("4", meter_value="meva_2"), used("4", "3")]
    assert take([off("6 units", meter_value_id="meva_1")], *lines) == ["14.00"]


def test_free_units_take_nothing_off_fees_and_free_usage() -> None:
    assert take([off("6 units")], target(50), used("10")) == ["12.00"]
    assert take([off("6 units")], used("10", "0"), used("10")) == []


def test_free_units_of_a_part_of_a_longer_period_are_off_the_highest_of_its_units() -> None:
    """150 units since it began, 80 of them before: the last 10 are in the second band."""
    price = tiered(("100", "2"), (None, "1"))
    whole, before = (rate(price, Usage.of_events([Decimal(each)])) for each in (150, 80))
    rated = continued.after(whole, before)
    assert take([off("10 units")], Target(rated.rounded, MAY, {}, rated)) == ["10.00"]


def test_what_is_off_everything_is_off_usage_too() -> None:
    assert take([off("10 %")], used("10"), target(5)) == ["2.50"]


def test_the_steps_explain_the_amount() -> None:
    (taken,) = discounts.take([off("33.333 %")], [target("10.00")], currency="EUR").taken
    steps = discounts.steps(taken, "EUR")
    assert [step["type"] for step in steps] == ["BASE", "DISCOUNT", "ROUNDING"]
    assert (steps[1]["amount"], steps[2]["amount"]) == ("3.3333", "3.33")
    in_may = Scope(Level.TOTAL, active=Active(MAY, MAY + timedelta(days=31)))
    least = AmountCondition(Comparator.GREATER_THAN_OR_EQUALS, Decimal(10))
    dated = off("12", in_may, condition=least)
    (taken,) = discounts.take([dated], [target("10.00")], currency="EUR").taken
    assert [step["description"] for step in discounts.steps(taken, "EUR", ["Minutes"])[:3]] == [
        "Charges of 10.00 EUR for Minutes",
        "From 2026-05-01T00:00:00Z until 2026-06-01T00:00:00Z",
        "If the charges are at least 10.00 EUR: before any discount they are 10.00 EUR",
    ]
    (limited,) = discounts.take([off("12")], [target("10.00")], currency="EUR").taken
    assert [step["type"] for step in discounts.steps(limited, "EUR")] == [
        "BASE",
        "DISCOUNT",
        "LIMIT",
        "ROUNDING",
    ]


CENTS = st.integers(-500, 100_000).map(lambda cents: Decimal(cents).scaleb(-2))
SOME = st.lists(
    st.builds(off, st.integers(0, 120).map(lambda p: f"{p} %") | st.integers(0, 900).map(str)), max_size=4
)


@given(SOME, st.lists(CENTS.map(target), min_size=1, max_size=6))
def test_parts_add_up_and_nothing_falls_below_zero(some: list[Discount], targets: list[Target]) -> None:
    found = discounts.take(some, targets, currency="EUR")
    for taken in found.taken:
        assert sum(part for _, part in taken.parts) == taken.amount <= taken.base
    for before, after in zip(targets, found.left, strict=True):
        assert after == before.amount if before.amount <= 0 else 0 <= after <= before.amount
    assert sum(t.amount for t in targets) - found.amount == sum(found.left)


@given(SOME, st.lists(CENTS.map(target), min_size=1, max_size=4))
def test_stages_one_by_one_are_as_all_at_once(some: list[Discount], targets: list[Target]) -> None:
    left = tuple(target.amount for target in targets)
    for discount in some:
        left = discounts.take([discount], targets, currency="EUR", left=left).left
    assert left == discounts.take(some, targets, currency="EUR").left
