"""Settings > Billing entities: listed, made, changed, put away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Role
from billing.models import BillingEntity
from billing.services.customers import billing_entities

LIST = "/desk/settings/billing-entities/"
NEW = LIST + "new/"
FILLED = {
    "legal_name": "Halyard B.V.",
    "reference": "halyard",
    "country": "NL",
    "city": "Rotterdam",
    "tax_id": "NL000099998B57",
    "timezone": "Europe/Amsterdam",
    "countries": "nl, BE",
}
MOST_QUERIES = 12


@pytest.fixture
def entity(desk) -> BillingEntity:
    desk.post(NEW, FILLED)
    return BillingEntity.objects.get()


def test_the_first_one_is_active_and_the_default(desk, entity):
    assert (entity.status, entity.is_default, entity.timezone) == ("ACTIVE", True, "Europe/Amsterdam")
    assert entity.registered_address == {"country": "NL", "city": "Rotterdam"}
    assert entity.default_customer_country_selector == ["NL", "BE"]
    body = desk.get(LIST).content.decode()
    assert "Default" in body and "Netherlands" in body and "Valid form" in body


def test_an_empty_list_says_that_invoices_need_a_sender(desk):
    assert b"Invoices need a sender" in desk.get(LIST).content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"legal_name": ""}, "legal_name"),
        ({"country": ""}, "country"),
        ({"email": "nobody"}, "email"),
        ({"reference": "two words"}, "reference"),
        ({"countries": "Holland"}, "countries"),
    ],
)
def test_what_the_service_refuses_is_told_at_its_field(desk, change, field):
    response = desk.post(NEW, {**FILLED, **change})
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not BillingEntity.objects.exists()


def test_a_taken_reference_is_told_at_its_field(desk, entity):
    response = desk.post(NEW, FILLED)
    assert response.status_code == 422 and b'href="#id_reference"' in response.content


def test_a_change_keeps_the_rest_and_clears_what_was_emptied(desk, entity):
    url = f"{LIST}{entity.public_id}/edit/"
    response = desk.post(url, {**FILLED, "legal_name": "Halyard Europe B.V.", "tax_id": ""})
    entity.refresh_from_db()
    assert response.status_code == 303
    assert (entity.legal_name, entity.tax_id, entity.tax_ids) == ("Halyard Europe B.V.", "", [])


def test_a_change_by_someone_else_meanwhile_is_shown(desk, entity, ctx):
    url = f"{LIST}{entity.public_id}/edit/"
    seen = desk.get(url).content.decode().split('name="seen_version" value="')[1].split('"')[0]
    billing_entities.update(
        ctx=ctx.later(ctx.at + timedelta(minutes=1)), instance=entity, fields={"email": "a@b.example"}
    )
    assert desk.post(url, {**FILLED, "seen_version": seen}).status_code == 409


def test_archiving_says_what_it_means_then_does_it(desk, entity):
    url = f"{LIST}{entity.public_id}/move/archive/"
    assert (
        b"Invoices that it issued stay as they are"
        in desk.get(url, headers={"HX-Request": "true", "HX-Target": "dialog"}).content
    )
    assert desk.post(url, {}).status_code == 303
    entity.refresh_from_db()
    assert entity.status == "ARCHIVED"
    assert desk.post(f"{LIST}{entity.public_id}/move/activate/", {}).status_code == 422


def test_one_that_another_platform_has_is_not_found(desk, entity, stranger):
    other = stranger.post("/v1/billing-entities", {"reference": "other", "legal_name": "Other"}).ok()
    assert desk.get(f"{LIST}{other['id']}/").status_code == 404
    assert b"Other" not in desk.get(LIST).content


def test_a_reader_sees_but_does_not_change(member, entity):
    reader = member(Role.READ_ONLY)
    assert b"Ask an administrator for BILLING_ENTITY.CREATE." in reader.get(LIST).content
    assert reader.post(NEW, FILLED).status_code == 403


@pytest.mark.parametrize("tail", ["", "{pk}/", "{pk}/api-object/"])
def test_pages_take_few_queries(desk, entity, tail, django_assert_max_num_queries):
    with django_assert_max_num_queries(MOST_QUERIES):
        assert desk.get(LIST + tail.format(pk=entity.public_id)).status_code == 200
