"""The paths of metering's API."""

from typing import Any

from django.urls import include, path

from kit.api.routing import ResourceRouter
from metering.api import ingest
from metering.api.described import by_method, described
from metering.api.events import EventViewSet
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


def _read(**actions: Any) -> Any:
    return EventViewSet.as_view(actions)


def _ingest(view: ingest.View, action: str) -> Any:
    return described(view, post=action)


_batches = {
    "v1/events/ingest-batch": _ingest(ingest.first_batch, "ingest_batch"),
    "v2/events/ingest-batch": _ingest(ingest.second_batch, "ingest_events"),
}
_both_families = [
    path("v1/events/ingest", _ingest(ingest.one, "ingest_one")),
    path("v1/events/ingest-list", _ingest(ingest.several, "ingest_list")),
    path("v1/events/calculate", _ingest(ingest.calculated, "calculate")),
    path("v1/ingest/meter-datas", _ingest(ingest.several, "ingest_list")),
    path("v1/ingest/meter-data", by_method(get=_read(get="list"), post=_ingest(ingest.one, "ingest_one"))),
    path("v1/events", _read(get="list")),
    *(
        pattern
        for family in ("v1/events", "v1/ingest/meter-data")
        for pattern in (
            path(f"{family}/delete", _read(post="delete_by_reference")),
            path(f"{family}/<str:pk>", _read(get="retrieve")),
            path(f"{family}/<str:pk>/event_trace", _read(get="event_trace")),
            path(f"{family}/<str:pk>/delete", _read(post="delete_by_id")),
        )
    ),
]

urlpatterns = [
    *(path(route, view) for route, view in _batches.items()),
    *_both_families,
    path("", include(router.urls)),
]
