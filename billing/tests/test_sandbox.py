"""The fictional company: its events, its calendar, its bar, and where it is not loaded."""

from __future__ import annotations

import io
import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Platform
from billing.models import Customer
from billing.sandbox import data, load, usage
from billing.sandbox.calendar import Calendar
from billing.sandbox.progress import Bar
from billing.tests.world import World
from kit.period import parse_instant

NOW = datetime(2026, 3, 31, 9, 41, 7, tzinfo=UTC)
CALENDAR = Calendar(NOW, ZoneInfo("Europe/Amsterdam"))


def documents(calendar: Calendar = CALENDAR) -> list[tuple[datetime, usage.Document]]:
    starts = {each["customer"]: calendar.of(each) for each in data.read("agreements")}
    return list(usage.of(calendar, data.read("usage"), starts).documents())


def test_the_events_are_the_same_each_time_and_a_round_number_beside_the_odd_ones() -> None:
    told = documents()
    assert told == documents()
    odd = data.read("usage")
    strays = sum(each["a_day"] * each["days_ago"] for each in odd["strays"])
    late = sum(each["count"] for each in odd["late"])
    assert len(told) == usage.EVENTS + strays + late
    assert len({document["reference"] for _, document in told}) == len(told)


def test_events_are_sent_in_order_of_time_and_never_before_they_happened() -> None:
    told = documents()
    sent = [at for at, _ in told]
    assert sent == sorted(sent)
    assert CALENDAR.begin <= sent[0]
    assert sent[-1] < NOW
    assert all(parse_instant(document["timestamp"]) <= at for at, document in told)


def test_usage_has_a_weekly_rhythm_and_grows() -> None:
    sent = [each for _, each in documents() if each["customer_reference"] == "tidewater"]
    told = [parse_instant(each["timestamp"]) for each in sent]
    days = Counter(at.weekday() for at in told)
    assert days[6] * 3 < days[2]
    months = Counter(CALENDAR.month(at) for at in told)
    assert months[1] < months[11]


def test_the_clock_stops_at_least_once_in_every_grace_period_and_ends_now() -> None:
    steps = [CALENDAR.begin, *CALENDAR.steps()]
    gaps = [later - earlier for earlier, later in itertools.pairwise(steps)]
    assert min(gaps) > timedelta(0)
    assert max(gaps) <= timedelta(hours=25)
    assert steps[-1] == NOW


def test_days_of_the_data_are_local_and_stay_within_their_month() -> None:
    assert CALENDAR.begin == datetime(2025, 2, 28, 23, tzinfo=UTC)
    assert CALENDAR.day(months_ago=1, day=31) == datetime(2026, 2, 27, 23, tzinfo=UTC)
    closed = CALENDAR.of({"weeks_ago": 8}).astimezone(CALENDAR.zone)
    assert (closed.weekday(), closed.hour) == (1, 8)


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "writes"), [(Screen(), 101), (io.StringIO(), 5)])
def test_the_bar_moves_on_a_terminal_and_is_a_few_lines_in_a_pipe(stream: io.StringIO, writes: int) -> None:
    bar = Bar(stream, "Loading")
    for done in range(401):
        bar.to(done=done, of=400, what="March 2026")
    told = stream.getvalue()
    assert told.count("Loading") == writes
    assert told.endswith("\n")


def test_a_platform_with_something_on_it_is_left_alone(platform: Platform, world: World) -> None:
    known = Customer.objects.count()
    assert load.once(platform=platform, at=NOW, bar=Bar(io.StringIO(), "Loading")) is False
    assert Customer.objects.count() == known


@pytest.mark.django_db
def test_a_platform_whose_clock_stands_is_left_alone(platform: Platform) -> None:
    Platform.objects.filter(pk=platform.pk).update(test_now=NOW)
    assert load.once(platform=platform, at=NOW, bar=Bar(io.StringIO(), "Loading")) is False
    assert not Customer.objects.exists()
