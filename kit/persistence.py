"""Writing rows so that what the database refuses becomes the contract's error."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from kit.errors import AlreadyExists, CannotDelete

Row = TypeVar("Row", bound=models.Model)


def insert(instance: models.Model) -> None:
    """INSERT; a duplicate of a unique field is 409 naming that field (never read-then-write, B36)."""
    try:
        with transaction.atomic():
            instance.save(force_insert=True)
    except IntegrityError as error:
        raise _duplicate(instance, error) from error


def store(instance: models.Model, fields: Iterable[str]) -> None:
    """UPDATE the named fields; a duplicate of a unique field is 409 naming that field."""
    try:
        with transaction.atomic():
            instance.save(update_fields=[*fields])
    except IntegrityError as error:
        raise _duplicate(instance, error) from error


def remove(instance: models.Model) -> None:
    """DELETE; a row that others point at is refused, naming what uses it.

    The full lock waits for whoever is inserting a row that points at this one, so that it is seen.
    Tell of the deletion only afterwards: the platform's counter comes last.
    """
    rows = type(instance)._default_manager.select_for_update(of=("self",))
    try:
        with transaction.atomic():
            rows.get(pk=instance.pk)
            instance.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        users: Any = getattr(error, "protected_objects", ()) or getattr(error, "restricted_objects", ())
        kinds = sorted({str(row._meta.verbose_name) for row in users})
        raise CannotDelete(
            f"It is in use by: {', '.join(kinds)}",
            resource_type=instance.object_type,  # type: ignore[attr-defined]
            resource_id=instance.public_id,  # type: ignore[attr-defined]
        ) from error


def lock(instance: Row, *, related: Iterable[str] = ()) -> Row:
    """The row read again under a lock held until the transaction ends, with what it is ``related`` to.

    The lock leaves the key alone: rows that point at this one can still be inserted meanwhile. A lock
    that stopped them would deadlock with whoever holds the platform's counter (B45).
    """
    rows = type(instance)._default_manager.select_for_update(of=("self",), no_key=True)
    if related:
        rows = rows.select_related(*related)
    return rows.get(pk=instance.pk)


def assign(instance: models.Model, values: dict[str, Any]) -> list[str]:
    """Set ``values`` on the instance; the names of fields that changed."""
    changed = [name for name, value in values.items() if getattr(instance, name) != value]
    for name in changed:
        setattr(instance, name, values[name])
    return changed


def _duplicate(instance: models.Model, error: IntegrityError) -> Exception:
    """409 for a unique constraint; anything else is a fault of ours and stays what it is."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if getattr(diagnosis, "sqlstate", None) != "23505":
        return error
    name = getattr(diagnosis, "constraint_name", "") or ""
    field = next(
        (
            constraint.fields[-1]
            for constraint in instance._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and constraint.name == name
        ),
        None,
    )
    kind = instance.object_type  # type: ignore[attr-defined]
    return AlreadyExists(
        f"A {kind} with this {field or 'key'} exists already", field=field, resource_type=kind
    )
