"""What goes on from period to period is given away once, in whatever order invoices become final."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.calc.allowances import NOTHING, Taken
from billing.calc.carrying import Entry, Ledger, taken
from billing.calc.inputs import PricedRule, ScheduleInputs
from billing.calc.schedule import period_at
from billing.calc.tests.cast import flat, item, used
from billing.calc.tests.grids import cadence, utc
from catalog.rating import continued
from catalog.rating.parsing import config as rating_config
from catalog.rating.rate import rate
from catalog.rating.types import Config, ResetType
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State

GRID = cadence(utc("2026-01-01"))
MONTHS = [GRID.boundary(index) for index in range(8)]
ZERO = Decimal(0)


def included(volume: str, reset: str) -> Config:
    return flat("1", default_included_volume={"number": volume, "reset_type": reset})


def bundles(size: str) -> Config:
    return rating_config.parse(
        {
            "pricing_type": "FLAT_TOP_UP",
            "top_up": {"rollover": True},
            "bands": [
                {"amount": {"quantity": "5", "currency": "EUR"}, "block_size": {"number": size}},
            ],
        }
    )


def billed(
    ledger: Ledger, config: Config, month: int, quantity: int | Decimal, schedule: str = "ppsc_1"
) -> Decimal:
    """Bill a month: what was free of it."""
    priced = item(config, usage=used(str(quantity)))
    (rule,) = priced.rules
    start = MONTHS[month]
    state = ledger.state(rule, schedule_id=schedule, start=start)
    priced = replace(priced, rules=(replace(rule, state=state),))
    ledger.note(ScheduleInputs("ppsu_1", schedule, period_at(GRID, start), (), (priced,), GRID))
    return Decimal(quantity) if state.available is None else min(Decimal(quantity), state.available)


def left(ledger: Ledger, config: Config, month: int, schedule: str = "ppsc_1") -> State:
    (rule,) = item(config, usage=used("0")).rules
    return ledger.state(rule, schedule_id=schedule, start=MONTHS[month])


def test_a_volume_that_is_full_again_each_period_carries_nothing() -> None:
    config = flat("1", default_included_volume={"number": "100"})
    ledger = Ledger()
    billed(ledger, config, 0, 80)
    assert not config.goes_on
    assert left(ledger, config, 1) == FRESH
    assert taken(rate(config, Usage(Decimal(80)))) == NOTHING


def test_bundles_beside_a_volume_that_is_full_again_go_on_alone() -> None:
    config, ledger = replace(bundles("10"), included_volume=Decimal(5)), Ledger()
    billed(ledger, config, 0, 19)
    assert left(ledger, config, 1) == State(available=None, carried=Decimal(6))
    assert taken(rate(config, Usage(Decimal(19)))) == Taken(ZERO, Decimal(6))


@given(months=st.lists(st.integers(0, 90), min_size=1, max_size=8), order=st.randoms(use_true_random=False))
def test_all_months_together_have_the_volume_once_in_whatever_order_they_are_billed(
    months: Sequence[int], order: object
) -> None:
    config, ledger = included("100", "SCHEDULE"), Ledger()
    places = list(range(len(months)))
    order.shuffle(places)  # type: ignore[attr-defined]
    free = sum((billed(ledger, config, place, months[place]) for place in places), ZERO)
    assert free == min(Decimal(sum(months)), Decimal(100))


@given(first=st.integers(0, 90), again=st.integers(0, 150), second=st.integers(0, 90))
def test_a_period_billed_again_takes_what_the_others_left(first: int, again: int, second: int) -> None:
    config, ledger = included("100", "SCHEDULE"), Ledger()
    billed(ledger, config, 0, first)
    later = billed(ledger, config, 1, second)
    assert billed(ledger, config, 0, again) == min(Decimal(again), 100 - later)


@given(before=st.integers(0, 150), more=st.integers(0, 150))
def test_parts_of_a_longer_pricing_period_take_what_it_takes_as_a_whole(before: int, more: int) -> None:
    config = replace(bundles("10"), included_volume=Decimal(100), reset=ResetType.SCHEDULE)
    first, whole = (rate(config, Usage(Decimal(each))) for each in (before, before + more))
    assert taken(first).plus(taken(continued.after(whole, first))) == taken(whole)


@pytest.mark.parametrize(("reset", "free"), [("SCHEDULE", 70), ("NEVER", 40)])
def test_a_new_schedule_fills_it_again_unless_it_never_resets(reset: str, free: int) -> None:
    config, ledger = included("100", reset), Ledger()
    billed(ledger, config, 0, 60)
    assert billed(ledger, config, 1, 70, schedule="ppsc_2") == free


def test_a_rule_of_the_schedules_own_goes_on_with_the_volume_of_the_rule_it_replaces() -> None:
    config = included("100", "NEVER")
    ledger = Ledger([Entry("pico_plan", "ppsc_1", MONTHS[0], Taken(Decimal(60)))])
    own = PricedRule("pico_own", config, original_id="pico_plan")
    assert ledger.state(own, schedule_id="ppsc_2", start=MONTHS[1]).available == 40


def test_more_volume_agreed_later_is_more_by_the_difference() -> None:
    ledger = Ledger()
    billed(ledger, included("100", "SCHEDULE"), 0, 60)
    assert left(ledger, included("150", "SCHEDULE"), 1).available == 90
    assert left(ledger, included("50", "SCHEDULE"), 1).available == 0


def test_what_is_left_of_a_bundle_serves_later_months_only() -> None:
    config, ledger = bundles("10"), Ledger()
    billed(ledger, config, 1, 14)
    assert left(ledger, config, 2).carried == 6
    assert left(ledger, config, 0).carried == 0
    assert left(ledger, config, 2, schedule="ppsc_2").carried == 0


@given(months=st.lists(st.decimals(0, 35, places=12), min_size=1, max_size=7))
def test_b21_bundles_that_roll_over_come_to_those_of_all_usage_together(months: Sequence[Decimal]) -> None:
    """What is left is what was bought less what was used, to the last digit, whatever invoices round."""
    size = Decimal("10.000000000001")
    config, ledger = bundles(str(size)), Ledger()
    for place, quantity in enumerate(months):
        billed(ledger, config, place, quantity)
    used_up = sum(months, ZERO)
    bought = (used_up // size + bool(used_up % size)) * size
    assert left(ledger, config, len(months)).carried == bought - used_up


def test_the_reset_of_a_schedules_own_volume_counts() -> None:
    assert replace(flat("1"), included_volume=Decimal(5), reset=ResetType.NEVER).goes_on


@given(
    months=st.lists(st.decimals(0, 90, places=12), min_size=1, max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_b21_what_is_left_of_a_volume_is_what_was_given_less_what_was_taken_to_the_last_digit(
    months: Sequence[Decimal], order: Random
) -> None:
    """An included volume is a balance: wallets will be held to the same."""
    config, ledger = included("100.000000000001", "NEVER"), Ledger()
    numbered = list(enumerate(months))
    order.shuffle(numbered)
    taken = [billed(ledger, config, month, quantity) for month, quantity in numbered]
    (rule,) = item(config, usage=used("0")).rules
    rest = ledger.state(rule, schedule_id="ppsc_2", start=MONTHS[0]).available
    assert rest is not None
    assert rest + sum(taken) == Decimal("100.000000000001")
