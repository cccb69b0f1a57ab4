"""``/v1/meter-values``."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

from accounts.api.permissions import crud
from accounts.api.resources import Created, Deleted, Listed, Retrieved, Updated
from kit.api.fields import EnumField
from metering.api.definitions import ORDERABLE, STATUSES, DefinitionSerializer
from metering.models import MeterValue, ValueType
from metering.selectors import definitions
from metering.services import meter_values


class MeterValueSerializer(DefinitionSerializer):
    """What is measured: NUMBER is a quantity, AMOUNT money with a currency."""

    type = EnumField(choices=ValueType.values)


class MeterValueViewSet(Listed, Retrieved, Created, Updated, Deleted):
    """Meter values."""

    tag = "meterValues"
    model = MeterValue
    serializer_class = MeterValueSerializer
    selector = definitions.meter_values
    service: ClassVar[ModuleType] = meter_values
    by_reference = True
    paginated = False
    filters = STATUSES
    orderable = ORDERABLE
    permissions = crud("METER_VALUE")
