from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import path

from desk.screens.customers import (
    contacts,
    form,
    group_forms,
    groups,
    steps,
    subscription_editor,
    subscription_live,
    subscription_screen,
    subscription_steps,
)
from desk.screens.customers.charge_now import ChargeNow
from desk.screens.customers.detail import CustomerDetail
from desk.screens.customers.found import SubscriptionAt
from desk.screens.customers.list import Customers
from desk.screens.customers.schedule_copy import CopySchedule
from desk.screens.customers.subscription import SubscriptionDetail
from desk.screens.customers.subscription_edit import EditSubscription
from desk.screens.customers.subscription_list import Subscriptions

STEPS: dict[str, type[subscription_screen.SubscriptionScreen]] = {
    **subscription_steps.STEPS,
    "charge": ChargeNow,
    "go-on": CopySchedule,
    "edit": EditSubscription,
}


def step(request: HttpRequest, verb: str, **kwargs: str) -> HttpResponseBase:
    """The dialog of one step."""
    screen = STEPS.get(verb)
    if screen is None:
        raise Http404
    return screen.as_view()(request, **kwargs)


urlpatterns = [
    path("", Customers.as_view(), name="customers"),
    path("new/", form.NewCustomer.as_view(), name="customer-new"),
    path("check/", form.CheckCustomer.as_view(), name="customer-check"),
    path("subscriptions/", Subscriptions.as_view(), name="subscriptions"),
    path("subscriptions/<pk>/", SubscriptionAt.as_view(), name="subscription"),
    path("subscription-groups/", groups.SubscriptionGroups.as_view(), name="subscription-groups"),
    path("subscription-groups/new/", group_forms.NewGroup.as_view(), name="subscription-group-new"),
    path("subscription-groups/<pk>/edit/", group_forms.EditGroup.as_view(), name="subscription-group-edit"),
    path(
        "subscription-groups/<pk>/delete/",
        group_forms.DeleteGroup.as_view(),
        name="subscription-group-delete",
    ),
    path("subscription-groups/<pk>/", groups.SubscriptionGroupDetail.as_view(), name="subscription-group"),
    path(
        "subscription-groups/<pk>/<slug:tab>/",
        groups.SubscriptionGroupDetail.as_view(),
        name="subscription-group-tab",
    ),
    path("<pk>/edit/", form.EditCustomer.as_view(), name="customer-edit"),
    path("<pk>/move/<slug:verb>/", steps.MoveCustomer.as_view(), name="customer-move"),
    path("<customer>/contacts/new/", contacts.NewContact.as_view(), name="contact-new"),
    path("<customer>/contacts/<pk>/edit/", contacts.EditContact.as_view(), name="contact-edit"),
    path("<customer>/contacts/<pk>/remove/", contacts.RemoveContact.as_view(), name="contact-remove"),
    path(
        "<customer>/subscriptions/new/",
        subscription_editor.SubscriptionEditor.as_view(),
        name="subscription-new",
    ),
    path(
        "<customer>/subscriptions/preview/",
        subscription_live.PreviewSubscription.as_view(),
        name="subscription-preview",
    ),
    path(
        "<customer>/subscriptions/prices/<rule>/calculate/",
        subscription_live.CalculatePrice.as_view(),
        name="subscription-calculate",
    ),
    path(
        "<customer>/subscriptions/<pk>/edit/",
        subscription_editor.SubscriptionEditor.as_view(),
        name="subscription-edit",
    ),
    path(
        "<customer>/subscriptions/<pk>/activate/",
        subscription_steps.ActivateSubscription.as_view(),
        name="subscription-activate",
    ),
    path("<customer>/subscriptions/<pk>/steps/<slug:verb>/", step, name="subscription-step"),
    path("<customer>/subscriptions/<pk>/", SubscriptionDetail.as_view(), name="subscription"),
    path(
        "<customer>/subscriptions/<pk>/<slug:tab>/",
        SubscriptionDetail.as_view(),
        name="subscription-tab",
    ),
    path("<pk>/", CustomerDetail.as_view(), name="customer"),
    path("<pk>/<slug:tab>/", CustomerDetail.as_view(), name="customer-tab"),
]
