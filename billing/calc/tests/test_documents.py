"""Due dates, invoice numbers and the state tables."""

from dataclasses import replace
from datetime import date
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from billing.calc.due_date import DueDateType, PaymentTerm, due_at
from billing.calc.lifecycle import FLOWS, assert_can
from billing.calc.numbering import NumberFormat, PrefixPart, nth_number, render, repeated, sequence_key
from billing.calc.tests.grids import local, utc
from kit.errors import InvalidField, InvalidOperation
from kit.lifecycle import core_flow
from kit.period import Period, PeriodType

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAYS_14 = Period(PeriodType.DAY, 14)


def due(invoice_date: str, type: DueDateType, period: Period | None) -> str:
    instant = due_at(local(invoice_date, "Europe/Amsterdam"), PaymentTerm(type, period), AMSTERDAM)
    return instant.astimezone(AMSTERDAM).replace(tzinfo=None).isoformat()


def test_a_period_after_the_invoice_date_keeps_the_local_time_across_a_clock_change() -> None:
    found = due("2026-03-20T00:00:00", DueDateType.PERIOD_AFTER_INVOICE_DATE, DAYS_14)
    assert found == "2026-04-03T00:00:00"


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (None, "2026-01-31T00:00:00"),
        (DAYS_14, "2026-02-14T00:00:00"),
        (Period(PeriodType.MONTH, 1), "2026-02-28T00:00:00"),
        (Period(PeriodType.MONTH, 2), "2026-03-31T00:00:00"),
    ],
)
def test_the_end_of_the_month_stays_the_end_of_a_month(period: Period | None, expected: str) -> None:
    assert due("2026-01-30T12:00:00", DueDateType.END_OF_THE_MONTH, period) == expected


def test_the_month_that_ends_is_the_local_one() -> None:
    late_on_the_31st = utc("2026-01-31T23:30:00")  # 1 February in Amsterdam
    term = PaymentTerm(DueDateType.END_OF_THE_MONTH)
    assert due_at(late_on_the_31st, term, AMSTERDAM) == local("2026-02-28T00:00:00", "Europe/Amsterdam")


def test_without_a_term_an_invoice_is_due_at_once() -> None:
    now = utc("2026-01-31T10:00:00")
    assert due_at(now, None, AMSTERDAM) == now
    assert due_at(now, PaymentTerm(DueDateType.PERIOD_AFTER_INVOICE_DATE), AMSTERDAM) == now


def test_an_invoice_number_joins_prefix_parts_and_padded_sequence() -> None:
    assert render(NumberFormat(), 42, on=date(2026, 3, 1)) == "INV-00042"
    monthly = NumberFormat(
        prefix="A", parts=(PrefixPart.YEAR, PrefixPart.MONTH), separator="/", minimum_digits=3
    )
    assert render(monthly, 12345, on=date(2026, 3, 1)) == "A/2026/03/12345"
    assert render(NumberFormat(prefix="", minimum_digits=1), 7, on=date(2026, 3, 1)) == "7"


def test_a_yearly_reset_gives_each_numbering_year_its_own_sequence() -> None:
    april = NumberFormat(parts=(PrefixPart.YEAR,), reset_month=4)
    assert [sequence_key(april, date(2026, month, 1)) for month in (3, 4)] == ["2025", "2026"]
    assert render(april, 1, on=date(2026, 3, 31)) == "INV-2025-00001"
    assert sequence_key(NumberFormat(), date(2026, 3, 1)) == ""


SHORT = NumberFormat(prefix="INV", separator="", minimum_digits=1)
YEARLY = NumberFormat(parts=(PrefixPart.YEAR,), reset_month=1)


@pytest.mark.parametrize(
    ("format", "given", "taken", "number"),
    [
        (SHORT, ["INV112"], {"": 12}, "INV112"),  # once INV1 and 12, then INV and 112
        (SHORT, ["INV112"], {"": 112}, None),
        (SHORT, ["INV0112", "INV112a", "XINV112"], {"": 12}, None),
        (replace(SHORT, increment=2), ["INV112"], {"": 12}, None),  # 25, 27, …: never 112
        (YEARLY, ["INV-2026-00007"], {"2026": 6}, "INV-2026-00007"),
        (YEARLY, ["INV-2026-00007"], {"2026": 7, "2025": 3}, None),
        (YEARLY, ["INV-2027-00001"], {"2026": 7}, "INV-2027-00001"),
        (NumberFormat(parts=(PrefixPart.YEAR, PrefixPart.MONTH)), ["INV-2026-00042"], {"": 42}, None),
    ],
)
def test_a_new_look_never_gives_a_number_that_was_given(format, given, taken, number) -> None:
    assert repeated(format, given, taken) == number


def test_numbers_go_up_by_the_increment_from_the_first() -> None:
    tens = NumberFormat(first_number=100, increment=10)
    assert [nth_number(tens, count) for count in range(3)] == [100, 110, 120]


def test_a_yearly_reset_without_the_year_would_repeat_numbers() -> None:
    with pytest.raises(InvalidField) as refused:
        NumberFormat(reset_month=1)
    assert refused.value.field == "parts"


def test_every_step_the_tables_do_not_name_is_refused() -> None:
    for flow in FLOWS.values():
        for current, target in product(flow.following, repeat=2):
            if target in flow.following[current]:
                assert_can(flow.resource, current, target)
            else:
                with pytest.raises(InvalidOperation):
                    assert_can(flow.resource, current, target)


# A migration of subscriptions can be applied and taken back again and again.
ENDLESS = {"PRICING_PLAN_MIGRATION"}


def test_every_status_leads_only_to_known_ones_and_every_flow_ends() -> None:
    for flow in [*FLOWS.values(), core_flow("PRODUCT")]:
        assert set().union(*flow.following.values()) <= set(flow.following)
        ends = [status for status, following in flow.following.items() if not following]
        assert bool(ends) != (flow.resource in ENDLESS)


def test_a_refusal_names_both_statuses_and_what_is_allowed() -> None:
    with pytest.raises(InvalidOperation) as refused:
        assert_can("INVOICE", "FINAL", "DRAFT")
    assert (
        refused.value.message
        == "invoice: cannot go from FINAL to DRAFT; from FINAL it can go to VOID or ARCHIVED"
    )
    assert (refused.value.field, refused.value.resource_type) == ("status", "INVOICE")


def test_a_final_invoice_is_not_finalized_twice() -> None:
    with pytest.raises(InvalidOperation):
        assert_can("INVOICE", "FINAL", "FINAL")


def test_the_core_flow_only_goes_forward() -> None:
    flow = core_flow("METER")
    order = ["DRAFT", "ACTIVE", "DEPRECATED", "ARCHIVED"]
    for current, target in product(order, repeat=2):
        assert not flow.allows(current, target) or order.index(current) < order.index(target)
