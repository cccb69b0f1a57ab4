"""The paths of accounts' API."""

from django.urls import path

from accounts.api.clock import ClockViewSet

urlpatterns = [
    path(
        "v1/test-clock",
        ClockViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"}),
    ),
    path("v1/test-clock/advance", ClockViewSet.as_view({"post": "advance"})),
]
