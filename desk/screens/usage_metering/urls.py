from django.urls import path

from desk.screens.usage_metering import (
    event_delete,
    event_new,
    event_preview,
    events,
    meter,
    meter_changes,
    meter_moves,
    meter_new,
    meters,
    unmatched,
)

METERS = "meters/"
EVENTS = "events/"

urlpatterns = [
    path(METERS, meters.Meters.as_view(), name="meters"),
    path(f"{METERS}new/", meter_new.NewMeter.as_view(), name="meter-new"),
    path(f"{METERS}new/sample/", meter_new.MeterSample.as_view(), name="meter-sample"),
    path(f"{METERS}<pk>/edit/", meter_changes.EditMeter.as_view(), name="meter-edit"),
    path(f"{METERS}<pk>/add/value/", meter_changes.AddValue.as_view(), name="meter-add-value"),
    path(f"{METERS}<pk>/add/property/", meter_changes.AddProperty.as_view(), name="meter-add-property"),
    path(
        f"{METERS}<pk>/add/calculation/", meter_changes.AddCalculation.as_view(), name="meter-add-calculation"
    ),
    path(f"{METERS}<pk>/move/<slug:verb>/", meter_moves.Move.as_view(), name="meter-move"),
    path(f"{METERS}<pk>/", meter.MeterDetail.as_view(), name="meter"),
    path(f"{METERS}<pk>/<slug:tab>/", meter.MeterDetail.as_view(), name="meter-tab"),
    path(EVENTS, events.Events.as_view(), name="events"),
    path(f"{EVENTS}new/", event_new.NewEvent.as_view(), name="event-new"),
    path(f"{EVENTS}new/preview/<slug:part>/", event_preview.EventPreview.as_view(), name="event-preview"),
    path(f"{EVENTS}<pk>/delete/", event_delete.DeleteEvent.as_view(), name="event-delete"),
    path("unmatched-events/", unmatched.UnmatchedEvents.as_view(), name="unmatched-events"),
]
