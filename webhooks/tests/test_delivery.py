"""Delivery to a real receiver. Time is handed in, so no test waits for a retry."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from django.db import transaction
from standardwebhooks import Webhook as Standard
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.services import clock as platform_clock
from kit import clock
from kit.testing import NOON
from webhooks.models import Delivery, Webhook
from webhooks.services import claims, delivery, retry, secret


def deliver(platform, *, at=None):
    """One turn of a worker; the number delivered."""
    at = at or clock.now()
    taken = claims.take(platform=platform, now=at, most=10)
    return sum(delivery.drain(claim, now=lambda: at) for claim in taken)


def test_each_event_arrives_once_and_in_order(platform, endpoint, receiver, emit):
    sent = emit("API_KEY.CREATED", "API_KEY.UPDATED", "invoice.finalized")
    assert deliver(platform) == 3
    assert deliver(platform) == 0
    assert [body["type"] for body in receiver.bodies] == [
        "API_KEY.CREATED",
        "API_KEY.UPDATED",
        "invoice.finalized",
    ]
    assert [body["sequence"] for body in receiver.bodies] == [1, 2, 3]
    assert [body["id"] for body in receiver.bodies] == [event.public_id for event in sent]


def test_the_payload_is_the_contracts_with_ours_beside_it(platform, endpoint, receiver, emit):
    (event,) = emit("API_KEY.CREATED")
    deliver(platform)
    assert receiver.bodies == [
        {
            "id": event.public_id,
            "type": "API_KEY.CREATED",
            "created_at": "2026-04-01T12:00:00Z",
            "original_request_id": None,
            "environment": "TEST",
            "resource_type": "API_KEY",
            "resource_id": event.resource_id,
            "sequence": 1,
            "data": {"n": 1},
        }
    ]


def test_previous_data_is_sent_to_those_that_ask(platform, endpoint, receiver, emit):
    Webhook.objects.update(include_previous_data=True)
    emit("API_KEY.UPDATED")
    deliver(platform)
    assert receiver.bodies[0]["previous_data"] is None


def test_a_failure_holds_up_later_events_until_it_succeeds(platform, endpoint, receiver, emit):
    receiver.answers = [503, 500]
    emit("API_KEY.CREATED", "API_KEY.UPDATED")
    begun = clock.now()
    assert deliver(platform, at=begun) == 0
    emit("API_KEY.DELETED")
    assert deliver(platform, at=begun + timedelta(seconds=119)) == 0
    assert deliver(platform, at=begun + timedelta(minutes=2)) == 0
    assert deliver(platform, at=begun + timedelta(minutes=6)) == 3
    assert [body["sequence"] for body in receiver.bodies] == [1, 1, 1, 2, 3]
    row = Delivery.objects.order_by("event_id").first()
    assert (row.status, row.attempts, row.response_status, row.response_body) == (
        "SUCCEEDED",
        3,
        200,
        "thanks",
    )
    assert (row.next_attempt_at, row.cause) == (None, "")


@pytest.mark.parametrize("status", [300, 301, 302, 400, 404, 410, 429, 500])
def test_only_2xx_is_a_receipt_and_no_redirect_is_followed(platform, endpoint, receiver, emit, status):
    receiver.answers = [status]
    emit("API_KEY.CREATED")
    assert deliver(platform) == 0
    assert len(receiver.requests) == 1
    row = Delivery.objects.get()
    assert (row.status, row.response_status) == ("PENDING", status)
    assert f"answered {status}" in row.cause


def test_the_ladder_is_the_contracts():
    minutes = [
        (retry.next_attempt(attempts=n, first_at=NOON, failed_at=NOON) - NOON).total_seconds() / 60
        for n in range(1, 12)
    ]
    assert minutes == [2, 4, 8, 16, 32, 60, 120, 240, 480, 480, 480]


def test_a_delivery_is_given_up_after_seven_days_and_the_next_one_has_its_turn(
    platform, endpoint, receiver, emit
):
    receiver.answers = [500] * 100
    emit("API_KEY.CREATED", "API_KEY.UPDATED")
    first = at = clock.now()
    while Delivery.objects.filter(status="FAILED").count() == 0:
        deliver(platform, at=at)
        at = Delivery.objects.order_by("event_id").first().next_attempt_at or at
    given_up = Delivery.objects.get(status="FAILED")
    assert timedelta(days=7) <= given_up.finished_at - first < timedelta(days=7, hours=8)
    receiver.answers = []
    assert deliver(platform, at=at) == 1
    assert receiver.bodies[-1]["type"] == "API_KEY.UPDATED"


def test_both_signatures_verify(platform, endpoint, receiver, emit):
    emit("API_KEY.CREATED")
    deliver(platform)
    headers, body = receiver.requests[0]
    assert Standard(endpoint.shown_secret).verify(body, headers)["sequence"] == 1
    signed = headers["X-PAYLOAD-SIGNATURE-TIMESTAMP"].encode() + b"." + body
    for key in (endpoint.shown_secret.encode(), Standard(endpoint.shown_secret)._whsecret):
        expected = hmac.new(key, signed, hashlib.sha256).hexdigest().upper()
        assert f"v1={expected}" in headers["X-PAYLOAD-SIGNATURE"].split(",")
    with pytest.raises(WebhookVerificationError):
        Standard(endpoint.shown_secret).verify(body + b" ", headers)


def test_both_secrets_sign_for_a_day_after_a_roll(platform, ctx, endpoint, receiver, emit):
    old, now = endpoint.shown_secret, clock.now()
    _, new = secret.roll(ctx=ctx, instance=endpoint, given=None, now=now)
    emit("API_KEY.UPDATED")
    deliver(platform, at=now)
    headers, body = receiver.requests[0]
    assert [Standard(key).verify(body, headers)["sequence"] for key in (old, new)] == [1, 1]
    webhook = Webhook.objects.get()
    assert secret.living(webhook, now=now + timedelta(hours=23, minutes=59)) == [new, old]
    assert secret.living(webhook, now=now + timedelta(hours=24)) == [new]


def test_without_a_secret_nothing_is_signed(platform, ctx, endpoint, receiver, emit):
    secret.remove(ctx=ctx, instance=endpoint)
    emit("API_KEY.UPDATED")
    deliver(platform)
    names = {name.lower() for name in receiver.requests[0][0]}
    assert "webhook-id" in names
    assert not names & {"webhook-signature", "x-payload-signature"}


def test_b41_a_change_that_is_rolled_back_is_never_told(platform, endpoint, receiver, emit):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        emit("invoice.finalized")
        raise ZeroDivisionError
    assert deliver(platform) == 0
    assert receiver.requests == []
    emit("invoice.finalized")
    assert deliver(platform) == 1
    assert receiver.bodies[0]["sequence"] == 1


def test_b42_the_claim_of_a_killed_worker_is_picked_up(platform, endpoint, receiver, emit):
    emit("API_KEY.CREATED")
    now = clock.now()
    (claim,) = claims.take(platform=platform, now=now, most=10)
    delivery.prepare(claim, at=now)  # and the worker is gone, perhaps after it has sent
    assert deliver(platform, at=now + claims.LEASE - timedelta(seconds=1)) == 0
    assert deliver(platform, at=now + claims.LEASE) == 1
    assert delivery.drain(claim, now=clock.now) == 0
    assert len(receiver.requests) == 1


def test_a_failure_seen_without_the_claim_changes_nothing(platform, endpoint, receiver, emit):
    emit("API_KEY.CREATED")
    now = clock.now()
    (lost,) = claims.take(platform=platform, now=now, most=10)
    attempt = delivery.prepare(lost, at=now)
    assert deliver(platform, at=now + claims.LEASE) == 1
    delivery.record(lost, attempt, delivery.Reply(500, "", "The receiver answered 500"), at=now)
    assert Delivery.objects.get().status == "SUCCEEDED"


def test_b50_the_sequence_puts_any_order_and_any_repeat_right(platform, endpoint, receiver, emit):
    emit("API_KEY.CREATED", "API_KEY.UPDATED", "API_KEY.UPDATED")
    deliver(platform)
    for arrived in (receiver.bodies, receiver.bodies[::-1], receiver.bodies * 2):
        assert max(arrived, key=lambda body: body["sequence"])["id"] == receiver.bodies[2]["id"]
    assert len({body["id"] for body in receiver.bodies}) == 3


def test_retries_follow_wall_time_while_the_test_clock_is_frozen(platform, endpoint, receiver, emit):
    platform_clock.freeze(platform=platform, at=NOON + timedelta(days=3600))
    emit("API_KEY.CREATED")
    receiver.answers = [500]
    now = clock.now()
    deliver(platform, at=now)
    assert Delivery.objects.get().next_attempt_at == now + timedelta(minutes=2)
    assert receiver.bodies[0]["created_at"] == "2026-04-01T12:00:00Z"


def test_an_inactive_endpoint_keeps_its_queue(platform, endpoint, receiver, emit):
    emit("API_KEY.CREATED")
    Webhook.objects.update(active=False)
    emit("API_KEY.UPDATED")
    assert deliver(platform) == 0
    Webhook.objects.update(active=True)
    assert deliver(platform) == 1


def test_credentials_are_sent_as_the_endpoint_asks(platform, api, receiver, emit):
    hook = {"name": "h", "url": receiver.url, "included_actions": ["CUSTOMER.CREATED"]}
    basic = {"authentication_type": "PASSWORD", "username": "acme", "password": "s3cret"}
    key = {"authentication_type": "API_KEY", "api_key": "k-1"}
    for index, kind in enumerate([basic, key, key | {"api_header_field": "X-Hook-Key"}]):
        api.post("/v1/webhooks", hook | kind | {"reference": f"h{index}"}).ok()
    emit("CUSTOMER.CREATED")
    assert deliver(platform) == 3
    first, second, third = (headers for headers, _ in receiver.requests)
    assert first["Authorization"] == "Basic YWNtZTpzM2NyZXQ="
    assert second["X-API-KEY"] == third["X-Hook-Key"] == "k-1"


def test_a_secret_that_cannot_be_opened_is_a_failed_attempt(platform, endpoint, receiver, emit, settings):
    emit("API_KEY.CREATED")
    settings.SECRET_KEY = "another"
    assert deliver(platform) == 0
    assert "SECRET_KEY" in Delivery.objects.get().cause
    settings.SECRET_KEY_FALLBACKS = ["tests-only"]
    assert deliver(platform, at=clock.now() + timedelta(minutes=3)) == 1
