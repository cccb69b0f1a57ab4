from django.urls import path

from desk.screens.customers import contacts, form, steps
from desk.screens.customers.detail import CustomerDetail
from desk.screens.customers.list import Customers
from desk.screens.customers.subscription_list import Subscriptions

urlpatterns = [
    path("", Customers.as_view(), name="customers"),
    path("new/", form.NewCustomer.as_view(), name="customer-new"),
    path("check/", form.CheckCustomer.as_view(), name="customer-check"),
    path("subscriptions/", Subscriptions.as_view(), name="subscriptions"),
    path("<pk>/edit/", form.EditCustomer.as_view(), name="customer-edit"),
    path("<pk>/move/<slug:verb>/", steps.MoveCustomer.as_view(), name="customer-move"),
    path("<customer>/contacts/new/", contacts.NewContact.as_view(), name="contact-new"),
    path("<customer>/contacts/<pk>/edit/", contacts.EditContact.as_view(), name="contact-edit"),
    path("<customer>/contacts/<pk>/remove/", contacts.RemoveContact.as_view(), name="contact-remove"),
    path("<pk>/", CustomerDetail.as_view(), name="customer"),
    path("<pk>/<slug:tab>/", CustomerDetail.as_view(), name="customer-tab"),
]
