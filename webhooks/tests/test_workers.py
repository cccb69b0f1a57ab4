"""Several workers at once, with real threads and real transactions."""

import threading

import pytest
from django.db import connection, transaction

from accounts.models import ApiKey
from kit import clock
from webhooks import jobs
from webhooks.models import Delivery, Webhook, WebhookEvent
from webhooks.services import claims, delivery, outbox, transport, webhooks
from webhooks.services.senders import Senders
from webhooks.tests.receiver import Receiver, until

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6


def in_threads(count, work):
    """Run ``work(index)`` in so many threads; an error in one fails the test."""
    errors = []

    def run(index):
        try:
            work(index)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


def add_endpoint(ctx, receiver, reference, **fields):
    plain = {"name": reference, "reference": reference, "url": receiver.url}
    return webhooks.create(ctx=ctx, fields=plain | {"included_actions": ["invoice.paid"]} | fields)[0]


def test_many_workers_deliver_each_event_once_and_in_order(ctx, platform, endpoint, receiver, emit):
    with Receiver() as other:
        add_endpoint(ctx, other, "hook-2")
        emit(*["invoice.paid"] * 30)

        def work(_):
            for _ in range(15):
                for claim in claims.take(platform=platform, now=clock.now(), most=4):
                    delivery.drain(claim, now=clock.now)

        in_threads(WORKERS, work)
        for each in (receiver, other):
            assert [body["sequence"] for body in each.bodies] == list(range(1, 31))
        assert set(Delivery.objects.values_list("status", "attempts")) == {("SUCCEEDED", 1)}
        other.shutdown()


def test_no_request_is_made_inside_a_transaction(platform, endpoint, emit, monkeypatch):
    seen = []

    def post(**message):
        seen.append(connection.in_atomic_block)
        return transport.Reply(200, "", "")

    monkeypatch.setattr(transport, "post", post)
    emit("invoice.paid")
    (claim,) = claims.take(platform=platform, now=clock.now(), most=1)
    delivery.drain(claim, now=clock.now)
    assert seen == [False]


def test_the_sequence_has_no_gap_under_threads(platform, ctx):
    subject = ApiKey.objects.get(platform=platform)

    def change(_):
        for _ in range(10):
            with transaction.atomic():
                ApiKey.objects.select_for_update().get(pk=subject.pk)
                outbox.tell(ctx=ctx, told=[outbox.Told(subject, ("API_KEY.UPDATED",), {})])

    in_threads(WORKERS, change)
    sequences = WebhookEvent.objects.filter(resource_id=subject.public_id).values_list("sequence", flat=True)
    assert sorted(sequences) == list(range(1, WORKERS * 10 + 1))


def test_a_slow_receiver_holds_up_nobody_else(ctx, platform, endpoint, receiver, emit):
    with Receiver() as slow:
        slow.delay = 3
        for number in range(3):
            add_endpoint(ctx, slow, f"slow-{number}")
        emit("invoice.paid", "invoice.paid")
        jobs.deliver(platform=platform, at=clock.now())
        until(lambda: len(receiver.requests) == 2, seconds=2)
        assert Delivery.objects.filter(webhook__reference__startswith="slow", status="SUCCEEDED").count() == 0
        until(lambda: not Delivery.objects.filter(status="PENDING", attempts=0).exists(), seconds=20)
        until(lambda: not Webhook.objects.filter(claimed_until__isnull=False).exists())
        slow.shutdown()


def test_no_platform_takes_all_senders():
    senders = Senders(senders=6, share=4)
    stop = threading.Event()
    futures = [senders.start(1, lambda: int(stop.wait(20))) for _ in range(4)]
    assert (senders.free(1), senders.free(2)) == (0, 2)
    stop.set()
    assert [future.result() for future in futures] == [1] * 4
    until(lambda: senders.free(1) == 4)


def test_endpoints_are_served_in_turn(ctx, platform, endpoint, receiver, emit):
    second = add_endpoint(ctx, receiver, "hook-2")
    emit("invoice.paid")
    chosen = []
    for _ in range(4):
        (claim,) = claims.take(platform=platform, now=clock.now(), most=1)
        chosen.append(claim.webhook_pk)
        claims.release(claim)
    assert chosen == [endpoint.pk, second.pk] * 2


def test_endpoints_can_be_deleted_and_renamed_while_events_are_emitted(
    ctx, platform, endpoint, receiver, emit
):
    doomed = [add_endpoint(ctx, receiver, f"doomed-{number}", included_actions=[]) for number in range(8)]

    def remove(webhook_list):
        for webhook in webhook_list:
            webhooks.delete(ctx=ctx, instance=webhook)

    def rename(_):
        for number in range(10):
            webhooks.update(ctx=ctx, instance=endpoint, fields={"reference": f"renamed-{number}"})

    def tell(_):
        for _ in range(10):
            with transaction.atomic():
                ApiKey.objects.select_for_update().get(platform=platform)
                emit("invoice.paid")

    works = [
        (remove, doomed[:4]),
        (remove, doomed[4:]),
        (rename, None),
        (tell, None),
        (tell, None),
        (tell, None),
    ]
    in_threads(len(works), lambda index: works[index][0](works[index][1]))
    assert set(Delivery.objects.values_list("webhook_id", flat=True)) == {endpoint.pk}
    assert Delivery.objects.filter(webhook=endpoint, event__type="invoice.paid").count() == 30
