from decimal import Decimal
from typing import Any

import pytest

from billing.calc import commitments
from billing.calc.commitments import Commitment, Shortfall
from billing.calc.proration import Share
from billing.calc.targets import Level, Scope, Target
from billing.calc.tests.cast import flat
from billing.calc.tests.test_discounts import MAY
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.errors import InvalidField

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


def test_a_discount_does_not_turn_used_units_into_missing_ones() -> None:
    assert missing([units(100)], used(100), left=[Decimal(150)]) == []


@pytest.mark.parametrize("fields", [{}, {"amount": Decimal(1), "units": Decimal(1)}])
def test_a_commitment_is_an_amount_or_units(fields: dict[str, Decimal]) -> None:
    with pytest.raises(InvalidField):
        Commitment(Scope(Level.RULE), "Minimum", WHOLE, **fields)


def test_units_need_a_rule() -> None:
    with pytest.raises(InvalidField):
        Commitment(Scope(Level.TOTAL), "Minimum", WHOLE, units=Decimal(1))


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
