"""``/v1/meter-properties``."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated
from kit.api.fields import EnumField, StrictCharField
from metering.api.definitions import ORDERABLE, STATUSES, DefinitionSerializer
from metering.models import MeterProperty, PropertyType
from metering.selectors import definitions
from metering.services import meter_properties

MAX_ENUM_VALUES = 1000


class MeterPropertySerializer(DefinitionSerializer):
    """A dimension of events; ENUM admits only ``enum_values``."""

    type = EnumField(choices=PropertyType.values)
    enum_values = serializers.ListField(
        child=StrictCharField(max_length=256, trim_whitespace=False),
        required=False,
        allow_null=True,
        max_length=MAX_ENUM_VALUES,
    )

    def validate_enum_values(self, value: Any) -> list[str]:
        return value or []


class MeterPropertyViewSet(Listed, Retrieved, Created, Updated, Deleted):
    """Meter properties."""

    tag = "meterProperties"
    model = MeterProperty
    serializer_class = MeterPropertySerializer
    selector = definitions.meter_properties
    service: ClassVar[ModuleType] = meter_properties
    by_reference = True
    paginated = False
    filters = STATUSES
    orderable = ORDERABLE
    permissions = crud("METER_PROPERTY")
