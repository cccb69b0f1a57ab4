"""Every calculation, from rollups and from the loose events at the edges."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from metering import aggregation
from metering.models import Event
from metering.services import events
from metering.tests.conftest import DAY, total


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
