"""What happened, when, and how much."""

from metering.models.calculation import CalculationType, MeterValueCalculation
from metering.models.event import Event, EventDuplicate
from metering.models.meter import Meter, MeterMeterProperty, MeterMeterValue
from metering.models.meter_property import MeterProperty, PropertyType
from metering.models.meter_value import MeterValue, ValueType
from metering.models.rollup import AmendedHour, DistinctValue, UsageRollup
from metering.models.status import Status

__all__ = [
    "AmendedHour",
    "CalculationType",
    "DistinctValue",
    "Event",
    "EventDuplicate",
    "Meter",
    "MeterMeterProperty",
    "MeterMeterValue",
    "MeterProperty",
    "MeterValue",
    "MeterValueCalculation",
    "PropertyType",
    "Status",
    "UsageRollup",
    "ValueType",
]
