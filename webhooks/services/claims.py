"""Who delivers to an endpoint now: one sender at a time, by a lease that outlives no dead worker (B42)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Platform
from webhooks.models import Webhook
from webhooks.selectors import due

# Several times what one attempt can take: 10 seconds.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to deliver to one endpoint, while the row still carries the token."""

    webhook_pk: int
    token: uuid.UUID


@transaction.atomic
def take(*, platform: Platform, now: datetime, most: int) -> list[Claim]:
    """Claim up to ``most`` due endpoints that no other worker holds."""
    free = due.endpoints(platform=platform, now=now)
    locked = free.select_for_update(of=("self",), no_key=True, skip_locked=True)
    return _sign([webhook.pk for webhook in locked[:most]], now)


@transaction.atomic
def take_one(*, webhook: Webhook, now: datetime) -> Claim | None:
    """Claim this endpoint, due or not; None while another worker holds it."""
    locked = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook.pk).first()
    if locked is None or (locked.claimed_until and locked.claimed_until > now):
        return None
    return _sign([locked.pk], now)[0]


def hold(claim: Claim, *, now: datetime) -> Webhook | None:
    """The endpoint, locked until the transaction ends and leased anew; None if the claim was lost."""
    rows = Webhook.objects.select_for_update(of=("self",), no_key=True).select_related("platform")
    webhook = rows.filter(pk=claim.webhook_pk, claim=claim.token).first()
    if webhook is not None:
        Webhook.objects.filter(pk=webhook.pk).update(claimed_until=now + LEASE)
    return webhook


def release(claim: Claim) -> None:
    """Let others deliver to the endpoint again."""
    Webhook.objects.filter(pk=claim.webhook_pk, claim=claim.token).update(claim=None, claimed_until=None)


def _sign(keys: list[int], now: datetime) -> list[Claim]:
    token = uuid.uuid4()
    if keys:
        Webhook.objects.filter(pk__in=keys).update(claim=token, claimed_at=now, claimed_until=now + LEASE)
    return [Claim(key, token) for key in keys]
