from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from billing.calc import commitments
from billing.calc.commitments import Billed, Commitment, Shortfall
from billing.calc.proration import Share
from billing.calc.targets import Level, Scope, Target
from billing.calc.tests.cast import flat, money
from billing.calc.tests.test_discounts import MAY
from catalog.rating.parsing import config
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from catalog.rating.volume import State, Tiering
from kit.errors import InvalidField
from kit.period import Span

WHOLE = Share(31, 31)


def target(amount: object, rule: str = "r", item: str = "i", **fields: Any) -> Target:
    ids = {Level.RULE: frozenset({rule}), Level.ITEM: frozenset({item}), Level.PRODUCT: frozenset({"p"})}
    return Target(Decimal(str(amount)), MAY, ids, **fields)


def commit(amount: object, level: Level = Level.TOTAL, *ids: str, share: Share = WHOLE) -> Commitment:
    return Commitment(Scope(level, frozenset(ids)), "Minimum", share, Decimal(str(amount)))


def missing(some: list[Commitment], *targets: Target, left: list[Decimal] | None = None) -> list[Shortfall]:
    rest = [each.amount for each in targets] if left is None else left
    return commitments.shortfalls(some, targets, rest, currency="EUR")


@pytest.mark.parametrize(
    ("charged", "expected"), [(0, ["500.00"]), ("499.99", ["0.01"]), (500, []), (501, [])]
)
def test_the_shortfall_is_what_is_missing(charged: object, expected: list[str]) -> None:
    assert [str(each.amount) for each in missing([commit(500)], target(charged))] == expected


def test_a_commitment_is_prorated_with_the_period() -> None:
    (found,) = missing([commit(500, share=Share(18, 31))], target(100))
    assert str(found.amount) == "190.32"


def test_charges_count_after_their_discounts() -> None:
    (found,) = missing([commit(100)], target(100), left=[Decimal(90)])
    assert found.amount == 10


def test_a_shortfall_counts_towards_the_commitments_of_wider_levels() -> None:
    some = [commit(100), commit(60, Level.ITEM, "i"), commit(40, Level.RULE, "r")]
    found = missing(some, target(10), target(20, item="j", rule="s"))
    assert [each.amount for each in found] == [30, 20, 20]


def test_over_several_ids_it_is_committed_once() -> None:
    (found,) = missing([commit(100, Level.ITEM, "i", "j")], target(30), target(40, item="j"))
    assert (found.amount, found.beside) == (30, 0)


def test_a_commitment_without_any_charge_is_due_whole() -> None:
    (found,) = missing([commit(100, Level.ITEM, "x")], target(30))
    assert (found.amount, found.beside) == (100, None)


def used(quantity: int, amount: int | None = None) -> Target:
    rated = rate(flat("2"), Usage.one_event(Decimal(quantity)))
    return target(rated.rounded if amount is None else amount, rated=rated)


def units(number: int, share: Share = WHOLE) -> Commitment:
    return Commitment(Scope(Level.RULE, frozenset({"r"})), "Minimum", share, units=Decimal(number))


@pytest.mark.parametrize(("quantity", "expected"), [(0, [200]), (70, [60]), (100, []), (101, [])])
def test_units_are_worth_the_price_of_their_rule(quantity: int, expected: list[int]) -> None:
    assert [each.amount for each in missing([units(100)], used(quantity))] == expected


def test_units_are_prorated_before_they_are_priced() -> None:
    (found,) = missing([units(62, Share(18, 31))], used(30))
    assert found.amount == 12


def test_the_lines_of_a_split_rule_count_together() -> None:
    (found,) = missing([units(100)], used(40), used(25))
    assert found.amount == 70
    assert missing([units(65)], used(40), used(25)) == []


def test_a_part_of_units_that_no_decimal_holds_has_twelve_places() -> None:
    """50 / 92 units at 2 each: a repeating fraction is no quantity that can be priced."""
    (found,) = missing([units(50, Share(1, 92))], used(0))
    assert (found.committed, found.amount) == (Decimal("1.086956521740"), Decimal("1.09"))


@pytest.mark.parametrize(("quantity", "expected"), [(0, [160]), (50, [100]), (100, [])])
def test_units_that_are_included_are_free_where_they_are_committed_too(
    quantity: int, expected: list[int]
) -> None:
    price = flat("2", default_included_volume={"number": "20"})
    rated = rate(price, Usage.one_event(Decimal(quantity)))
    assert [each.amount for each in missing([units(100)], target(rated.rounded, rated=rated))] == expected


def test_the_included_volume_of_a_split_rule_is_that_of_its_lines_together() -> None:
    price = flat("2", default_included_volume={"number": "20"})
    several = [
        rate(price, Usage.one_event(Decimal(quantity)), state=State(Decimal(free)))
        for quantity, free in ((40, 10), (10, 5))
    ]
    (found,) = missing([units(100)], *(target(each.rounded, rated=each) for each in several))
    assert (found.committed, found.charged) == (170, 70)


VOLUME = config.parse(
    {
        "pricing_type": "TOP_TIERED",
        "bands": [{"amount": money("2"), "tier_top_bound": {"number": "100"}}, {"amount": money("1")}],
    }
)


@pytest.mark.parametrize(
    ("quantity", "deciding", "expected"),
    [(100, 1000, []), (99, 1000, [1]), (0, 1000, [100]), (60, 90, [80]), (60, 110, [40])],
)
def test_units_have_the_price_of_the_band_that_a_larger_volume_reached(
    quantity: int, deciding: int, expected: list[int]
) -> None:
    """Others of a volume group use the rest of ``deciding``: a unit that is missing costs what others do."""
    rated = rate(VOLUME, Usage.one_event(Decimal(quantity)), tiering=Tiering(Decimal(deciding)))
    assert [each.amount for each in missing([units(100)], target(rated.rounded, rated=rated))] == expected


def test_units_compare_with_a_larger_volume_after_what_is_included() -> None:
    """80 of 100 units are charged: 85, of a group, are in the second band, 80 alone would not be."""
    bands = [{"amount": money("2"), "tier_top_bound": {"number": "82"}}, {"amount": money("1")}]
    price = config.parse(
        {"pricing_type": "TOP_TIERED", "bands": bands, "default_included_volume": {"number": "20"}}
    )
    rated = rate(price, Usage.one_event(Decimal(20)), tiering=Tiering(Decimal(85)))
    assert [each.amount for each in missing([units(100)], target(0, rated=rated))] == [80]


def test_nothing_is_missing_where_more_units_came_to_less() -> None:
    """150 units cost 150, in the second band for all of them; 100 would cost 200."""
    rated = rate(VOLUME, Usage.one_event(Decimal(150)))
    assert missing([units(100)], target(150, rated=rated)) == []


def test_units_of_a_rule_without_usage_are_not_due() -> None:
    assert missing([units(100)], target(30)) == []


def test_an_amount_that_was_missing_is_no_usage_that_units_count() -> None:
    some = [commit(250, Level.RULE, "r"), units(100)]
    assert [each.amount for each in missing(some, used(70))] == [110, 60]


def test_what_final_invoices_billed_stands_in_the_place_of_what_a_commitment_comes_to() -> None:
    total = Commitment(Scope(Level.TOTAL), "Minimum", WHOLE, Decimal(500), name="totals.0")
    gone = replace(total, name="totals.1")
    span = Span(MAY, MAY)
    stands = {each.name: Billed(Decimal(amount), span) for each, amount in ((total, 80), (gone, 7))}
    found = missing(
        list(commitments.as_billed([total, replace(total, name="totals.2")], stands)), target(100)
    )
    assert [(each.commitment.name, each.amount) for each in found] == [("totals.0", 80), ("totals.1", 7)]
    assert [commitments.steps(each, "EUR") for each in found] == [[], []]
    assert found[0].commitment.description == "Minimum"


def test_a_discount_does_not_turn_used_units_into_missing_ones() -> None:
    assert missing([units(100)], used(100), left=[Decimal(150)]) == []


@pytest.mark.parametrize("fields", [{}, {"amount": Decimal(1), "units": Decimal(1)}])
def test_a_commitment_is_an_amount_or_units(fields: dict[str, Decimal]) -> None:
    with pytest.raises(InvalidField):
        Commitment(Scope(Level.RULE), "Minimum", WHOLE, **fields)


@pytest.mark.parametrize(
    "scope",
    [Scope(Level.TOTAL), Scope(Level.ITEM, frozenset({"i"})), Scope(Level.RULE, frozenset({"r", "s"}))],
)
def test_units_need_one_rule(scope: Scope) -> None:
    with pytest.raises(InvalidField):
        Commitment(scope, "Minimum", WHOLE, units=Decimal(1))


def test_the_steps_explain_the_shortfall() -> None:
    (found,) = missing([commit(500, share=Share(18, 31))], target(100))
    steps = commitments.steps(found, "EUR")
    assert [step["type"] for step in steps] == [
        "COMMITTED",
        "PRORATION",
        "CHARGED",
        "SHORTFALL",
        "ROUNDING",
    ]
    assert (steps[0]["amount"], steps[2]["amount"], steps[-1]["amount"]) == ("500", "100", "190.32")


def test_a_whole_period_is_not_explained_as_a_part_and_units_are_told_as_units() -> None:
    (found,) = missing([units(100)], used(70))
    steps = commitments.steps(found, "EUR")
    assert [step["type"] for step in steps if step["type"] != "ROUNDING"] == [
        "COMMITTED",
        "CHARGED",
        "SHORTFALL",
    ]
    assert steps[0] == {"type": "COMMITTED", "description": "Committed: 100 units", "quantity": "100"}
