"""Customers: listed, made, changed, put away and forgotten; what one page shows within its budget."""

from __future__ import annotations

import html
from decimal import Decimal

import pytest
from django.db.models import F

from accounts.models import Platform, Role
from billing.models import Contact, Customer, Invoice
from billing.selectors.invoices import with_terms
from billing.services.invoices import drafting
from billing.tests.world import World, at, fee, flat, usage, where

LIST = "/desk/customers/"
NEW = LIST + "new/"
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
MOST_QUERIES = 12
ORGANIZATION = {
    "type": "ORGANIZATION",
    "legal_name": "Brightwater Labs B.V.",
    "reference": "brightwater_labs",
    "email": "ap@brightwater.example",
    "country": "NL",
    "city": "Utrecht",
    "tax_id": "NL000099998B57",
    "tax_id_type": "GENERIC_TAX_ID",
}
PERSON = {"type": "INDIVIDUAL", "first_name": "Ada", "last_name": "Vos", "country": "BE"}


@pytest.fixture
def customer(desk) -> Customer:
    desk.post(NEW, ORGANIZATION)
    return Customer.objects.get()


def test_an_organization_is_created_and_active_with_one_press(desk, customer):
    assert (customer.status, customer.name) == ("ACTIVE", "Brightwater Labs B.V.")
    assert customer.organization["tax_ids"] == [{"id": "NL000099998B57", "type": "GENERIC_TAX_ID"}]
    assert customer.address == {"country": "NL", "city": "Utrecht"}
    page = desk.get(f"{LIST}{customer.public_id}/").content.decode()
    assert "Brightwater Labs B.V." in page and "Netherlands" in page


def test_a_person_can_stay_a_draft(desk):
    desk.post(NEW, {**PERSON, "submit": "draft"})
    person = Customer.objects.get()
    assert (person.status, person.name, person.reference) == ("DRAFT", "Ada Vos", None)
    assert person.individual["residential_address"] == {"country": "BE"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"legal_name": ""}, "legal_name"),
        ({"country": ""}, "country"),
        ({"email": "nobody"}, "email"),
        ({"reference": "two words"}, "reference"),
        ({"type": "INDIVIDUAL"}, "last_name"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_made(desk, change, field):
    response = desk.post(NEW, {**ORGANIZATION, **change})
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not Customer.objects.exists()


def test_the_check_answers_derived_fragments_only(desk, customer):
    response = desk.post(LIST + "check/", {**ORGANIZATION, "legal_name": "Another B.V."})
    body = response.content.decode()
    assert body.count("hx-swap-oob") == 2 and "<input" not in body
    assert "Valid form" in body and "has the same tax ID" in body


def test_a_customer_is_not_its_own_twin(desk, customer):
    body = desk.post(f"{LIST}check/?but={customer.public_id}", ORGANIZATION).content.decode()
    assert "has the same" not in body


def test_a_change_keeps_further_tax_ids(desk, customer):
    ids = [*customer.organization["tax_ids"], {"id": "BE0999999922", "type": "GENERIC_TAX_ID"}]
    Customer.objects.update(organization={**customer.organization, "tax_ids": ids})
    url = f"{LIST}{customer.public_id}/edit/"
    assert desk.post(url, {**ORGANIZATION, "legal_name": "Brightwater N.V."}).status_code == 303
    customer.refresh_from_db()
    assert customer.name == "Brightwater N.V." and len(customer.organization["tax_ids"]) == 2


@pytest.mark.parametrize(
    ("verb", "status"), [("deprecate", "DEPRECATED"), ("archive", "ARCHIVED"), ("activate", "ACTIVE")]
)
def test_a_step_says_its_effect_in_a_dialog_then_is_taken(desk, customer, verb, status):
    Customer.objects.update(status="DRAFT" if verb == "activate" else "ACTIVE")
    url = f"{LIST}{customer.public_id}/move/{verb}/"
    assert b'class="dialog"' in desk.get(url, headers=DIALOG).content
    assert desk.post(url, {}).status_code == 303
    customer.refresh_from_db()
    assert customer.status == status


def test_forgetting_needs_the_reference_and_says_what_is_kept(desk, customer):
    url = f"{LIST}{customer.public_id}/move/forget/"
    assert b"Kept by law" in desk.get(url, headers=DIALOG).content
    assert desk.post(url, {"confirmation": "brightwater"}).status_code == 422
    assert desk.post(url, {"confirmation": "brightwater_labs"}).status_code == 303
    customer.refresh_from_db()
    assert (customer.status, customer.name) == ("CLOSED", "")


def test_contacts_are_added_changed_and_removed(desk, customer):
    contacts = f"{LIST}{customer.public_id}/contacts/"
    sent = {"first_name": "Bo", "last_name": "Lind", "email": "bo@b.example", "reference": "bo"}
    assert desk.post(contacts + "new/", sent).status_code == 303
    contact = Contact.objects.get()
    desk.post(f"{contacts}{contact.public_id}/edit/", {**sent, "last_name": "Lund"})
    assert b"Bo Lund" in desk.get(f"{LIST}{customer.public_id}/details/").content
    desk.post(f"{contacts}{contact.public_id}/remove/", {})
    assert not Contact.objects.exists()


def test_bulk_activation_tells_what_became_of_each(desk, customer):
    desk.post(NEW, {**PERSON, "submit": "draft"})
    keys = list(Customer.objects.values_list("public_id", flat=True))
    body = desk.post(LIST, {"bulk": "activate", "selected": keys, "confirmed": "1"}).content.decode()
    assert "1 left alone" in body and Customer.objects.filter(status="ACTIVE").count() == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [("country=NL", 1), ("country=netherlands", 1), ("country=BE", 0), ("subscribed=NO", 1), ("q=labs", 1)],
)
def test_filters_narrow(desk, customer, query, found):
    assert desk.get(f"{LIST}?{query}").content.decode().count("data-row") == found


def test_another_platforms_customer_is_not_found(desk, stranger):
    other = stranger.post("/v1/customers", {"reference": "other", "type": "ORGANIZATION"}).ok()
    assert desk.get(f"{LIST}{other['id']}/").status_code == 404
    assert desk.get(f"{LIST}{other['id']}/edit/").status_code == 404
    assert desk.post(f"{LIST}{other['id']}/move/archive/", {}).status_code == 404


def test_a_reader_sees_but_does_not_change(member, customer):
    reader = member(Role.READ_ONLY)
    assert b"Ask an administrator for CUSTOMER.CREATE." in reader.get(LIST).content
    assert reader.post(NEW, ORGANIZATION).status_code == 403
    assert reader.post(f"{LIST}{customer.public_id}/move/archive/", {}).status_code == 403


@pytest.fixture
def busy(platform) -> Customer:
    """A customer with two running subscriptions and usage."""
    world = World(platform)
    version = world.plan(usage(flat("0.10", conditions=where("model", "large")), flat("0.10")), fee("49"))
    for month in ("2026-03-01", "2026-03-15"):
        subscription = world.subscribe(version, start=at(month))
        subscription.refresh_from_db()
    world.used("120", when=at("2026-03-31T10:00"))
    return world.customer


@pytest.mark.parametrize("tab", ["", "subscriptions/", "usage/", "invoices/", "details/", "activity/"])
def test_a_busy_customer_takes_few_queries(desk, busy, tab, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        assert desk.get(f"{LIST}{busy.public_id}/{tab}").status_code == 200


def test_the_overview_asks_for_what_the_invoice_comes_to_so_far(desk, busy, django_assert_max_num_queries):
    path = f"{LIST}{busy.public_id}/"
    body = desk.get(path).content.decode()
    assert "So far this period" in body and f'id="so-far-now" hx-get="{path}" hx-trigger="load"' in body
    with django_assert_max_num_queries(MOST_QUERIES):
        piece = desk.get(path, headers={"HX-Request": "true", "HX-Target": "so-far-now"}).content.decode()
    assert "€49.00" in piece and "<nav" not in piece
    assert "<td>Minutes, model is large</td>" in piece and "<td>Minutes, all other usage</td>" in piece


def test_the_list_of_subscriptions_takes_few_queries(desk, busy, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        body = desk.get(LIST + "subscriptions/", {"q": "brightwater"}).content.decode()
    assert "data-row" in body


def test_the_list_says_what_runs_and_what_is_owed_within_its_budget(
    desk, busy, django_assert_max_num_queries
):
    Platform.objects.filter(pk=busy.platform_id).update(test_now=at("2026-03-31T12:00"))
    with django_assert_max_num_queries(MOST_QUERIES):
        body = desk.get(LIST).content.decode()
    asked = html.unescape(body.partition('id="cells" hidden hx-get="')[2].partition('"')[0])
    place = f'<span id="so_far-{busy.public_id}"'
    assert asked.endswith("&places=2") and place in body
    with django_assert_max_num_queries(MOST_QUERIES):
        cells = desk.get(asked, headers={"HX-Request": "true", "HX-Target": "cells"}).content.decode()
    running = Invoice.objects.filter(customer=busy, period_end__gt=at("2026-03-31T12:00"))
    found = drafting.contents(platform=busy.platform, invoices=list(with_terms(running)))
    so_far = sum(draft.complete.totals.including_tax for draft in found)
    assert len(found) > 1 and f"{so_far:.2f}" in cells.partition(place)[2].partition("</span>")[0]

    Invoice.objects.filter(customer=busy).update(
        status="FINAL",
        invoice_number=F("public_id"),
        finalized_at=at("2026-03-01"),
        usage_cutoff=at("2026-03-01"),
        content={},
        parties={},
        payment_status="PARTIALLY_PAID",
        amount_including_tax="61.5",
        paid_amount="20",
        due_date=at("2026-03-02"),
    )
    body = desk.get(LIST, {"overdue": "YES"}).content.decode()
    owed = Invoice.objects.filter(customer=busy).count() * Decimal("41.5")
    assert owed and f"{owed:.2f}" in body and 'id="cells"' not in body
    assert "data-row" not in desk.get(LIST, {"overdue": "NO"}).content.decode()
