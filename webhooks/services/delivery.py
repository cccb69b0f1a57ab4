"""Deliver what an endpoint is owed, in order. No request is made inside a transaction.

Before each attempt the delivery is read, and after it the outcome is written, each in a short
transaction that first asks whether the claim still holds. A worker that dies in between leaves the
delivery PENDING: it is sent again when the lease has run out. At least once, never out of order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from webhooks.models import Delivery, DeliveryStatus, Webhook
from webhooks.selectors import due
from webhooks.services import claims, dispatch, payload, retry
from webhooks.services.claims import Claim
from webhooks.services.transport import Reply

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# A sender turns to other endpoints after this long, however much is owed to this one.
TURN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery, ready to be sent."""

    delivery: Delivery
    webhook: Webhook
    body: bytes


def drain(claim: Claim, *, now: Clock) -> int:
    """Deliver until the queue is empty, blocked by a failure, or the turn is over; the number delivered.

    ``now`` is asked again for every attempt: wall time moves on while a receiver answers.
    """
    begun, done = now(), 0
    try:
        while now() - begun < TURN and (attempt := prepare(claim, at=now())) is not None:
            reply = send(attempt, at=now())
            record(claim, attempt, reply, at=now())
            if not reply.succeeded:
                break
            done += 1
    finally:
        claims.release(claim)
    return done


@transaction.atomic
def prepare(claim: Claim, *, at: datetime) -> Attempt | None:
    """The first delivery of the queue if it is due, with the lease extended over it."""
    webhook = claims.hold(claim, now=at)
    if webhook is None or not webhook.active:
        return None
    head = due.queue(webhook.pk).select_related("event", "event__platform").first()
    if head is None or (head.next_attempt_at and head.next_attempt_at > at):
        return None
    return Attempt(head, webhook, payload.encode(payload.of(head.event, webhook=webhook)))


def send(attempt: Attempt, *, at: datetime) -> Reply:
    """Sign and post the attempt."""
    message_id = attempt.delivery.event.public_id
    return dispatch.message(webhook=attempt.webhook, message_id=message_id, body=attempt.body, at=at)


@transaction.atomic
def record(claim: Claim, attempt: Attempt, reply: Reply, *, at: datetime) -> None:
    """Write the outcome. A failure seen by a worker that has lost its claim is the other worker's matter."""
    held = claims.hold(claim, now=at) is not None
    if not held and not reply.succeeded:
        return
    values = _outcome(attempt.delivery, reply, at)
    rows = Delivery.objects.filter(pk=attempt.delivery.pk, status=DeliveryStatus.PENDING)
    rows.update(**values)
    log.info(
        "Webhook %s: %s attempt %d: %s",
        attempt.webhook.public_id,
        attempt.delivery.event,
        values["attempts"],
        reply.cause or f"delivered ({reply.status})",
    )


def _outcome(delivery: Delivery, reply: Reply, at: datetime) -> dict[str, object]:
    attempts, first_at = delivery.attempts + 1, delivery.first_attempted_at or at
    again = None
    if not reply.succeeded:
        again = retry.next_attempt(attempts=attempts, first_at=first_at, failed_at=at)
    status = DeliveryStatus.SUCCEEDED if reply.succeeded else DeliveryStatus.FAILED
    return {
        "status": DeliveryStatus.PENDING if again else status,
        "attempts": attempts,
        "first_attempted_at": first_at,
        "last_attempted_at": at,
        "next_attempt_at": again,
        "finished_at": None if again else at,
        "duration_ms": reply.milliseconds,
        "response_status": reply.status,
        "response_body": reply.excerpt,
        "cause": reply.cause,
    }
