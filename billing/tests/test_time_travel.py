"""Periods over months and zones: every boundary once, every event in exactly one period."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Platform
from accounts.services import clock
from billing.models import Invoice, Occasion
from billing.services.invoices import finalize, periods
from billing.tests.world import World, at, fee, per_minute
from kit.testing import ApiClient

ZONES = ["Etc/GMT+12", "America/Chicago", "UTC", "Asia/Kolkata", "Pacific/Kiritimati"]


def frozen(world: World, instant: datetime) -> Platform:
    Platform.objects.filter(pk=world.platform.pk).update(test_now=instant)
    world.platform.refresh_from_db()
    return world.platform


def of_periods() -> list[Invoice]:
    return list(Invoice.objects.filter(occasion=Occasion.PERIOD).order_by("period_start"))


def test_advancing_fourteen_months_runs_every_boundary_in_order(world: World) -> None:
    frozen(world, at("2026-01-31"))
    world.subscribe(world.plan(per_minute("0.10"), fee("49", advance=True)), start=at("2026-01-31"))
    for month in range(2, 12):
        world.used("10", when=at(f"2026-{month:02d}-15"))
    clock.advance(platform=world.platform, to=at("2027-03-31T12:00"))
    invoices = of_periods()
    assert [invoice.status for invoice in invoices] == ["FINAL"] * 14 + ["DRAFT"]
    assert [each.finalized_at for each in invoices[:14]] == [
        each.period_end + timedelta(hours=8) for each in invoices[:14]
    ]
    ordered = Invoice.objects.filter(status="FINAL").order_by("finalized_at", "pk")
    assert [each.invoice_number for each in ordered] == [f"INV-{number:05d}" for number in range(1, 16)]
    assert sum(each.amount_excluding_tax for each in ordered) == 15 * 49 + 10


@pytest.mark.parametrize("day", [28, 29, 30, 31])
def test_b01_an_anchor_at_the_end_of_the_month_does_not_drift(world: World, day: int) -> None:
    start = at(f"2026-01-{day}")
    world.subscribe(world.plan(fee("10")), start=start, now=at("2030-01-15"))
    invoices = of_periods()
    assert len(invoices) == 48
    last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}
    for invoice in invoices:
        first = invoice.period_start
        most = 29 if first.year == 2028 and first.month == 2 else last.get(first.month, 31)
        assert first.day == min(day, most)
    assert all(one.period_end == other.period_start for one, other in itertools.pairwise(invoices))


@pytest.mark.parametrize("zone", ZONES)
def test_b03_hourly_sweeps_around_a_boundary_make_one_invoice_per_period(
    platform: Platform, zone: str
) -> None:
    world = World(platform, timezone=zone)
    start = datetime(2026, 3, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    boundary = datetime(2026, 4, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    world.subscribe(world.plan(per_minute("0.10")), start=start, billing_time="CALENDAR")
    for hour in range(72):
        now = boundary + timedelta(hours=hour - 36)
        periods.sweep(platform=platform, at=now)
        finalize.sweep(platform=platform, at=now)
    march, april = of_periods()
    assert (march.period_start, march.period_end, march.status) == (start, boundary, "FINAL")
    assert (april.period_start, april.status) == (boundary, "DRAFT")


def test_b05_the_same_local_events_are_billed_the_same_in_winter_and_in_summer(platform: Platform) -> None:
    world = World(platform, timezone="America/New_York")
    zone, version = ZoneInfo("America/New_York"), world.plan(per_minute("1"))
    amounts = []
    for month in (3, 11):  # the clocks go forward in March and back in November
        customer = world.organization(f"buyer-{month}", "NL")
        start = datetime(2026, month, 1, tzinfo=zone).astimezone(UTC)
        end = datetime(2026, month + 1, 1, tzinfo=zone) if month < 12 else None
        subscription = world.subscribe(version, start=start, customer=customer, billing_time="CALENDAR")
        for day in (1, 8, 9, 30):
            world.used("1", when=datetime(2026, month, day, tzinfo=zone).astimezone(UTC), customer=customer)
        assert end is not None
        world.used("1", when=end.astimezone(UTC), customer=customer)
        finalize.invoice(ctx=world.ctx(at("2027-01-01")), instance=subscription.invoices.get())
        amounts.append(subscription.invoices.get().amount_excluding_tax)
    assert amounts == [4, 4]


def test_b09_an_event_at_the_boundary_is_in_the_next_period(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("1")), start=at("2026-03-01"))
    boundary = at("2026-04-01")
    world.used("1", when=boundary - timedelta(microseconds=1))
    world.used("10", when=boundary)
    periods.sweep(platform=world.platform, at=boundary)
    finalize.sweep(platform=world.platform, at=at("2026-05-02"))
    march, april = subscription.invoices.order_by("period_start")
    assert (march.amount_excluding_tax, april.amount_excluding_tax) == (1, 10)


def test_b10_an_event_at_the_very_start_is_counted_to_the_microsecond(world: World, api: ApiClient) -> None:
    start = datetime(2026, 3, 1, 10, 17, 3, 123457, tzinfo=UTC)
    subscription = world.subscribe(world.plan(per_minute("1")), start=start)
    world.used("1", when=start)
    world.used("5", when=start - timedelta(microseconds=1))
    body = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}").ok()
    assert body["start_at"] == "2026-03-01T10:17:03.123457Z"
    assert body["periods"][0]["groups"][0]["lines"][0]["quantity"] == "1"


def test_a_backdated_subscription_has_a_draft_for_every_elapsed_period(world: World) -> None:
    world.subscribe(world.plan(per_minute("1")), start=at("2026-01-10"), now=at("2026-03-20"))
    assert [invoice.finalize_at for invoice in of_periods()] == [
        at("2026-03-20T08:00"),
        at("2026-03-20T08:00"),
        at("2026-04-10T08:00"),
    ]
    assert finalize.sweep(platform=world.platform, at=at("2026-03-20T08:00")) == 2


def test_a_calendar_subscription_prorates_the_fee_of_its_first_part(world: World, api: ApiClient) -> None:
    subscription = world.subscribe(world.plan(fee("31")), start=at("2026-03-22"), billing_time="CALENDAR")
    body = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}").ok()
    line = body["periods"][0]["groups"][0]["lines"][0]
    assert line["amount_excluding_tax"]["quantity"] == "10.00"
    assert line["details"]["proration"] == {"days": 10, "of_days": 31}


def test_a_cancellation_ends_the_last_period_early(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("1"), fee("31")), start=at("2026-03-01"))
    world.used("3", when=at("2026-03-05"))
    world.used("100", when=at("2026-03-12"))
    subscription.status, subscription.cancelled_at = "CANCELLED", at("2026-03-11")
    subscription.save()
    periods.realign(ctx=world.ctx(at("2026-03-11")), subscription=subscription)
    (last,) = of_periods()
    assert (last.period_end, last.finalize_at) == (at("2026-03-11"), at("2026-03-11T08:00"))
    assert periods.next_due(platform=world.platform) is None
    finalize.sweep(platform=world.platform, at=at("2026-03-12"))
    last.refresh_from_db()
    assert last.amount_excluding_tax == 3 + 10


def test_schedules_that_change_inside_a_period_are_billed_in_parts(world: World, api: ApiClient) -> None:
    cheap, dear = world.plan(per_minute("1"), fee("31")), world.plan(per_minute("2"), fee("62"))
    change = at("2026-03-11")
    subscription = world.agree(
        [(cheap, at("2026-03-01"), change), (dear, change, None)], now=at("2026-03-01")
    )
    world.open(subscription, at("2026-03-01"))
    world.used("1", when=change - timedelta(microseconds=1))
    world.used("10", when=change)
    body = api.get(f"/v1/invoices/{subscription.invoices.get().public_id}").ok()
    lines = [
        (line["start_at"][:10], line["quantity"], line["amount_excluding_tax"]["quantity"])
        for period in body["periods"]
        for group in period["groups"]
        for line in group["lines"]
    ]
    assert lines == [
        ("2026-03-01", "1", "1.00"),
        ("2026-03-01", "1", "10.00"),
        ("2026-03-11", "10", "20.00"),
        ("2026-03-11", "1", "42.00"),
    ]


def test_voiding_a_subscription_voids_its_invoices(world: World) -> None:
    subscription = world.subscribe(world.plan(per_minute("1")), start=at("2026-03-01"))
    periods.sweep(platform=world.platform, at=at("2026-04-01"))
    finalize.sweep(platform=world.platform, at=at("2026-04-02"))
    periods.void_all(ctx=world.ctx(at("2026-04-03")), subscription=subscription)
    assert [each.status for each in of_periods()] == ["VOID", "VOID"]
    assert of_periods()[0].invoice_number == "INV-00001"
    assert periods.sweep(platform=world.platform, at=at("2026-06-01")) == 0


def test_a_start_that_lies_ahead_opens_by_itself(world: World) -> None:
    world.subscribe(world.plan(fee("49", advance=True)), start=at("2026-05-01"), now=at("2026-03-01"))
    assert Invoice.objects.count() == 0
    assert periods.next_due(platform=world.platform) == at("2026-05-01")
    periods.sweep(platform=world.platform, at=at("2026-05-01"))
    assert sorted(Invoice.objects.values_list("occasion", flat=True)) == ["OPENING", "PERIOD"]


def test_a_cancellation_taken_back_lets_the_periods_go_on(world: World) -> None:
    subscription = world.subscribe(world.plan(fee("10")), start=at("2026-03-01"))
    for cancel_at, end, ahead in (
        (at("2026-03-20"), at("2026-03-20"), None),
        (None, at("2026-04-01"), at("2026-04-01")),
    ):
        subscription.cancel_at = cancel_at
        subscription.save()
        periods.realign(ctx=world.ctx(at("2026-03-10")), subscription=subscription)
        assert of_periods()[0].period_end == end
        assert periods.next_due(platform=world.platform) == ahead
