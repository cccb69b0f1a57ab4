from django.urls import path

from desk.screens.invoicing.acts import Finalize, Hold, Paid, Release, Unhold
from desk.screens.invoicing.invoice import InvoicePage
from desk.screens.invoicing.invoices import Invoices
from desk.screens.invoicing.papers import Events, Pdf, Why

urlpatterns = [
    path("invoices/", Invoices.as_view(), name="invoices"),
    path("invoices/<pk>/", InvoicePage.as_view(), name="invoice"),
    path("invoices/<pk>/finalize/", Finalize.as_view(), name="invoice-finalize"),
    path("invoices/<pk>/hold/", Hold.as_view(), name="invoice-hold"),
    path("invoices/<pk>/unhold/", Unhold.as_view(), name="invoice-unhold"),
    path("invoices/<pk>/release/", Release.as_view(), name="invoice-release"),
    path("invoices/<pk>/record-paid/", Paid.as_view(), name="invoice-paid"),
    path("invoices/<pk>/document/", Pdf.as_view(), name="invoice-pdf-file"),
    path("invoices/<pk>/lines/<line>/why/", Why.as_view(), name="invoice-why"),
    path("invoices/<pk>/lines/<line>/events/", Events.as_view(), name="invoice-events"),
    path("invoices/<pk>/<slug:tab>/", InvoicePage.as_view(), name="invoice-tab"),
]
