from decimal import Decimal

import pytest

from billing.calc import markup
from billing.calc.markup import Markup
from billing.calc.schedule import Active
from billing.calc.tests.test_discounts import MAY
from kit.errors import InvalidField

RULE = frozenset({"r"})


def added(amount: str, *markups: Markup, rule: str = "r") -> list[str]:
    return [
        str(each.total) for each in markup.add(Decimal(amount), markups, ids=frozenset({rule}), start=MAY)
    ]


def test_markups_apply_one_after_the_other() -> None:
    some = [Markup(RULE, percentage=Decimal(10)), Markup(RULE, amount=Decimal("0.005"))]
    assert added("100.001", *some) == ["110.0011", "110.0061"]


def test_nothing_is_added_to_nothing() -> None:
    assert added("0", Markup(RULE, amount=Decimal(5))) == []


def test_only_the_rules_meant_are_marked_up_while_it_is_in_force() -> None:
    assert added("1", Markup(RULE, amount=Decimal(5)), rule="s") == []
    assert added("1", Markup(RULE, amount=Decimal(5), active=Active(MAY.replace(month=6)))) == []


@pytest.mark.parametrize(
    "fields", [{}, {"percentage": Decimal(-1)}, {"percentage": Decimal(1), "amount": Decimal(1)}]
)
def test_a_markup_is_one_thing_and_not_negative(fields: dict[str, Decimal]) -> None:
    with pytest.raises(InvalidField):
        Markup(RULE, **fields)


def test_the_step_shows_what_was_added() -> None:
    (each,) = markup.add(
        Decimal(50), [Markup(RULE, percentage=Decimal("2.5"))], ids=frozenset({"r"}), start=MAY
    )
    step = markup.step(each, "EUR")
    assert (step["type"], step["percentage"], step["added"], step["amount"]) == (
        "MARKUP",
        "2.5",
        "1.25",
        "51.25",
    )
    assert step["description"] == "2.5% added: 51.25 EUR"
