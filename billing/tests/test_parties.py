"""Billing entities, customers and contacts over the API."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from billing.models import BillingEntity, Contact, Customer
from billing.tests.world import at, per_minute

ORGANIZATION = {
    "type": "ORGANIZATION",
    "reference": "client-nl",
    "email": "ap@client.example",
    "timezone": "Europe/Amsterdam",
    "organization": {
        "legal_name": "Client N.V.",
        "tax_id": "NL000099998B57",
        "registered_address": {"line1": "Plein 9", "city": "Utrecht", "country": "NL"},
    },
}
PERSON = {
    "type": "INDIVIDUAL",
    "reference": "ada",
    "individual": {
        "name": {"first_name": "Ada", "infix": "van den", "last_name": "Bos"},
        "residential_address": {"line1": "Laan 3", "city": "Ghent", "country": "BE"},
    },
}


@pytest.fixture
def customer(api):
    return api.post("/v1/customers", ORGANIZATION).ok()


def test_the_first_entity_is_the_default_and_takes_the_platforms_zone(api):
    first = api.post("/v1/billing-entities", {"reference": "one"}).ok()
    api.post("/v1/billing-entities", {"reference": "two", "timezone": "Asia/Tokyo"}).ok()
    assert (first["status"], first["timezone"]) == ("ACTIVE", "UTC")
    assert BillingEntity.objects.get(is_default=True).reference == "one"
    assert [row["reference"] for row in api.get("/v1/billing-entities").ok()["data"]] == ["two", "one"]


def test_either_name_of_a_tax_id_gives_both(api):
    one = api.post("/v1/billing-entities", {"reference": "one", "tax_id": "NL1"}).ok()
    assert one["tax_ids"][0]["id"] == "NL1"
    two = api.post("/v1/billing-entities", {"reference": "two", "tax_ids": [{"id": "NL2"}]}).ok()
    assert two["tax_id"] == "NL2"
    assert api.patch("/v1/billing-entities/two", {"tax_id": "NL3"}).ok()["tax_ids"][0]["id"] == "NL3"


def test_a_tax_id_without_its_number_is_refused_in_a_patch_too(api, customer):
    change = {"organization": ORGANIZATION["organization"] | {"tax_ids": [{"display_name": "VAT"}]}}
    answer = api.patch("/v1/customers/client-nl", change)
    assert (answer.status, answer.body["field"]) == (400, "organization.tax_ids.0.id")


def test_a_customer_is_a_draft_until_activated(api, customer):
    assert customer["status"] == "DRAFT"
    assert api.post("/v1/customers/client-nl/activate").ok()["status"] == "ACTIVE"
    answer = api.post("/v1/customers/client-nl/activate")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "INVALID_OPERATION", "status")
    assert api.post(f"/v1/customers/{customer['id']}/deprecate").ok()["status"] == "DEPRECATED"
    assert api.post("/v1/customers/client-nl/archive").ok()["status"] == "ARCHIVED"


def test_a_customer_may_be_active_at_once_and_nothing_else(api):
    made = api.post("/v1/customers", ORGANIZATION | {"status": "ACTIVE"}).ok()
    assert made["status"] == "ACTIVE"
    answer = api.post("/v1/customers", PERSON | {"status": "DEPRECATED"})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")


def test_a_patch_of_the_organization_keeps_what_is_not_sent(api, customer):
    changed = api.patch("/v1/customers/client-nl", {"organization": {"registration_number": "7"}}).ok()
    assert changed["organization"]["legal_name"] == "Client N.V."
    assert changed["organization"]["registration_number"] == "7"


def test_upsert_creates_then_updates(api):
    first = api.put("/v1/customers", PERSON).ok()
    second = api.put("/v1/customers", PERSON | {"email": "ada@client.example"}).ok()
    assert (second["id"], second["email"]) == (first["id"], "ada@client.example")


def test_only_a_draft_customer_that_nothing_uses_can_be_deleted(api, customer):
    contact = api.post("/v1/contacts", {"reference": "c-1", "customer_id": "client-nl"}).ok()
    answer = api.delete("/v1/customers/client-nl")
    assert (answer.status, answer.body["code"]) == (400, "COULD_NOT_DELETE_RESOURCE")
    api.delete(f"/v1/contacts/{contact['id']}").ok()
    assert api.delete("/v1/customers/client-nl").ok()["id"] == customer["id"]
    api.post("/v1/customers", ORGANIZATION | {"status": "ACTIVE"}).ok()
    assert api.delete("/v1/customers/client-nl").body["code"] == "COULD_NOT_DELETE_RESOURCE"


def test_search_finds_by_name_whatever_the_case(api, customer):
    api.post("/v1/customers", PERSON).ok()
    wanted = {"name": "name", "value": "VAN DEN", "wildcard_start": True, "wildcard_end": True}
    body = {"search_fields": [wanted | {"ignore_case": True}]}
    assert [row["reference"] for row in api.post("/v1/customers/search", body).ok()["data"]] == ["ada"]


def test_lists_read_a_fixed_number_of_queries(api, customer, django_assert_max_num_queries):
    for number in range(5):
        api.post("/v1/contacts", {"reference": f"c-{number}", "customer_id": "client-nl"}).ok()
    with django_assert_max_num_queries(6):
        listed = api.get("/v1/contacts?customer_id=client-nl&expand[]=customer_id&limit=3").ok()
    assert listed["total_number_of_pages"] == 2
    assert {row["customer"]["reference"] for row in listed["data"]} == {"client-nl"}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"type": None}, "MISSING_FIELD", "type"),
        ({"type": "ROBOT"}, "INVALID_FIELD", "type"),
        ({"reference": "two words"}, "INVALID_FIELD", "reference"),
        ({"reference": 7}, "INVALID_FIELD", "reference"),
        ({"email": "not-an-address"}, "INVALID_FIELD", "email"),
        ({"timezone": "Mars/Olympus"}, "INVALID_FIELD", "timezone"),
        ({"organization": []}, "INVALID_FIELD", "organization"),
        (
            {"organization": {"registered_address": {"country": "EU"}}},
            "INVALID_FIELD",
            "organization.registered_address.country",
        ),
        ({"organization": {"tax_ids": [{"id": "x", "type": "Y"}]}}, "INVALID_FIELD", None),
        ({"processing_only": True}, "INVALID_FIELD", "processing_only"),
        ({"roles": ["SELLER"]}, "INVALID_FIELD", "roles"),
        ({"parent_customer_id": "x"}, "INVALID_FIELD", "parent_customer_id"),
    ],
)
def test_bad_customers_are_refused_by_field(api, changes, code, field):
    answer = api.post("/v1/customers", ORGANIZATION | changes)
    assert (answer.status, answer.body["code"]) == (400, code), answer.body
    assert field is None or answer.body["field"] == field
    assert not Customer.objects.exists()


def test_a_duplicate_reference_is_409_and_leaves_no_trace(api, customer):
    answer = api.post("/v1/customers", PERSON | {"reference": "client-nl"})
    assert (answer.status, answer.body["code"], answer.body["field"]) == (
        409,
        "RESOURCE_ALREADY_EXISTS",
        "reference",
    )
    assert Customer.objects.count() == 1


def test_b32_customers_without_a_reference_do_not_collide(api):
    for _ in range(2):
        api.post("/v1/customers", {**PERSON, "reference": None}).ok()
    assert Customer.objects.filter(reference=None).count() == 2


def test_b32_one_default_entity_per_platform_whatever_the_rest(api, platform):
    api.post("/v1/billing-entities", {"reference": "one"}).ok()
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        BillingEntity.stamped(platform=platform, at=at("2026-04-01"), reference="two", is_default=True).save()


@pytest.mark.parametrize(
    ("number", "country", "valid"),
    [
        ("NL000099998B57", "NL", "VALID"),
        ("NL000099998B58", "NL", "NOT_VALID"),
        ("EL094259216", "GR", "VALID"),
        ("136695977", "DE", "NOT_VALID"),
        ("12-3456789", "US", "UNKNOWN"),
    ],
)
def test_tax_ids_are_checked_by_their_digits(api, number, country, valid):
    body = {
        "type": "ORGANIZATION",
        "organization": {"tax_ids": [{"id": number}], "registered_address": {"country": country}},
    }
    verdict = api.post("/v1/customers/validate-tax-id", body).ok()["data"][0]
    assert (verdict["id"], verdict["valid"]) == (number, valid)
    assert not Customer.objects.exists()


def test_forgetting_erases_customer_and_contacts_and_tells_nobody_what(api):
    api.post("/v1/customers", PERSON | {"email": "ada@client.example"}).ok()
    api.post("/v1/contacts", {"reference": "c-1", "customer_id": "ada", "email": "x@client.example"}).ok()
    gone = api.post("/v1/customers/ada/forget").ok()
    assert (gone["status"], gone["email"], gone["individual"]["name"]) == ("CLOSED", None, None)
    assert gone["individual"]["residential_address"]["country"] == "BE"
    assert gone["individual"]["residential_address"]["line1"] is None
    assert (Contact.objects.get().email, Contact.objects.get().name) == ("", None)
    entry = AuditEntry.objects.filter(object_type="CUSTOMER").latest("id")
    assert entry.changes.keys() == {"status"}
    assert api.patch("/v1/customers/ada", {"email": "b@client.example"}).status == 400


def test_a_customer_with_a_running_subscription_is_not_forgotten(api, world):
    version = world.plan(per_minute("0.10"))
    world.subscribe(version, start=at("2026-04-01"))
    answer = api.post("/v1/customers/brightwater/forget")
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")


def test_a_customer_with_a_running_subscription_is_not_archived(api, world):
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    assert api.post("/v1/customers/brightwater/archive").body["code"] == "INVALID_OPERATION"


def test_an_archived_customer_is_read_only(api, customer):
    api.post("/v1/customers/client-nl/archive").ok()
    answer = api.patch("/v1/customers/client-nl", {"email": "new@client.example"})
    assert (answer.status, answer.body["code"]) == (400, "COULD_NOT_UPDATE_RESOURCE")


def test_b11_the_zone_of_an_entity_that_bills_is_settled(api, world):
    api.patch("/v1/billing-entities/halyard", {"timezone": "Europe/Amsterdam"}).ok()
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    answer = api.patch("/v1/billing-entities/halyard", {"timezone": "Asia/Tokyo"})
    assert (answer.status, answer.body["field"]) == (400, "timezone")


def test_an_entity_moves_forward_only(api):
    api.post("/v1/billing-entities", {"reference": "one"}).ok()
    answer = api.patch("/v1/billing-entities/one", {"status": "DRAFT"})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")
    assert api.patch("/v1/billing-entities/one", {"status": "DEPRECATED"}).ok()["status"] == "DEPRECATED"


def test_another_platform_sees_no_customer(stranger, customer):
    assert stranger.get(f"/v1/customers/{customer['id']}").status == 404
    assert stranger.get("/v1/customers/client-nl").status == 404
    assert stranger.post("/v1/contacts", {"reference": "c", "customer_id": customer["id"]}).status == 400
