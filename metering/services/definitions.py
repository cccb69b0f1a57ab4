"""What meters, meter values, meter properties and calculations have in common when they change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.context import Context
from accounts.models import TenantModel
from kit import persistence
from kit.errors import CannotUpdate, InvalidField, InvalidOperation
from kit.lifecycle import Flow
from metering.models import Status


def check_status(*, instance: Any, fields: Mapping[str, Any], flow: Flow, frozen: tuple[str, ...]) -> None:
    """May ``fields`` change on this row? What is ``frozen`` changes on a DRAFT only."""
    if instance.status == Status.ARCHIVED and _differ(instance, fields, tuple(fields)):
        raise InvalidOperation(
            "It is ARCHIVED and can no longer change",
            resource_type=instance.object_type,
            resource_id=instance.public_id,
        )
    changed = _differ(instance, fields, frozen)
    if changed and instance.status != Status.DRAFT:
        raise InvalidField(f"can change only while it is DRAFT, not {instance.status}", field=changed[0])
    target = fields.get("status", instance.status)
    if target != instance.status:
        flow.assert_can(instance.status, target)


def check_new_status(*, status: str) -> None:
    """A new row starts its life as DRAFT or ACTIVE."""
    if status not in (Status.DRAFT, Status.ACTIVE):
        raise InvalidField("must be DRAFT or ACTIVE on creation", field="status")


def check_unused(*, instance: TenantModel, fields: Mapping[str, Any], frozen: tuple[str, ...]) -> None:
    """What is ``frozen`` stays as it is once another row points here."""
    changed = _differ(instance, fields, frozen)
    if changed and is_used(instance):
        raise CannotUpdate(
            "It is in use, so this can no longer change",
            field=changed[0],
            resource_type=instance.object_type,
            resource_id=instance.public_id,
        )


def is_used(instance: TenantModel) -> bool:
    """Whether any table points at the row. One query per table that could."""
    relations: Any = instance._meta.related_objects
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: instance}).exists()
        for relation in relations
    )


def store(*, ctx: Context, instance: TenantModel, changed: list[str]) -> None:
    """Write the fields that changed, with the instant of the change."""
    if changed:
        instance.updated_at = ctx.at
        persistence.store(instance, [*changed, "updated_at"])


def _differ(instance: Any, fields: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    return [
        name
        for name in names
        if name in fields and hasattr(instance, name) and getattr(instance, name) != fields[name]
    ]
