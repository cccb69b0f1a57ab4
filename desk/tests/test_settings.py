"""Settings: said as they are, changed by the services, refused with an explanation."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import AuditEntry, Role
from billing.api.billing_entities import BillingEntitySerializer
from billing.models import BillingEntity, Customer, ExchangeRate, Invoice
from billing.selectors import taxes
from billing.services.customers import billing_entities
from billing.services.invoices import numbering
from billing.services.subscriptions import subscriptions
from billing.tests.world import World, fee
from desk.forms.requests import changed
from desk.models import SubscriptionDefaults
from desk.tests.test_invoices import MOST_QUERIES, page
from kit.errors import CannotUpdate

SETTINGS = "/desk/settings/"
PAGES = ("organization", "subscriptions", "invoices", "tax", "currencies")


@pytest.fixture
def entity(ctx) -> BillingEntity:
    fields = {"reference": "nl", "legal_name": "Halyard B.V.", "registered_address": {"country": "NL"}}
    return billing_entities.create(ctx=ctx, fields=fields)


def test_every_page_reads_within_its_budget_and_explains_what_a_role_may_not_do(desk, member, entity):
    reader = member(Role.READ_ONLY)
    for name in PAGES:
        _, queries = page(desk, f"{SETTINGS}{name}/")
        assert queries <= MOST_QUERIES, name
        assert "Ask an administrator for" in reader.get(f"{SETTINGS}{name}/").content.decode(), name
    for name in (
        "organization/edit",
        "subscriptions/edit",
        "invoices/edit",
        "tax/rates/new",
        "currencies/new",
    ):
        assert desk.get(f"{SETTINGS}{name}/").status_code == 200, name
        assert reader.get(f"{SETTINGS}{name}/").status_code == 403, name
    body = page(desk, SETTINGS)[0]
    assert all(f"{SETTINGS}{name}/" in body for name in PAGES)


def test_the_organization_is_renamed_and_the_audit_trail_says_so(desk, platform):
    sent = {"name": "Halyard", "timezone": "Europe/Amsterdam", "default_currency": "USD"}
    assert desk.post(f"{SETTINGS}organization/edit/", sent).status_code == 303
    platform.refresh_from_db()
    assert (platform.name, platform.timezone, platform.default_currency) == tuple(sent.values())
    entry = AuditEntry.objects.filter(object_id=platform.public_id).latest("pk")
    assert entry.changes["name"] == ["acme", "Halyard"]


def test_a_new_subscription_starts_from_the_terms_and_those_that_exist_keep_theirs(desk, platform, ctx):
    world = World(platform)
    world.plan(fee("49"))
    billing_entities.make_default(ctx=ctx, instance=world.entity)
    sent = {"billing_time": "CALENDAR", "period": "YEAR-1", "term": "END_OF_THE_MONTH"}
    assert desk.post(f"{SETTINGS}subscriptions/edit/", sent).status_code == 303
    row = SubscriptionDefaults.objects.get(platform=platform)
    assert (row.period, row.term) == ("YEAR-1", "END_OF_THE_MONTH")
    shown = page(desk, f"{SETTINGS}subscriptions/")[0]
    assert "Applies to new subscriptions only" in shown and "End of the month" in shown
    form = page(desk, f"/desk/customers/{world.customer.public_id}/subscriptions/new/")[0]
    assert 'value="YEAR-1" selected' in form
    assert re.search(r'value="CALENDAR"\s+checked', form)
    assert desk.post(f"{SETTINGS}subscriptions/edit/", {**sent, "period": "MONTH-2"}).status_code == 422


def test_a_shorter_grace_period_lists_the_drafts_that_become_final_and_asks(desk, platform, ctx, entity):
    customer = Customer.objects.get(pk=World(platform).customer.pk)
    now = platform.created_at
    rows = [
        Invoice.stamped(
            platform=platform,
            at=now,
            billing_entity=entity,
            customer=customer,
            occasion="PERIOD",
            period_start=now - timedelta(days=30),
            period_end=ended,
            invoice_date=ended,
            finalize_at=ended + timedelta(hours=8),
            currency="EUR",
        )
        for ended in (now, now + timedelta(days=3))
    ]
    Invoice.objects.bulk_create(rows)
    platform.test_now = now + timedelta(hours=2)
    platform.save(update_fields=["test_now"])
    edit = f"{SETTINGS}invoices/edit/"
    sent = {"grace": "1", "unit": "3600", "late_usage": "IGNORE"}
    refused = desk.post(edit, sent)
    assert refused.status_code == 422
    assert "1 draft would become final at once" in refused.content.decode()
    assert f"{customer.name or customer.reference}, " in refused.content.decode()
    assert desk.post(edit, {**sent, "confirmed": "on", "on_hold": "on"}).status_code == 303
    platform.refresh_from_db()
    terms = {"customer": customer, "billing_entity": entity}
    assert subscriptions.build(ctx=ctx, fields=terms).init_invoice_on_hold
    assert not subscriptions.build(
        ctx=ctx, fields={**terms, "init_invoice_on_hold": False}
    ).init_invoice_on_hold
    assert "Begin on hold" in page(desk, f"{SETTINGS}invoices/")[0]
    assert (platform.invoice_grace_period_seconds, platform.late_usage) == (3600, "IGNORE")
    moved = list(Invoice.objects.order_by("pk"))
    assert [row.finalize_at - row.period_end for row in moved] == [timedelta(hours=1)] * 2
    own = reverse("desk:entity-grace", args=[entity.public_id])
    assert desk.post(own, {"grace": "91", "unit": "86400"}).status_code == 422
    assert desk.post(own, {"grace": "330", "unit": "60"}).status_code == 303
    entity.refresh_from_db()
    assert entity.invoice_grace_period_seconds == 330 * 60
    assert Invoice.objects.earliest("pk").finalize_at - moved[0].period_end == timedelta(hours=5.5)
    kept = page(desk, own)[0]
    assert 'value="330"' in kept and '<option value="60" selected>' in kept
    assert desk.post(own, {"grace": "", "unit": "60"}).status_code == 422  # back to one hour: asks again
    shown = page(desk, f"{SETTINGS}invoices/")[0]
    assert "5 h 30 min, its own" in shown and f'href="{own}"' in shown


def test_a_tax_rate_of_its_own_is_added_with_its_source_and_removed(desk, entity):
    sent = {
        "billing_entity": entity.public_id,
        "country": "NL",
        "tax_name": "BTW",
        "percentage": "22.5",
        "valid_from": "2027-01-01",
        "source": "Tax plan 2027",
    }
    new = f"{SETTINGS}tax/rates/new/"
    assert desk.post(new, {**sent, "percentage": "101"}).status_code == 422
    assert "must not be before" in desk.post(new, {**sent, "valid_to": "2026-01-01"}).content.decode()
    assert "tax_rates" in desk.post(new, {**sent, "as_curl": "1"}).content.decode()
    assert desk.post(new, sent).status_code == 303
    entity.refresh_from_db()
    assert [row["percentage"] for row in entity.tax_rates] == ["22.5"]
    body = page(desk, f"{SETTINGS}tax/")[0]
    assert "Tax plan 2027" in body and "22.5%</span>" in body and "Taxes in Europe Database" in body
    remove = f"{SETTINGS}tax/rates/{entity.public_id}/0/"
    assert "22.5%" in page(desk, remove)[0]
    assert desk.post(remove, {}).status_code == 303
    entity.refresh_from_db()
    assert entity.tax_rates == []
    assert desk.get(remove).status_code == 404


def test_invoice_numbers_change_their_look_and_never_repeat_or_leave_a_gap(desk, ctx, entity):
    """What is counted is open until the first number is given; the next number shows while it is typed."""
    url = reverse("desk:entity-numbering", args=[entity.public_id])
    sent = {
        "letters": "HAL",
        "separator": "-",
        "parts": "YEAR",
        "minimum_digits": "4",
        "first_number": "100",
        "increment": "1",
        "reset_month": "JANUARY",
    }
    live = {"HX-Request": "true", "HX-Target": "number-example"}
    assert b"HAL-2026-0100" in desk.post(url, sent, headers=live).content
    broken = desk.post(url, {**sent, "parts": ""})
    assert broken.status_code == 422 and b"contain the YEAR" in broken.content
    assert b"invoice_number_configuration" in desk.post(url, {**sent, "as_curl": "1"}).content
    assert desk.post(url, sent).status_code == 303
    entry = AuditEntry.objects.filter(object_id=entity.public_id).latest("pk")
    assert entry.changes["invoice_number_configuration"][1]["first_number"] == 100
    entity.refresh_from_db()
    world = World(ctx.platform)
    drafts = [
        Invoice.stamped(
            platform=ctx.platform,
            at=ctx.at,
            billing_entity=entity,
            customer=world.customer,
            invoice_date=ctx.at,
        )
        for _ in range(3)
    ]
    with transaction.atomic():
        numbering.assign(invoices=drafts)
    assert [each.invoice_number for each in drafts] == ["HAL-2026-0100", "HAL-2026-0101", "HAL-2026-0102"]
    assert "Fixed since the first number was given" in page(desk, url)[0]
    assert desk.post(url, {**sent, "first_number": "1", "letters": "NL"}).status_code == 303  # kept at 100
    config = {"invoice_number_configuration": {"first_number": 1}}
    with pytest.raises(CannotUpdate) as refused:
        fields = changed(BillingEntitySerializer, config, platform=ctx.platform, row=entity)
        billing_entities.update(ctx=ctx, instance=entity, fields=fields)
    assert refused.value.field == "invoice_number_configuration.first_number"
    with transaction.atomic():
        numbering.assign(invoices=drafts[:1])
    assert drafts[0].invoice_number == "NL-2026-0103"
    assert "NL-2026-0104" in page(desk, url)[0]


def test_where_an_entity_is_registered_is_edited_and_taxes_its_customers_there(desk, entity):
    base = f"{SETTINGS}tax/{entity.public_id}/"
    sent = {"country": "DE", "tax_id": "DE136695976", "description": "Warehouse"}
    assert b"tax_registrations" in desk.post(f"{base}registrations/new/", {**sent, "as_curl": "1"}).content
    for wrong in ({"country": "NL"}, {"tax_id": "DE136695977"}, {"country": ""}):
        assert desk.post(f"{base}registrations/new/", {**sent, **wrong}).status_code == 422, wrong
    assert desk.post(f"{base}registrations/new/", sent).status_code == 303
    assert desk.post(f"{base}registrations/0/edit/", {**sent, "description": ""}).status_code == 303
    assert desk.post(f"{base}settings/", {"local": "yes"}).status_code == 303
    entity.refresh_from_db()
    assert taxes.seller(entity).registrations == {"DE"}
    assert taxes.seller(entity).apply_local_vat_for_missing_tax_id
    shown = page(desk, f"{SETTINGS}tax/")[0]
    assert "DE136695976" in shown and "Pay the local rate" in shown and "Warehouse" not in shown
    assert desk.post(f"{base}registrations/0/remove/", {}).status_code == 303
    assert desk.get(f"{base}registrations/0/remove/").status_code == 404
    entity.refresh_from_db()
    assert entity.tax_registrations == []


def test_an_exchange_rate_is_added_read_and_withdrawn(desk, platform, stranger):
    sent = {
        "base_currency": "EUR",
        "currency": "USD",
        "rate": "1.0842",
        "timestamp": "2026-03-01T00:00",
        "source": "ECB",
    }
    currencies = f"{SETTINGS}currencies/"
    assert "Add a rate to bill in another currency" in page(desk, currencies)[0]
    assert desk.post(f"{currencies}new/", {**sent, "currency": "EUR"}).status_code == 422
    assert "/v1/exchange-rates" in desk.post(f"{currencies}new/", {**sent, "as_curl": "1"}).content.decode()
    assert desk.post(f"{currencies}new/", sent).status_code == 303
    row = ExchangeRate.objects.get(platform=platform)
    drawer, queries = page(desk, f"{currencies}?drawer={row.public_id}")
    assert "1.0842" in drawer and "None so far" in drawer and queries <= MOST_QUERIES
    assert desk.post(f"{currencies}{row.public_id}/withdraw/", {}).status_code == 303
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert desk.get(f"{currencies}{row.public_id}/withdraw/").status_code == 404


def test_another_billing_entity_becomes_the_default_once_it_is_active(desk, ctx, entity):
    other = billing_entities.create(ctx=ctx, fields={"reference": "de", "status": "DRAFT"})
    url = reverse("desk:billing-entity-default", args=[other.public_id])
    assert desk.post(url, {}).status_code == 422
    billing_entities.update(ctx=ctx, instance=other, fields={"status": "ACTIVE"})
    assert desk.post(url, {}).status_code == 303
    assert BillingEntity.objects.get(is_default=True).pk == other.pk
