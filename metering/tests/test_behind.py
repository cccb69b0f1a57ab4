"""The events behind a quantity, hour by hour and as pages, against the events one by one."""

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.services import clock
from kit.period import Span
from metering.models import Event, Meter, MeterProperty, MeterValue
from metering.services import behind, events, keying, usage
from metering.services.behind import Behind
from metering.services.usage import Question
from metering.tests.conftest import ADA, DAY, stamp

END = DAY + timedelta(days=3, minutes=20)


@pytest.fixture
def used(ctx, platform, store, sample, meters):
    """The instant after which the last of two hundred events under two keys were stored, or deleted."""
    dice = random.Random(11)
    engine = MeterProperty.objects.get(reference="engine")
    keying.ensure_keyed(ctx=ctx, meter=Meter.objects.get(), properties=[engine])

    def some(name, count, hours):
        for number in range(count):
            at = DAY + timedelta(seconds=dice.randrange(hours * 3600))
            units = {"count": dice.choice([1, 3])} if dice.random() < 0.2 else {}
            values = [{"reference": "minutes", "number": str(dice.randrange(9)), **units}]
            if dice.random() < 0.3:
                amount = {"quantity": "2", "currency": "EUR"}
                values.append({"reference": "volume", "amount": amount, **units})
            named = {"pricing_plan_subscription_reference": "basic"} if dice.random() < 0.5 else {}
            engine = dice.choice(["fast", "accurate"])
            yield sample(f"{name}{number}", meter_values=values, engine=engine, timestamp=stamp(at), **named)

    first = END + timedelta(hours=2)
    clock.freeze(platform=platform, at=first)
    stored = store(*some("e", 200, 74))
    clock.freeze(platform=platform, at=first + timedelta(hours=1))
    store(*some("late", 5, 20))
    for number, event in enumerate(stored[:6]):
        events.delete(ctx=ctx.later(first + timedelta(hours=number - 3)), event=event)
    return first


def test_hours_and_pages_are_those_of_the_events(platform, used):
    start = DAY + timedelta(minutes=40)
    won = (Span(start, DAY + timedelta(hours=30, minutes=10)), Span(DAY + timedelta(hours=40), END))
    for value in (None, *MeterValue.objects.values_list("pk", flat=True)):
        question = Question(ADA.pk, Meter.objects.get().pk, Span(start, END), meter_value_id=value)
        for cutoff in (None, used):
            rows = usage.read(platform=platform, questions=[question], cutoff=cutoff)[0]
            fast = tuple(row for row in rows if row.properties["engine"] == "fast")
            check_pages(platform, Behind(question, fast, won, cutoff))


def check_pages(platform, asked):
    wanted = expected(asked, asked.question.meter_value_id)
    assert len(wanted) > 20
    for zone in ("Europe/Berlin", "Asia/Kolkata"):
        hours = behind.hours(platform=platform, behind=asked, zone=zone)
        assert [(each.hour, each.day, each.count, each.units) for each in hours] == by_hour(wanted, zone)
        if asked.question.meter_value_id is not None:
            assert sum(each.total for each in hours) == sum(number for *_, number in wanted)
        for offset in (0, 1, 7, len(wanted) - 3, len(wanted)):
            page = behind.page(platform=platform, behind=asked, hours=hours, offset=offset, limit=6)
            told = [(each.timestamp, each.public_id, each.units, each.number) for each in page]
            assert told == wanted[offset : offset + 6]


def expected(asked, value):
    """(timestamp, id, units, number) of what counts, newest first, read event by event."""
    found = []
    for event in Event.objects.order_by("-timestamp", "-pk"):
        values = [(event.meter_value_id, event.count or 1, event.number)]
        values += [(each["v"], each["k"] or 1, int(each["n"])) for each in event.more or ()]
        own = [each for each in values if each[0] == value] if value else values[:1]
        if own and _counts(asked, event):
            found.append((event.timestamp, event.public_id, *own[0][1:]))
    return found


def _counts(asked, event):
    cutoff, at = asked.cutoff, event.timestamp
    stored = cutoff is None or event.stored_at <= cutoff
    gone = event.deleted_at is not None and (cutoff is None or event.deleted_at <= cutoff)
    named = event.subscription_id is not None or any(span.contains(at) for span in asked.won)
    fast = "fast" in event.properties.values()
    return stored and not gone and named and fast and asked.question.span.contains(at)


def by_hour(wanted, zone):
    """(hour, day, count, units), newest first."""
    found = {}
    for at, _, units, _ in wanted:
        hour, day = at.replace(minute=0, second=0, microsecond=0), at.astimezone(ZoneInfo(zone)).date()
        count, before = found.get((hour, day), (0, 0))
        found[hour, day] = count + 1, before + units
    return [(*place, *counted) for place, counted in sorted(found.items(), reverse=True)]
