"""The paths of metering's API."""

from django.urls import include, path

from kit.api.routing import ResourceRouter
from metering.api.meter_properties import MeterPropertyViewSet
from metering.api.meter_value_calculations import MeterValueCalculationViewSet
from metering.api.meter_values import MeterValueViewSet
from metering.api.meters import MeterViewSet

router = ResourceRouter()
router.register("v1/meter-values", MeterValueViewSet, basename="meter-value")
router.register("v1/meter-properties", MeterPropertyViewSet, basename="meter-property")
router.register("v1/meters", MeterViewSet, basename="meter")
router.register(
    "v1/meter-value-calculations", MeterValueCalculationViewSet, basename="meter-value-calculation"
)

urlpatterns = [path("", include(router.urls))]
