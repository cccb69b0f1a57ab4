"""Many senders at once, on real connections: nothing is counted twice, lost, or waits for ever."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from accounts.context import Context
from kit.period import Span
from kit.testing import NOON
from metering import aggregation
from metering.models import Event, EventDuplicate, Meter, MeterProperty
from metering.services import events, ingest, keying, usage
from metering.tests.conftest import ADA

pytestmark = pytest.mark.django_db(transaction=True)
WALL = NOON + timedelta(days=30)


def race(*jobs):
    """Run the jobs in threads with connections of their own, released together; their answers."""
    barrier = threading.Barrier(len(jobs))
    answers, faults = [None] * len(jobs), []

    def run(index, job):
        try:
            barrier.wait(timeout=20)
            answers[index] = job()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, job)) for index, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not faults
    assert not any(thread.is_alive() for thread in threads)
    return answers


def counted(platform):
    """What the rollups say of all of Ada's usage, and what her living events say."""
    meter = Meter.objects.get()
    span = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    question = usage.Question(customer_id=ADA.pk, meter_id=meter.pk, span=span)
    rolled = aggregation.merge(row.state for row in usage.read(platform=platform, questions=[question])[0])
    living = Event.objects.filter(customer_id=ADA.pk, deleted_at__isnull=True).order_by("pk")
    plain = aggregation.merge(
        aggregation.entry(event.number, timestamp=event.timestamp, event_id=event.pk) for event in living
    )
    return rolled, plain


def test_of_n_senders_of_one_reference_one_stores_it(platform, meters, sample):
    def send():
        return ingest.together(platform_id=platform.pk, documents=[sample("once")], wall=WALL)

    results = race(*[send] * 12)
    kinds = Counter(result.outcomes[0].original is None for result in results)
    assert kinds == {True: 1, False: 11}
    assert (Event.objects.count(), EventDuplicate.objects.count()) == (1, 11)
    rolled, plain = counted(platform)
    assert rolled == plain


def test_of_two_contents_under_one_reference_one_wins(platform, meters, sample):
    def sender(number):
        return lambda: ingest.each(
            platform_id=platform.pk, documents=[sample("once", number=number)], wall=WALL
        )

    results = race(*[sender(str(number)) for number in range(8)])
    refused = [result.outcomes[0].error for result in results if result.outcomes[0].error]
    assert [error.status for error in refused] == [409] * 7
    assert Event.objects.count() == 1


def test_batches_in_opposite_orders_do_not_deadlock(platform, meters, sample):
    documents = [sample(f"e{index:03}", number=str(index)) for index in range(200)]

    def sender(ordered):
        def send():
            for _ in range(5):
                ingest.each(platform_id=platform.pk, documents=ordered, wall=WALL)

        return send

    shuffled = list(documents)
    random.Random(3).shuffle(shuffled)
    race(
        *[
            sender(order)
            for order in (documents, documents[::-1], shuffled, documents[100:] + documents[:100])
        ]
    )
    rolled, plain = counted(platform)
    assert rolled == plain
    assert rolled.n == 200


def test_rollups_equal_events_after_ingestion_and_deletion_at_random(platform, meters, sample):
    ctx = Context(platform=platform, at=WALL)

    def worker(seed):
        def work():
            dice = random.Random(seed)
            for turn in range(12):
                batch = [
                    sample(
                        f"e{dice.randrange(150)}",
                        number="1",
                        timestamp=f"2026-04-0{dice.randrange(1, 4)}T10:{dice.randrange(60):02}:00Z",
                    )
                    for _ in range(20)
                ]
                ingest.each(platform_id=platform.pk, documents=batch, wall=WALL)
                if turn % 3 == 0 and (event := Event.objects.order_by("?").first()):
                    events.delete(ctx=ctx, event=event)

        return work

    race(*[worker(seed) for seed in range(5)])
    rolled, plain = counted(platform)
    assert rolled == plain
    assert Event.objects.filter(deleted_at__isnull=False).exists()


def test_a_change_of_the_property_key_loses_no_event(platform, meters, sample):
    meter, engine = Meter.objects.get(), MeterProperty.objects.get(reference="engine")
    ctx = Context(platform=platform, at=WALL)

    def sender(name):
        def send():
            for index in range(20):
                documents = [sample(f"{name}-{index}-{each}", number="1") for each in range(5)]
                ingest.each(platform_id=platform.pk, documents=documents, wall=WALL)

        return send

    race(
        sender("a"),
        sender("b"),
        sender("c"),
        lambda: keying.ensure_keyed(ctx=ctx, meter=meter, properties=[engine]),
    )
    rolled, plain = counted(platform)
    assert rolled == plain
    assert rolled.n == 300
    question = usage.Question(
        customer_id=ADA.pk,
        meter_id=meter.pk,
        span=Span(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)),
    )
    rows = usage.read(platform=platform, questions=[question])[0]
    assert [dict(row.properties) for row in rows] == [{"engine": "fast"}]


def test_a_stale_configuration_is_noticed(platform, meters, sample, api):
    ingest.each(platform_id=platform.pk, documents=[sample("before")], wall=WALL)
    api.patch("/v1/meters/transcription", {"status": "ARCHIVED"}).ok()
    refused = ingest.each(platform_id=platform.pk, documents=[sample("after")], wall=WALL)
    assert refused.outcomes[0].error is not None
    assert Event.objects.count() == 1
