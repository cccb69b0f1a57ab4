"""The company itself, who works there, and its customers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.context import Context
from accounts.models import Membership, Role, User
from accounts.services import invitations, memberships, platforms
from billing.api.billing_entities import BillingEntitySerializer
from billing.api.contacts import ContactSerializer
from billing.api.customers import CustomerSerializer
from billing.models import Customer
from billing.sandbox.happenings import judged
from billing.services.customers import billing_entities, contacts, customers, exchange_rates
from webhooks.api.serializers import WebhookSerializer
from webhooks.services import webhooks

NAME, ZONE = "Halyard Cloud", "Europe/Amsterdam"
INVITED = "pieter.de.wit@halyard.example"
ENTITY = {
    "reference": "halyard-bv",
    "legal_name": "Halyard B.V.",
    "tax_id": "NL000099998B57",
    "registration_number": "24471185",
    "email": "billing@halyard.example",
    "timezone": ZONE,
    "registered_address": {
        "line1": "Wijnhaven 65",
        "city": "Rotterdam",
        "postal_code": "3011 WJ",
        "country": "NL",
    },
}
# Two days in which customers may still send what is missing; invoices are numbered HAL-00001.
TERMS = {"invoice_grace_period_seconds": 2 * 24 * 3600, "invoice_number_prefix": "HAL"}

# What the fictional company once noted; it bills in euros, so that no invoice needs them.
RATES, RATES_BY = {"USD": "1.0842", "GBP": "0.8411", "CHF": "0.9376"}, "Treasury of Halyard, month's opening"


def found(ctx: Context, members: list[dict[str, Any]]) -> None:
    """Name the platform, register the company, and let its people in."""
    platforms.change(ctx=ctx, values={"name": NAME, "timezone": ZONE})
    fields = judged(BillingEntitySerializer, ENTITY, ctx.platform)
    billing_entities.create(ctx=ctx, fields=fields | TERMS)
    for currency, rate in RATES.items():
        fields = {"base_currency": "EUR", "currency": currency, "rate": Decimal(rate), "source": RATES_BY}
        exchange_rates.create(ctx=ctx, fields=fields | {"timestamp": ctx.at})
    for member in members:
        known = User.objects.filter(email=member["email"]).first()
        user = known or User.objects.create_user(member["email"], name=member["name"])
        memberships.join(ctx=ctx, user=user, role=Role(member["role"]))


def enroll(ctx: Context, body: dict[str, Any], *, status: str) -> Customer:
    """A customer as its data says, with what only the story needs left out."""
    sent = {name: value for name, value in body.items() if name != "pays_after"} | {"status": status}
    return customers.create(ctx=ctx, fields=judged(CustomerSerializer, sent, ctx.platform))


def name_contact(ctx: Context, body: dict[str, Any]) -> None:
    """Whom to write to at a customer."""
    contacts.create(ctx=ctx, fields=judged(ContactSerializer, body, ctx.platform))


def register_endpoint(ctx: Context, body: dict[str, Any]) -> None:
    """A webhook endpoint, switched off: nobody listens there."""
    webhooks.create(ctx=ctx, fields=judged(WebhookSerializer, body, ctx.platform))


def invite(ctx: Context, *, owner: Membership) -> None:
    """An invitation that is still open."""
    invitations.invite(ctx=ctx, email=INVITED, role=Role.READ_ONLY, by=owner, at=ctx.at)
