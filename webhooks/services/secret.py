"""Roll and remove an endpoint's signing secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.context import Context
from kit import persistence
from kit.sealing import seal, unseal
from webhooks.models import Webhook
from webhooks.services import changes, signing, webhooks

OVERLAP = timedelta(hours=24)


@transaction.atomic
def roll(*, ctx: Context, instance: Webhook, given: str | None, now: datetime) -> tuple[Webhook, str]:
    """(the endpoint, its new secret): ``given``, or a fresh one. The old one signs 24 h longer.

    ``now`` is wall time, since deliveries follow it: a frozen test clock must not end the overlap.
    """
    secret = given or signing.new_secret()
    signing.key_of(secret)
    webhook = webhooks.lock(instance)
    values = {
        "secret_key_sealed": seal(secret),
        "previous_secret_key_sealed": webhook.secret_key_sealed,
        "secret_rolled_at": now,
    }
    return _store(ctx, webhook, values), secret


@transaction.atomic
def remove(*, ctx: Context, instance: Webhook) -> Webhook:
    """Forget both secrets: from now on nothing is signed."""
    webhook = webhooks.lock(instance)
    values = {"secret_key_sealed": "", "previous_secret_key_sealed": "", "secret_rolled_at": None}
    return _store(ctx, webhook, values)


def living(webhook: Webhook, *, now: datetime) -> list[str]:
    """The secrets that sign ``now`` (wall time), the current one first."""
    sealed = [webhook.secret_key_sealed]
    if previous_lives(webhook, now=now):
        sealed.append(webhook.previous_secret_key_sealed)
    return [unseal(each) for each in sealed if each]


def previous_lives(webhook: Webhook, *, now: datetime) -> bool:
    """Whether the secret before the last roll still signs."""
    rolled = webhook.secret_rolled_at
    return bool(webhook.previous_secret_key_sealed) and rolled is not None and now < rolled + OVERLAP


def _store(ctx: Context, webhook: Webhook, values: dict[str, Any]) -> Webhook:
    before = changes.snapshot(webhook)
    changed = persistence.assign(webhook, values)
    webhook.updated_at = ctx.at
    persistence.store(webhook, [*changed, "updated_at"])
    webhooks.note_secret_change(ctx=ctx, webhook=webhook)
    changes.updated(ctx=ctx, instance=webhook, before=before)
    return webhook
