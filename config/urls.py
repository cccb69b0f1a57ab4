"""Every address that Tallydesk answers."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config import health
from config.views import docs, openapi

urlpatterns = [
    path("livez", health.live),
    path("readyz", health.ready),
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/docs", docs, name="docs"),
    path("", include("accounts.api.urls")),
    path("", include("webhooks.api.urls")),
    path("", include("metering.api.urls")),
    path("", include("catalog.api.urls")),
    path("", include("billing.api.urls")),
    path("desk/", include("desk.urls")),
    path("", RedirectView.as_view(pattern_name="desk:home")),
    path("admin/", admin.site.urls),
]

handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"
