"""Usage against the plain sum of the events, whatever the span, the cutoff and the corrections."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.services import clock
from kit.period import Span
from metering import aggregation
from metering.models import Event, Meter, MeterProperty, MeterValue, UsageRollup
from metering.services import events, ingest, keying, usage
from metering.tests.conftest import ADA, BOB

DAY = datetime(2026, 3, 29, tzinfo=UTC)


@pytest.fixture
def store(platform, meters):
    """``store(documents)`` stores them and refuses faults."""

    def put(*documents):
        result = ingest.together(platform_id=platform.pk, documents=documents, wall=DAY + timedelta(days=30))
        return [Event.objects.get(pk=outcome.number) for outcome in result.outcomes]

    return put


@pytest.fixture
def ask(platform, meters):
    """``ask(start, end)``: the rows of Ada's minutes in the span."""

    def rows(start, end, *, cutoff=None, customer=ADA, value="minutes", unique=None):
        question = usage.Question(
            customer_id=customer.pk,
            meter_id=Meter.objects.get().pk,
            span=Span(start, end),
            meter_value_id=MeterValue.objects.get(reference=value).pk if value else None,
            meter_property_id=MeterProperty.objects.get(reference=unique).pk if unique else None,
        )
        return usage.read(platform=platform, questions=[question], cutoff=cutoff)[0]

    return rows


def total(rows):
    return aggregation.merge(row.state for row in rows)


def stamp(instant):
    return instant.isoformat().replace("+00:00", "Z")


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


def test_all_calculations_read_from_rollups(store, ask, sample):
    store(
        sample("a", number="5", timestamp="2026-04-01T10:00:00Z"),
        sample("b", number="-2", timestamp="2026-04-01T10:30:00.000007Z"),
        sample("c", number="4", timestamp="2026-04-01T10:30:00.000007Z"),
        sample("d", number="9", timestamp="2026-04-01T09:00:00Z"),
    )
    state = total(ask(DAY, DAY + timedelta(days=9)))
    answers = {
        kind: aggregation.quantity(state, calculation_type=kind)
        for kind in ("SUM", "MAX", "MIN", "AVERAGE", "COUNT", "LATEST")
    }
    assert answers == {"SUM": 16, "MAX": 9, "MIN": -2, "AVERAGE": 4, "COUNT": 4, "LATEST": 4}
    assert state.last.timestamp == datetime(2026, 4, 1, 10, 30, 0, 7, tzinfo=UTC)


def test_a_later_and_an_earlier_arrival_do_not_disturb_the_latest(store, ask, sample):
    store(sample("a", number="1", timestamp="2026-04-01T10:10:00Z"))
    store(sample("b", number="2", timestamp="2026-04-01T10:05:00Z"))
    assert total(ask(DAY, DAY + timedelta(days=9))).last.value == 1
    store(sample("c", number="3", timestamp="2026-04-01T10:20:00Z"))
    assert total(ask(DAY, DAY + timedelta(days=9))).last.value == 3


def test_unique_counts_values_over_hours_and_edges(ctx, api, store, ask, sample, meters):
    def use(reference, user, at):
        properties = [{"reference": "engine", "value": "fast"}, {"reference": "user", "value": user}]
        return sample(reference, meter_properties=properties, timestamp=at)

    store(use("a", "u1", "2026-04-01T10:05:00Z"), use("b", "u2", "2026-04-01T11:05:00Z"))
    calculation = {"reference": "users", "calculation_type": "UNIQUE", "meter_id": meters.meter}
    api.post("/v1/meter-value-calculations", {**calculation, "meter_property_id": "user"}).ok()
    store(use("c", "u1", "2026-04-01T12:05:00Z"), use("d", "u3", "2026-04-01T12:45:00Z"))

    def users(start, end, **options):
        return total(ask(start, end, value=None, unique="user", **options)).distinct

    assert users(DAY, DAY + timedelta(days=9)) == {"u1", "u2", "u3"}
    half_past = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
    assert users(DAY, half_past) == {"u1", "u2"}
    assert users(half_past, half_past + timedelta(days=1)) == {"u3"}
    events.delete(ctx=ctx, event=Event.objects.get(reference="d"))
    assert users(DAY, DAY + timedelta(days=9)) == {"u1", "u2"}


def test_an_event_with_several_values_counts_under_each(store, ask, sample):
    values = [
        {"reference": "minutes", "number": "2", "count": "3"},
        {"reference": "volume", "amount": {"quantity": "9.5", "currency": "EUR"}},
    ]
    store(sample("a", meter_values=values), sample("b", meter_values=[]))
    span = (DAY, DAY + timedelta(days=9))
    assert (total(ask(*span)).sum, total(ask(*span)).n) == (2, 3)
    volume = ask(*span, value="volume")
    assert [(row.currency, row.state.sum) for row in volume] == [("EUR", Decimal("9.5"))]
    assert total(ask(*span, value=None)).events == 4
    assert total(ask(DAY, DAY + timedelta(days=3, hours=10, minutes=30), value=None)).events == 4


def test_currencies_and_subscriptions_stay_apart(store, ask, sample):
    def pay(reference, currency, **fields):
        amount = {"quantity": "1", "currency": currency}
        return sample(reference, meter_values=[{"reference": "volume", "amount": amount}], **fields)

    store(pay("a", "EUR"), pay("b", "USD"), pay("c", "EUR", pricing_plan_subscription_reference="basic"))
    rows = ask(DAY, DAY + timedelta(days=9), value="volume")
    assert {(row.currency, row.subscription_id) for row in rows} == {
        ("EUR", None),
        ("USD", None),
        ("EUR", 201),
    }


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


def test_the_single_entries_add_up_to_the_rows(platform, store, ask, sample):
    store(*(sample(f"e{index}", number=str(index)) for index in range(5)))
    question = usage.Question(
        customer_id=ADA.pk,
        meter_id=Meter.objects.get().pk,
        span=Span(DAY, DAY + timedelta(days=9)),
        meter_value_id=MeterValue.objects.get(reference="minutes").pk,
    )
    found = list(usage.entries(platform=platform, question=question))
    assert sum(each.number for each in found) == total(ask(DAY, DAY + timedelta(days=9))).sum == 10
    assert [each.event_id for each in found] == sorted(each.event_id for each in found)


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
