from django.urls import path

from desk.screens.insights.business import General, Mrr, Revenue
from desk.screens.insights.owed import Aging, Unbilled
from desk.screens.insights.usage import Usage

urlpatterns = [
    path("", General.as_view(), name="insights"),
    path("usage/", Usage.as_view(), name="insights-usage"),
    path("revenue/", Revenue.as_view(), name="insights-revenue"),
    path("unbilled/", Unbilled.as_view(), name="insights-unbilled"),
    path("aging/", Aging.as_view(), name="insights-aging"),
    path("mrr/", Mrr.as_view(), name="insights-mrr"),
]
