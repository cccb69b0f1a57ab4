"""``/v1/meter-value-calculations``."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated
from kit.api.fields import EnumField, ReferenceField, StrictBooleanField, TextField, reserved
from kit.api.links import LinkField
from metering.api.definitions import ORDERABLE
from metering.models import CalculationType, Meter, MeterProperty, MeterValue, MeterValueCalculation
from metering.selectors import definitions
from metering.services import meter_value_calculations


class MeterValueCalculationSerializer(serializers.Serializer):
    """How events become a quantity. LATEST and COUNT are extensions; COUNT needs no value."""

    object_type = serializers.CharField(read_only=True)
    id = serializers.CharField(source="public_id", read_only=True)
    reference = ReferenceField()
    name = TextField()
    description = TextField()
    calculation_type = EnumField(choices=CalculationType.values)
    persist = StrictBooleanField(required=False, default=False)
    meter_id = LinkField(Meter, source="meter")
    meter_value_id = LinkField(MeterValue, source="meter_value", required=False, allow_null=True)
    meter_property_id = LinkField(MeterProperty, source="meter_property", required=False, allow_null=True)
    vars().update(reserved("meter", "meter_value", "meter_property"))


class MeterValueCalculationViewSet(Listed, Retrieved, Created, Updated, Deleted):
    """Meter value calculations; found by id, and by reference for convenience."""

    tag = "meterValueCalculations"
    model = MeterValueCalculation
    serializer_class = MeterValueCalculationSerializer
    selector = definitions.calculations
    service: ClassVar[ModuleType] = meter_value_calculations
    by_reference = True
    paginated = False
    orderable = ORDERABLE
    permissions = crud("METER_VALUE_CALCULATION")
