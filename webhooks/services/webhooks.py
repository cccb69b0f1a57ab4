"""Create, change and delete endpoints."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from accounts.context import Context
from accounts.models import Platform
from accounts.services import audit
from kit import persistence
from kit.errors import InvalidField
from kit.sealing import seal
from webhooks.models import Webhook
from webhooks.services import actions, authentication, changes, destination, signing

SEALED = ("password", "api_key")
CHANGE_LOCK = 7_102_002


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> tuple[Webhook, str]:
    """(the endpoint, its signing secret): the given one, or a fresh one. Shown only here."""
    secret = fields.get("secret_key") or signing.new_secret()
    webhook = draft(ctx=ctx, fields=fields | {"secret_key": secret})
    persistence.insert(webhook)
    changes.created(ctx=ctx, instance=webhook)
    return webhook, secret


def draft(*, ctx: Context, fields: dict[str, Any]) -> Webhook:
    """An unsaved endpoint of ``fields``, checked; signed only if a secret is given."""
    secret = fields.get("secret_key") or ""
    if secret:
        signing.key_of(secret)
    webhook = Webhook.stamped(
        platform=ctx.platform, at=ctx.at, secret_key_sealed=seal(secret), **_columns(fields)
    )
    authentication.check(webhook)
    destination.check(webhook.url)
    return webhook


@transaction.atomic
def update(*, ctx: Context, instance: Webhook, fields: dict[str, Any]) -> Webhook:
    """Change what is given. The signing secret has a service of its own (``secret``)."""
    if fields.get("secret_key"):
        raise InvalidField(
            "is changed with PATCH /v1/webhooks/{id}/secret-key, which keeps the old one valid for a day",
            field="secret_key",
        )
    if fields.get("url", instance.url) != instance.url:
        destination.check(fields["url"])  # before the lock: a name server may take its time
    webhook = lock(instance)
    before = changes.snapshot(webhook)
    changed = persistence.assign(webhook, _columns(fields))
    authentication.check(webhook)
    webhook.updated_at = ctx.at
    persistence.store(webhook, [*changed, "updated_at"])
    if any(name.endswith("_sealed") for name in changed):
        note_secret_change(ctx=ctx, webhook=webhook)
    changes.updated(ctx=ctx, instance=webhook, before=before)
    return webhook


@transaction.atomic
def delete(*, ctx: Context, instance: Webhook) -> None:
    """Delete the endpoint with everything still owed to it.

    The full lock waits for transactions that have put deliveries to it in the queue, so that these
    are seen and go with it.
    """
    alone(ctx.platform)
    webhook = persistence.lock(instance)
    before = changes.snapshot(webhook)
    public_id = webhook.public_id
    persistence.remove(webhook)
    webhook.public_id = public_id
    changes.deleted(ctx=ctx, instance=webhook, before=before)


def alone(platform: Platform) -> None:
    """One change of endpoints at a time on a platform, until the transaction ends.

    Each such change is itself an event for the others: two deletions would wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CHANGE_LOCK, platform.pk])


def lock(webhook: Webhook) -> Webhook:
    """The row under a lock that lets others put deliveries to it in the queue meanwhile."""
    alone(webhook.platform)
    return Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)


def note_secret_change(*, ctx: Context, webhook: Webhook) -> None:
    """Audit that a secret changed: what the API shows of it is the same before and after."""
    audit.record(
        ctx=ctx, action="SECRET_CHANGED", object_type=webhook.object_type, object_id=webhook.public_id
    )


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    """Columns of the API's fields: secrets sealed, actions in their own spelling, null as empty."""
    columns = {name: value for name, value in fields.items() if name not in (*SEALED, "secret_key")}
    for name in ("username", "api_header_field"):
        if name in columns:
            columns[name] = columns[name] or ""
    for name in ("included_actions", "excluded_actions"):
        if name in columns:
            columns[name] = actions.parse(columns[name] or [], field=name)
    return columns | {f"{name}_sealed": seal(fields[name] or "") for name in SEALED if name in fields}
