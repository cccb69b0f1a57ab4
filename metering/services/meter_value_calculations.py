"""Create, change and delete meter value calculations."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.context import Context
from kit import persistence
from kit.errors import InvalidField, InvalidOperation, MissingField
from metering.models import CalculationType, MeterValueCalculation, Status
from metering.services import definitions, keying
from webhooks.services import changes

FROZEN = ("calculation_type", "persist", "meter", "meter_value", "meter_property")


@transaction.atomic
def create(*, ctx: Context, fields: dict[str, Any]) -> MeterValueCalculation:
    """A new calculation over a value (or, for UNIQUE, a property) that the meter carries."""
    calculation = MeterValueCalculation.stamped(platform=ctx.platform, at=ctx.at, **fields)
    _check(calculation)
    persistence.insert(calculation)
    _count(ctx, calculation)
    changes.created(ctx=ctx, instance=calculation)
    return calculation


@transaction.atomic
def update(*, ctx: Context, instance: MeterValueCalculation, fields: dict[str, Any]) -> MeterValueCalculation:
    """Change a calculation; what it calculates stays once a product item uses it."""
    calculation: MeterValueCalculation = persistence.lock(instance)
    before = changes.snapshot(calculation)
    definitions.check_unused(instance=calculation, fields=fields, frozen=FROZEN)
    changed = persistence.assign(calculation, fields)
    _check(calculation)
    definitions.store(ctx=ctx, instance=calculation, changed=changed)
    _count(ctx, calculation)
    changes.updated(ctx=ctx, instance=calculation, before=before)
    return calculation


@transaction.atomic
def delete(*, ctx: Context, instance: MeterValueCalculation) -> None:
    """Delete a calculation that no product item uses."""
    calculation: MeterValueCalculation = persistence.lock(instance)
    before = changes.snapshot(calculation)
    persistence.remove(calculation)
    changes.deleted(ctx=ctx, instance=calculation, before=before)


def _count(ctx: Context, calculation: MeterValueCalculation) -> None:
    """From now on the meter keeps what UNIQUE counts."""
    if calculation.meter_property is not None:
        keying.ensure_counted(ctx=ctx, meter=calculation.meter, properties=[calculation.meter_property])


def _check(calculation: MeterValueCalculation) -> None:
    if calculation.meter.status == Status.ARCHIVED:
        raise InvalidOperation("the meter is ARCHIVED", field="meter_id", resource_type="METER")
    if calculation.calculation_type == CalculationType.UNIQUE:
        _check_unique(calculation)
    else:
        _check_value(calculation)


def _check_unique(calculation: MeterValueCalculation) -> None:
    if calculation.meter_value is not None:
        raise InvalidField("UNIQUE counts a property, not a value", field="meter_value_id")
    if calculation.meter_property is None:
        raise MissingField("UNIQUE counts the values of a property", field="meter_property_id")
    links = calculation.meter.property_links.filter(meter_property=calculation.meter_property)
    if not links.exists():
        raise InvalidField("the meter does not carry this property", field="meter_property_id")


def _check_value(calculation: MeterValueCalculation) -> None:
    if calculation.meter_property is not None:
        raise InvalidField("is for UNIQUE only", field="meter_property_id")
    if calculation.meter_value is None:
        if calculation.calculation_type == CalculationType.COUNT:
            return
        raise MissingField(f"{calculation.calculation_type} needs a value", field="meter_value_id")
    links = calculation.meter.value_links.filter(meter_value=calculation.meter_value)
    if not links.exists():
        raise InvalidField("the meter does not carry this value", field="meter_value_id")
