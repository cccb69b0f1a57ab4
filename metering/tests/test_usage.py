"""Usage against the plain sum of the events, whatever the span, the cutoff and the corrections."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.services import clock
from kit.period import Span
from metering import aggregation
from metering.models import Meter, MeterProperty, MeterValue, UsageRollup
from metering.services import events, keying, usage
from metering.tests.conftest import ADA, BOB, DAY, stamp, total


def test_usage_is_told_apart_by_keyed_properties(ctx, store, ask, sample, meters):
    store(sample("a", number="1"), sample("b", number="2", engine="accurate"))
    assert [dict(row.properties) for row in ask(DAY, DAY + timedelta(days=9))] == [{}]
    meter, engine = Meter.objects.get(), MeterProperty.objects.get(reference="engine")
    assert keying.ensure_keyed(ctx=ctx, meter=meter, properties=[engine]) is True
    assert keying.ensure_keyed(ctx=ctx, meter=meter, properties=[engine]) is False
    store(sample("c", number="4"))
    rows = ask(DAY, DAY + timedelta(days=9))
    assert {row.properties["engine"]: row.state.sum for row in rows} == {"fast": 5, "accurate": 2}
    assert {
        row.properties["engine"]: row.state.n for row in ask(DAY, DAY + timedelta(days=3, hours=10.5))
    } == {
        "fast": 2,
        "accurate": 1,
    }


def test_b09_a_boundary_belongs_to_the_later_span(store, ask, sample):
    end = datetime(2026, 4, 1, 10, 17, tzinfo=UTC)
    store(
        sample("in", number="1", timestamp=stamp(end - timedelta(microseconds=1))),
        sample("out", number="2", timestamp=stamp(end)),
    )
    assert total(ask(DAY, end)).sum == 1
    assert total(ask(end, end + timedelta(days=1))).sum == 2


def test_b10_the_first_microsecond_counts(store, ask, sample):
    start = datetime(2026, 4, 1, 0, 0, 0, 1, tzinfo=UTC)
    store(sample(number="7", timestamp="2026-04-01T00:00:00.000001Z"))
    assert total(ask(start, start + timedelta(days=1))).sum == 7
    assert total(ask(start + timedelta(microseconds=1), start + timedelta(days=1))).n == 0


def test_b06_the_repeated_hour_at_the_end_of_summer_is_two_hours(store, ask, sample):
    berlin = ZoneInfo("Europe/Berlin")
    day = datetime(2025, 10, 26, tzinfo=berlin).astimezone(UTC)
    hours = [day + timedelta(hours=hour, minutes=30) for hour in range(25)]
    store(*(sample(f"h{hour}", number=str(hour), timestamp=stamp(at)) for hour, at in enumerate(hours)))
    second = datetime(2025, 10, 26, 2, tzinfo=berlin, fold=1).astimezone(UTC)
    assert total(ask(second, second + timedelta(hours=1))).sum == 3
    parts = [total(ask(at, at + timedelta(hours=1))) for at in (day + timedelta(hours=n) for n in range(25))]
    next_day = datetime(2025, 10, 27, tzinfo=berlin).astimezone(UTC)
    assert aggregation.merge(parts) == total(ask(day, next_day))
    assert aggregation.merge(parts).n == 25


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe"])
def test_b08_a_half_hour_zone_cuts_hours_exactly(store, ask, sample, zone):
    midnight = datetime(2026, 4, 2, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    before = [midnight - timedelta(minutes=minutes) for minutes in (1, 29, 31, 61)]
    after = [midnight + timedelta(minutes=minutes) for minutes in (0, 1, 29, 31, 61)]
    store(*(sample(f"e{index}", number="1", timestamp=stamp(at)) for index, at in enumerate(before + after)))
    day = timedelta(days=1)
    assert total(ask(midnight - day, midnight)).n == len(before)
    assert total(ask(midnight, midnight + day)).n == len(after)


def test_every_split_of_a_span_adds_up(store, ask, sample):
    dice = random.Random(7)
    at = [
        DAY + timedelta(seconds=dice.randrange(5 * 3600), microseconds=dice.randrange(10)) for _ in range(60)
    ]
    store(*(sample(f"e{index}", number=f"{index}.1", timestamp=stamp(when)) for index, when in enumerate(at)))
    end = DAY + timedelta(hours=5)
    whole = total(ask(DAY, end))
    assert whole.n == 60
    for _ in range(25):
        cut = DAY + timedelta(microseconds=dice.randrange(5 * 3600 * 10**6))
        assert total(ask(DAY, cut)).merge(total(ask(cut, end))) == whole


def test_b20_rollups_are_exact(store, ask, sample):
    store(*(sample(f"e{index}", number="0.1") for index in range(1000)))
    assert total(ask(DAY, DAY + timedelta(days=9))).sum == 100
    big = "123456789012345678.123456789012"
    store(sample("big", number=big), sample("again", number=big))
    assert total(ask(DAY, DAY + timedelta(days=9))).sum == Decimal("246913578024691456.246913578024")


def test_customers_and_platforms_stay_apart(store, ask, sample, stranger):
    store(sample("a"), sample("b", customer_reference="bob", number="1"))
    assert total(ask(DAY, DAY + timedelta(days=9), customer=BOB)).sum == 1


def test_a_deletion_takes_the_event_out_of_its_hour(ctx, store, ask, sample):
    kept, gone = store(sample("a", number="5"), sample("b", number="9"))
    events.delete(ctx=ctx, event=gone)
    events.delete(ctx=ctx, event=gone)
    state = total(ask(DAY, DAY + timedelta(days=9)))
    assert (state.n, state.sum, state.max, state.min) == (1, 5, 5, 5)
    assert state.last.event_id == kept.pk
    events.delete(ctx=ctx, event=kept)
    assert ask(DAY, DAY + timedelta(days=9)) == []
    assert UsageRollup.objects.get().n == 0


def test_a_cutoff_answers_as_of_then(ctx, platform, store, ask, sample):
    noon = datetime(2026, 4, 2, 12, tzinfo=UTC)
    clock.freeze(platform=platform, at=noon)
    early, other = store(sample("early", number="1"), sample("other", number="2"))
    clock.freeze(platform=platform, at=noon + timedelta(hours=1))
    store(sample("late", number="4"))
    events.delete(ctx=ctx.later(noon + timedelta(hours=2)), event=other)
    span = (DAY, DAY + timedelta(days=9))
    assert total(ask(*span)).sum == 5
    assert total(ask(*span, cutoff=noon)).sum == 3
    assert total(ask(*span, cutoff=noon + timedelta(hours=1))).sum == 7
    assert total(ask(*span, cutoff=noon + timedelta(hours=2))).sum == 5
    assert total(ask(*span, cutoff=noon - timedelta(hours=1))).n == 0


def test_the_single_numbers_add_up_to_the_rows(platform, store, ask, sample):
    store(*(sample(f"e{index}", number=str(index)) for index in range(5)))
    question = usage.Question(
        customer_id=ADA.pk,
        meter_id=Meter.objects.get().pk,
        span=Span(DAY, DAY + timedelta(days=9)),
        meter_value_id=MeterValue.objects.get(reference="minutes").pk,
    )
    [(place, found)] = usage.singles(platform=platform, questions=[question])
    assert (place, sorted(found.numbers)) == (0, [0, 1, 2, 3, 4])
    [row] = ask(DAY, DAY + timedelta(days=9))
    assert (row.properties, row.state.sum) == (found.properties, 10)


def test_many_questions_cost_one_statement(platform, store, sample, meters, django_assert_num_queries):
    store(sample("a"), sample("b", customer_reference="bob"))
    meter = Meter.objects.get()
    questions = [
        usage.Question(customer_id=key, meter_id=meter.pk, span=Span(DAY, DAY + timedelta(days=day)))
        for key in (ADA.pk, BOB.pk, 999)
        for day in (1, 9)
    ]
    with django_assert_num_queries(1):
        answers = usage.read(platform=platform, questions=questions)
    assert [total(rows).events for rows in answers] == [0, 1, 0, 1, 0, 0]
