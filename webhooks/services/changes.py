"""What every mutating service does last: audit the change, put it in the outbox, move the counter.

    before = changes.snapshot(customer)
    customer.status = Status.ACTIVE
    customer.save(update_fields=["status"])
    changes.updated(ctx=ctx, instance=customer, before=before)

All of it happens in the caller's transaction: a rolled-back change leaves no trace (B41).
"""

from __future__ import annotations

from typing import Any

from accounts.context import Context
from accounts.services import audit, configuration
from webhooks.services import outbox
from webhooks.services.rendering import Subject, render

snapshot = render


def created(*, ctx: Context, instance: Subject) -> None:
    """A new resource: ``<RESOURCE>.CREATED``."""
    _record(ctx, "CREATED", instance, before=None, after=render(instance))


def updated(
    *, ctx: Context, instance: Subject, before: dict[str, Any], lifecycle: tuple[str, ...] = ()
) -> None:
    """A changed resource: ``<RESOURCE>.UPDATED``, then its lifecycle events (``invoice.finalized``).

    A write that changed nothing that anyone can see is no event.
    """
    told(ctx=ctx, instance=instance, before=before, after=render(instance), lifecycle=lifecycle)


def told(
    *,
    ctx: Context,
    instance: Subject,
    before: dict[str, Any],
    after: dict[str, Any],
    lifecycle: tuple[str, ...] = (),
) -> None:
    """The same where the caller knows how the resource looks now (``rendering.render_loaded``)."""
    if after == before and not lifecycle:
        return
    _record(ctx, "UPDATED", instance, before=before, after=after, lifecycle=lifecycle)


def deleted(*, ctx: Context, instance: Subject, before: dict[str, Any]) -> None:
    """A resource that is gone: ``<RESOURCE>.DELETED``."""
    _record(ctx, "DELETED", instance, before=before, after=None)


def marked_deleted(*, ctx: Context, instance: Subject, before: dict[str, Any]) -> None:
    """A resource that stays but counts no more: ``<RESOURCE>.DELETED`` with what it is now."""
    _record(ctx, "DELETED", instance, before=before, after=render(instance))


def _record(
    ctx: Context,
    verb: str,
    instance: Subject,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    lifecycle: tuple[str, ...] = (),
) -> None:
    audit.record(
        ctx=ctx,
        action=verb,
        object_type=instance.object_type,
        object_id=instance.public_id,
        before=before,
        after=after,
    )
    told = outbox.Told(
        instance,
        types=(f"{instance.object_type}.{verb}", *lifecycle),
        data=(after if after is not None else before) or {},
        previous=before if after is not None else None,
    )
    outbox.tell(ctx=ctx, told=[told])
    if instance.shapes_matching:
        configuration.bump(platform=ctx.platform)
