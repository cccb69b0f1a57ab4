from datetime import datetime
from decimal import Decimal

import pytest

from billing.calc import allowances
from billing.calc.allowances import IncludedVolume, Taken
from billing.calc.schedule import Active
from billing.calc.tests.cast import Summed, flat
from billing.calc.tests.grids import utc
from billing.calc.together import Together, added
from catalog.rating.types import ResetType
from catalog.rating.usage import Usage

APRIL, MAY, JUNE = (utc(f"2026-0{month}-01T00:00:00") for month in (4, 5, 6))
PLAN = flat("1", default_included_volume={"number": "100", "reset_type": "SCHEDULE"})


def set_to(volume: int, start: datetime, end: datetime | None = None, **fields: ResetType) -> IncludedVolume:
    return IncludedVolume("r", Decimal(volume), Active(start, end), **fields)


@pytest.mark.parametrize(("start", "expected"), [(APRIL, 100), (MAY, 500), (JUNE, 900)])
def test_the_volume_in_force_at_the_start_of_the_period_holds(start: datetime, expected: int) -> None:
    volumes = [set_to(900, JUNE), set_to(500, MAY)]
    assert allowances.applied(PLAN, {"r"}, volumes, start=start).included_volume == expected


def test_b57_of_two_set_for_one_instant_the_last_holds() -> None:
    read = allowances.applied(PLAN, {"r"}, [set_to(1, MAY), set_to(2, MAY)], start=MAY)
    assert read.included_volume == 2


def test_a_volume_of_another_rule_or_time_changes_nothing() -> None:
    assert allowances.applied(PLAN, {"s"}, [set_to(1, MAY)], start=MAY) is PLAN
    assert allowances.applied(PLAN, {"r"}, [set_to(1, APRIL, MAY)], start=MAY) is PLAN


def test_the_reset_of_the_plan_stays_unless_the_schedule_has_its_own() -> None:
    resets = [
        allowances.applied(PLAN, {"r"}, [volume], start=MAY).reset
        for volume in (set_to(1, MAY), set_to(1, MAY, reset=ResetType.NEVER))
    ]
    assert resets == [ResetType.SCHEDULE, ResetType.NEVER]


def test_several_product_items_have_one_volume() -> None:
    parts = tuple(
        Summed(tuple(({"engine": engine}, Decimal(each)) for engine, each in rows))
        for rows in ([("a", 1), ("b", 2)], [("a", 4)])
    )
    both = Together(parts)
    assert [key["engine"] for key in both.keys] == ["a", "b", "a"]
    assert [both.over(positions).quantity for positions in ((0, 2), (1,), (), (0, 1, 2))] == [5, 2, 0, 7]
    assert both.over((0, 2)).values == (1, 4)


def test_usages_together_keep_what_all_of_them_say() -> None:
    one, other = Usage.of_events([Decimal(1), Decimal(4)]), Usage.of_events([Decimal(2)])
    assert added([one, other]) == Usage.of_events([Decimal(1), Decimal(4), Decimal(2)])
    largest = Usage(Decimal(9), events=3, calculation="MAX")
    assert added([one, largest]) == Usage(Decimal(14), events=5)


def test_what_is_added_is_taken_off_again_each_by_itself() -> None:
    one, other = Taken(Decimal(5), Decimal(7)), Taken(Decimal(2), Decimal(-3))
    assert one.plus(other) == Taken(Decimal(7), Decimal(4))
    assert one.less(other) == Taken(Decimal(3), Decimal(10))
    assert one.plus(other).less(other) == one
