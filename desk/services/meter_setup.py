"""A meter with its values, properties and calculations in one transaction: what "New meter" creates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.context import Context
from kit.errors import TallydeskError
from metering.models import Meter, MeterProperty, MeterValue, Status
from metering.selectors import definitions as selectors
from metering.services import meter_properties, meter_value_calculations, meter_values, meters


@dataclass(frozen=True, slots=True)
class Carried:
    """A value or property for the meter: ``target`` exists already, or ``fields`` make a new one."""

    target: MeterValue | MeterProperty | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """``calculations`` name their source: ``values:0``, ``properties:1`` or ``events``."""

    meter: dict[str, Any]
    values: list[Carried] = field(default_factory=list)
    properties: list[Carried] = field(default_factory=list)
    calculations: list[dict[str, Any]] = field(default_factory=list)
    status: str = Status.ACTIVE


@transaction.atomic
def create(*, ctx: Context, setup: Setup) -> Meter:
    """All of it or nothing; an error names ``values.<n>``, ``properties.<n>`` or ``calculations.<n>``."""
    links = {
        "values": _links(ctx, "values", meter_values, setup.values, setup.status),
        "properties": _links(ctx, "properties", meter_properties, setup.properties, setup.status),
    }
    own = {"meter_values": links["values"], "meter_properties": links["properties"]}
    meter = meters.create(ctx=ctx, fields={**setup.meter, **own, "status": setup.status})
    for index, given in enumerate(setup.calculations):
        calculate(ctx=ctx, meter=meter, links=links, given=given, path=f"calculations.{index}")
    return meter


def calculate(
    *, ctx: Context, meter: Meter, links: dict[str, list[meters.Link]], given: dict[str, Any], path: str
) -> None:
    """One calculation of ``meter``; its ``source`` is a place in ``links``."""
    kind, _, number = given["source"].partition(":")
    target = links[kind][int(number)].target if number else None
    fields = {name: value for name, value in given.items() if name != "source"}
    fields["meter"] = meter
    fields["meter_property" if isinstance(target, MeterProperty) else "meter_value"] = target
    _named(path, meter_value_calculations.create, ctx=ctx, fields=fields)


@transaction.atomic
def carry(*, ctx: Context, meter: Meter, values: list[Carried], properties: list[Carried]) -> Meter:
    """Add values and properties to a meter; new ones are active if it is."""
    status = Status.DRAFT if meter.status == Status.DRAFT else Status.ACTIVE
    found = {
        "meter_values": _links(ctx, "values", meter_values, values, status),
        "meter_properties": _links(ctx, "properties", meter_properties, properties, status),
    }
    held = {
        "meter_values": [meters.Link(link.meter_value) for link in meter.value_links.all()],
        "meter_properties": [meters.Link(link.meter_property) for link in meter.property_links.all()],
    }
    fields = {name: held[name] + added for name, added in found.items() if added}
    return meters.update(ctx=ctx, instance=meter, fields=fields)


@transaction.atomic
def activate(*, ctx: Context, instance: Meter) -> Meter:
    """Activate a meter and those of its values and properties that are drafts."""
    meter = selectors.meters(ctx.platform).get(pk=instance.pk)
    for link in meter.value_links.all():
        _activate(ctx, meter_values, link.meter_value)
    for link in meter.property_links.all():
        _activate(ctx, meter_properties, link.meter_property)
    return meters.update(ctx=ctx, instance=meter, fields={"status": Status.ACTIVE})


def deprecate(*, ctx: Context, instance: Meter) -> Meter:
    """Closed to new uses; existing ones go on."""
    return meters.update(ctx=ctx, instance=instance, fields={"status": Status.DEPRECATED})


def archive(*, ctx: Context, instance: Meter) -> Meter:
    """Hidden and read-only."""
    return meters.update(ctx=ctx, instance=instance, fields={"status": Status.ARCHIVED})


def _activate(ctx: Context, service: Any, target: Any) -> None:
    if target.status == Status.DRAFT:
        service.update(ctx=ctx, instance=target, fields={"status": Status.ACTIVE})


def _links(ctx: Context, path: str, service: Any, rows: list[Carried], status: str) -> list[meters.Link]:
    links = []
    for index, row in enumerate(rows):
        target = row.target
        if target is None:
            target = _named(
                f"{path}.{index}", service.create, ctx=ctx, fields={**row.fields, "status": status}
            )
        elif status == Status.ACTIVE:
            _activate(ctx, service, target)
        links.append(meters.Link(target, row.required))
    return links


def _named(prefix: str, service: Any, **arguments: Any) -> Any:
    try:
        return service(**arguments)
    except TallydeskError as error:
        raise error.within(prefix) from error
