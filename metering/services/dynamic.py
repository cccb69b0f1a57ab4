"""``meter_validation=DYNAMIC``: make the meters, values, properties and enum values that events name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.context import Context
from accounts.models import Platform
from kit.errors import InvalidField
from metering.models import Meter, MeterProperty, MeterValue, PropertyType, Status, ValueType
from metering.selectors import configuration as configurations
from metering.selectors.configuration import KnownMeter
from metering.services import meter_properties, meter_values, meters

MAX_REFERENCE = 256


@transaction.atomic
def define(*, platform_id: int, documents: Sequence[Any], wall: datetime) -> None:
    """Make what is missing, ACTIVE at once; what makes no sense is left for validation to refuse."""
    platform = Platform.objects.get(pk=platform_id)
    ctx = Context(platform=platform, at=platform.test_now or wall, actor="ingestion")
    known = configurations.load(platform_id).meters
    for document in documents:
        reference = document.get("meter_reference") if isinstance(document, dict) else None
        if (
            isinstance(reference, str)
            and _is_reference(reference)
            and not _is_known(document, known.get(reference))
        ):
            _define(ctx, reference, document)
            known = configurations.load(platform_id).meters


def _is_reference(value: Any) -> bool:
    """Whether the text may become a reference: without white space, not too long."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_REFERENCE
        and not any(character.isspace() for character in value)
    )


def _is_known(document: dict[str, Any], meter: KnownMeter | None) -> bool:
    if meter is None:
        return False
    if any(each["reference"] not in meter.values for each in _named(document, "meter_values")):
        return False
    for each in _named(document, "meter_properties"):
        known = meter.properties.get(each["reference"])
        if known is None or (known.enum_values is not None and each.get("value") not in known.enum_values):
            return False
    return True


def _named(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The values or properties that name a reference."""
    given = document.get(name)
    found = given if isinstance(given, list) else []
    return [each for each in found if isinstance(each, dict) and _is_reference(each.get("reference"))]


def _define(ctx: Context, reference: str, document: dict[str, Any]) -> None:
    values = [_value(ctx, each) for each in _named(document, "meter_values")]
    properties = [_property(ctx, each) for each in _named(document, "meter_properties")]
    meter = Meter.objects.filter(platform=ctx.platform, reference=reference).first()
    if meter is None:
        fields = {"reference": reference, "name": reference, "status": Status.ACTIVE.value}
        meters.create(ctx=ctx, fields={**fields, "meter_values": values, "meter_properties": properties})
        return
    held_values = [
        meters.Link(link.meter_value)
        for link in meter.value_links.select_related("meter_value").order_by("position")
    ]
    held_properties = [
        meters.Link(link.meter_property)
        for link in meter.property_links.select_related("meter_property").order_by("position")
    ]
    added = {
        "meter_values": _joined(held_values, values),
        "meter_properties": _joined(held_properties, properties),
    }
    meters.update(ctx=ctx, instance=meter, fields=added)


def _joined(held: list[meters.Link], added: list[meters.Link]) -> list[meters.Link]:
    there = {link.target.pk for link in held}
    return held + list({link.target.pk: link for link in added if link.target.pk not in there}.values())


def _value(ctx: Context, given: dict[str, Any]) -> meters.Link:
    reference = given["reference"]
    settings = _settings(given)
    row = MeterValue.objects.filter(platform=ctx.platform, reference=reference).first()
    if row is None:
        kind = settings.get("type") or (ValueType.AMOUNT if given.get("amount") else ValueType.NUMBER)
        row = meter_values.create(ctx=ctx, fields=_fields(reference, kind, ValueType.values))
    return meters.Link(row, settings.get("required") is True or None)


def _property(ctx: Context, given: dict[str, Any]) -> meters.Link:
    reference, word = given["reference"], given.get("value")
    settings = _settings(given)
    words = [word] if isinstance(word, str) and len(word) <= MAX_REFERENCE else []
    row = MeterProperty.objects.filter(platform=ctx.platform, reference=reference).first()
    if row is None:
        fields = _fields(reference, settings.get("type") or PropertyType.STRING, PropertyType.values)
        extra = {"enum_values": words} if fields["type"] == PropertyType.ENUM else {}
        row = meter_properties.create(ctx=ctx, fields={**fields, **extra})
    elif row.type == PropertyType.ENUM and words and word not in row.enum_values:
        grown = {"enum_values": [*row.enum_values, *words]}
        row = meter_properties.update(ctx=ctx, instance=row, fields=grown)
    return meters.Link(row, settings.get("required") is True or None)


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    settings = given.get("dynamic_validation_settings")
    return settings if isinstance(settings, dict) else {}


def _fields(reference: str, kind: Any, kinds: list[str]) -> dict[str, Any]:
    if kind not in kinds:
        raise InvalidField(f"must be one of {', '.join(kinds)}", field="dynamic_validation_settings.type")
    return {"reference": reference, "name": reference, "type": str(kind), "status": Status.ACTIVE.value}
