"""Desk's addresses. Each area keeps its own; the words are those of the menu, in kebab case."""

from django.urls import include, path

app_name = "desk"
urlpatterns = [
    path("", include("desk.screens.home.urls")),
    path("", include("desk.screens.account.urls")),
    path("", include("desk.screens.undo")),
    path("usage-metering/", include("desk.screens.usage_metering.urls")),
    path("products-plans/", include("desk.screens.products_plans.urls")),
    path("customers/", include("desk.screens.customers.urls")),
    path("invoicing/", include("desk.screens.invoicing.urls")),
    path("insights/", include("desk.screens.insights.urls")),
    path("developers/", include("desk.screens.developers.urls")),
    path("settings/", include("desk.screens.settings.urls")),
]
