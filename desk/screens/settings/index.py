"""Settings: every page of it that this member may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from desk import navigation
from desk.screens.base import Screen

SAYS = {
    "billing-entities": "Who sends the invoices: name, address, tax ID, time zone, numbering",
    "settings-subscriptions": "What a new subscription starts with",
    "settings-invoices": "Grace period, late usage, numbering",
    "payment-options": "How customers can pay, and when a failed payment is tried again",
    "tax": "Categories, registrations and rates",
    "currencies": "What you bill in, and exchange rates with their dates",
    "integrations": "Other systems that hear about invoices and payments",
    "alert-rules": "Be told before usage or debt becomes a problem",
    "custom-fields": "Your own fields on customers, products and invoices",
    "users": "Who works here and what their role allows, invitations",
    "api-keys": "Keys for your programs: create, rotate, revoke",
    "organization": "Name, time zone and defaults of this platform",
    "profile": "Theme, density, keyboard, password and sessions of yours",
}


class Settings(Screen):
    """A list of links, each with what it decides."""

    title = "Settings"
    template = "desk/settings/index.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        items = navigation.visible(navigation.SETTINGS, self.operator.can)
        return self.render(items=[(item, SAYS.get(item.name, "")) for item in items])
