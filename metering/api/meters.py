"""``/v1/meters``."""

from __future__ import annotations

import csv
import io
from types import ModuleType
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated
from kit.api.fields import StrictBooleanField, StrictCharField, TextField
from kit.api.links import find
from metering.api.definitions import ORDERABLE, STATUSES, DefinitionSerializer
from metering.api.meter_properties import MeterPropertySerializer
from metering.api.meter_values import MeterValueSerializer
from metering.models import Meter, MeterProperty, MeterValue
from metering.selectors import definitions
from metering.services import meters


class CarriedSerializer(serializers.Serializer):
    """A value or property on a meter, named by id or reference."""

    target: type
    name: str

    id = StrictCharField(required=False, allow_null=True)
    reference = StrictCharField(required=False, allow_null=True, trim_whitespace=False)
    required: Any = StrictBooleanField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> meters.Link:
        value = super().to_internal_value(data)
        key = value.get("id") or value.get("reference")
        field = "id" if value.get("id") else "reference"
        if not key:
            raise serializers.ValidationError({field: "value required, but not set"}, code="MISSING_FIELD")
        found: Any = find(self.target, self.context["platform"], key)
        if found is None:
            raise serializers.ValidationError(
                {field: f"The requested {self.target.object_type} could not be found"},  # type: ignore[attr-defined]
                code="RESOURCES_NOT_FOUND",
            )
        if field == "id" and value.get("reference") not in (None, "", found.reference):
            raise serializers.ValidationError(
                {"reference": "names another one than id"}, code="INVALID_FIELD"
            )
        return meters.Link(found, value.get("required"))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        target = getattr(instance, self.name)
        return {
            "id": target.public_id,
            "object": None,
            "reference": target.reference,
            "required": instance.required,
        }


class MeterMeterValueSerializer(CarriedSerializer):
    """A meter value on a meter; a required one is on every event."""

    target = MeterValue
    name = "meter_value"
    object = MeterValueSerializer(required=False, allow_null=True, read_only=True)


class MeterMeterPropertySerializer(CarriedSerializer):
    """A meter property on a meter; only a required one can be used in price rules."""

    target = MeterProperty
    name = "meter_property"
    object = MeterPropertySerializer(required=False, allow_null=True, read_only=True)


class MeterSerializer(DefinitionSerializer):
    """What one kind of event carries."""

    name = TextField()
    meter_values = MeterMeterValueSerializer(many=True, required=False, source="value_links")
    meter_properties = MeterMeterPropertySerializer(many=True, required=False, source="property_links")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        names = {"value_links": "meter_values", "property_links": "meter_properties"}
        return {names.get(key, key): value for key, value in attrs.items()}


class MeterViewSet(Listed, Retrieved, Created, Updated, Deleted):
    """Meters."""

    tag = "meters"
    model = Meter
    serializer_class = MeterSerializer
    selector = definitions.meters
    service: ClassVar[ModuleType] = meters
    by_reference = True
    paginated = False
    filters = STATUSES
    orderable = ORDERABLE
    permissions = crud("METER", meter_data_file="METER.VIEW")
    responses = {"meter_data_file": {(200, "text/csv"): OpenApiTypes.STR}}

    @action(detail=True, methods=["get"], url_path="meter-data-file")
    def meter_data_file(self, request: Request, pk: str) -> HttpResponse:
        """The column headers of a file of events for this meter, as CSV."""
        meter = self.instance()
        values = [link.meter_value.reference for link in meter.value_links.all()]
        properties = [link.meter_property.reference for link in meter.property_links.all()]
        text = io.StringIO()
        fixed = ["reference", "customer_reference", "meter_reference", "timestamp"]
        csv.writer(text).writerow([*fixed, *values, *properties])
        return HttpResponse(text.getvalue(), content_type="text/csv")
