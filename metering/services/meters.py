"""Create, change and delete meters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.context import Context
from kit import persistence
from kit.errors import InvalidField, InvalidOperation
from kit.lifecycle import core_flow
from metering.models import (
    Meter,
    MeterMeterProperty,
    MeterMeterValue,
    MeterProperty,
    MeterValue,
    Status,
)
from metering.services import definitions
from webhooks.services import changes, restoring

FLOW = core_flow("METER")
FROZEN = ("reference",)
USABLE = (Status.ACTIVE, Status.DEPRECATED)


@dataclass(frozen=True, slots=True)
class Link:
    """A value or property to put on a meter; ``required`` None keeps what was there (false if new)."""

    target: MeterValue | MeterProperty
    required: bool | None = None


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> Meter:
    """A new meter with ``meter_values`` and ``meter_properties`` (lists of Link)."""
    plain, values, properties = _split(fields)
    definitions.check_new_status(status=plain.get("status", Status.DRAFT))
    meter = Meter.stamped(platform=ctx.platform, at=ctx.at, **plain)
    persistence.insert(meter)
    _put(meter, MeterMeterValue, "meter_value", values or [])
    _put(meter, MeterMeterProperty, "meter_property", properties or [])
    _check_complete(meter)
    changes.created(ctx=ctx, instance=meter)
    return meter


@transaction.atomic
def update(*, ctx: Context, instance: Meter, fields: dict[str, Any]) -> Meter:
    """Change a meter; once it is not DRAFT, values and properties are only ever added."""
    meter: Meter = persistence.lock(instance)
    before = changes.snapshot(meter)
    plain, values, properties = _split(fields)
    definitions.check_status(instance=meter, fields=plain, flow=FLOW, frozen=FROZEN)
    if (values is not None or properties is not None) and meter.status == Status.ARCHIVED:
        raise InvalidOperation("It is ARCHIVED and can no longer change", resource_type="METER")
    changed = persistence.assign(meter, plain)
    definitions.store(ctx=ctx, instance=meter, changed=changed)
    if values is not None:
        _put(meter, MeterMeterValue, "meter_value", values)
    if properties is not None:
        _put(meter, MeterMeterProperty, "meter_property", properties)
    _check_complete(meter)
    changes.updated(ctx=ctx, instance=meter, before=before)
    return meter


@transaction.atomic
def restore(*, ctx: Context, instance: Meter, status: str) -> Meter:
    """Take a deprecation or an archiving back: ``status`` again, as it was before."""
    meter = restoring.status(ctx=ctx, instance=instance, flow=FLOW, to=status)
    _check_complete(meter)
    return meter


@transaction.atomic
def delete(*, ctx: Context, instance: Meter) -> None:
    """Delete a meter without calculations and without events."""
    meter: Meter = persistence.lock(instance)
    before = changes.snapshot(meter)
    persistence.remove(meter)
    changes.deleted(ctx=ctx, instance=meter, before=before)


def _split(fields: dict[str, Any]) -> tuple[dict[str, Any], list[Link] | None, list[Link] | None]:
    plain = {k: v for k, v in fields.items() if k not in ("meter_values", "meter_properties")}
    return plain, fields.get("meter_values"), fields.get("meter_properties")


def _put(meter: Meter, model: Any, name: str, links: Sequence[Link]) -> None:
    """Make the meter's links of one kind exactly these, in this order."""
    plural = "meter_values" if name == "meter_value" else "meter_properties"
    there = {getattr(link, f"{name}_id"): link for link in model.objects.filter(meter=meter)}
    wanted = {link.target.pk: link for link in links}
    if len(wanted) < len(links):
        raise InvalidField("names the same one twice", field=plural)
    removed = [key for key in there if key not in wanted]
    if removed and (meter.status != Status.DRAFT or _calculated(meter, name, removed)):
        raise InvalidField(
            "what a meter carries can be removed only while it is DRAFT and unused", field=plural
        )
    model.objects.filter(meter=meter, **{f"{name}_id__in": removed}).delete()
    rows = []
    for position, link in enumerate(links):
        old = there.get(link.target.pk)
        required = link.required if link.required is not None else bool(old and old.required)
        if old and old.required and not required and meter.status != Status.DRAFT:
            raise InvalidField(
                "must stay required: prices may depend on it", field=f"{plural}.{position}.required"
            )
        target = {"platform": meter.platform, "meter": meter, name: link.target}
        rows.append(model(**target, required=required, position=position))
    model.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["meter", name],
        update_fields=["required", "position"],
    )


def _calculated(meter: Meter, name: str, keys: list[int]) -> bool:
    return bool(meter.calculations.filter(**{f"{name}_id__in": keys}).exists())


def _check_complete(meter: Meter) -> None:
    """An ACTIVE meter carries only what is in use itself."""
    if meter.status != Status.ACTIVE:
        return
    for name in ("meter_value", "meter_property"):
        links = getattr(meter, "value_links" if name == "meter_value" else "property_links")
        for link in links.select_related(name).order_by("position"):
            target = getattr(link, name)
            if target.status not in USABLE:
                plural = "meter_values" if name == "meter_value" else "meter_properties"
                raise InvalidOperation(
                    f"{target.reference} is {target.status}; an ACTIVE meter needs it ACTIVE",
                    field=f"{plural}.{link.position}",
                    resource_type=target.object_type,
                    resource_id=target.public_id,
                )
