"""Subscriptions: from DRAFT to their end, and what may change on the way."""

from __future__ import annotations

import pytest

from billing.models import BillingEntity, Invoice, PricingPlanSchedule, PricingPlanSubscription
from billing.tests.world import at, per_minute
from webhooks.models import WebhookEvent

PATH = "/v1/pricing-plan-subscriptions"


@pytest.fixture
def version(world, api):
    api.post("/v1/test-clock", {"now": "2026-04-10T12:00:00Z"}).ok()
    BillingEntity.objects.update(is_default=True)
    return world.plan(per_minute("0.10"))


@pytest.fixture
def draft(api, version):
    """A DRAFT subscription from 1 April with one open-ended schedule."""
    made = api.post(PATH, {"reference": "one", "customer_reference": "brightwater"}).ok()
    schedule = {
        "pricing_plan_subscription_id": made["id"],
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-04-01T00:00:00Z",
    }
    api.post("/v1/pricing-plan-schedules", schedule).ok()
    return made


@pytest.fixture
def active(api, draft):
    return api.patch(f"{PATH}/{draft['id']}", {"status": "ACTIVE"}).ok()


def move_to(api, instant):
    api.post("/v1/test-clock/advance", {"to": instant}).ok()


def events(kind):
    return WebhookEvent.objects.filter(type=kind).count()


def test_a_draft_gets_the_platforms_defaults(draft):
    assert draft["status"] == "DRAFT"
    assert draft["billing_entity_reference"] == "halyard"
    assert draft["billing_period"] == {"type": "MONTH", "value": 1}
    assert draft["billing_currency"] == "EUR"
    assert draft["billing_time"] == "EXACT"


def test_the_entity_is_chosen_by_country_then_currency(api, world, version):
    world.make(BillingEntity, reference="dutch", default_customer_country_selector=["NL"])
    world.make(BillingEntity, reference="dollar", default_billing_currency_selector=["USD"])
    world.organization("berliner", "DE")
    made = api.post(PATH, {"customer_reference": "brightwater"}).ok()
    assert made["billing_entity_reference"] == "dutch"
    made = api.post(PATH, {"customer_reference": "berliner", "billing_currency": "USD"}).ok()
    assert made["billing_entity_reference"] == "dollar"


def test_activation_opens_the_first_draft_and_tells_once(api, active):
    assert active["status"] == "ACTIVE"
    assert active["activated_at"] == "2026-04-10T12:00:00Z"
    assert active["next_invoice"]["invoice_id"] == Invoice.objects.get().public_id
    api.patch(f"{PATH}/{active['id']}", {"status": "ACTIVE"}).ok()
    assert events("subscription.activated") == 1
    assert Invoice.objects.count() == 1


def test_activation_needs_a_schedule(api, version):
    made = api.post(PATH, {"customer_reference": "brightwater"}).ok()
    answer = api.patch(f"{PATH}/{made['id']}", {"status": "ACTIVE"})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")


def test_the_terms_of_an_active_subscription_are_locked(api, active):
    for changes in (
        {"billing_period": {"type": "YEAR", "value": 1}},
        {"billing_currency": "USD"},
        {"billing_time": "CALENDAR"},
    ):
        answer = api.patch(f"{PATH}/{active['id']}", changes)
        assert (answer.status, answer.body["field"]) == (400, next(iter(changes)))
    named = api.patch(f"{PATH}/{active['id']}", {"name": "Growth", "billing_currency": "EUR"}).ok()
    assert named["name"] == "Growth"


def test_only_a_draft_can_be_deleted(api, active):
    answer = api.delete(f"{PATH}/{active['id']}")
    assert (answer.status, answer.body["code"]) == (400, "COULD_NOT_DELETE_RESOURCE")


def test_deleting_a_draft_deletes_its_schedules(api, draft):
    assert api.delete(f"{PATH}/{draft['id']}").ok()["id"] == draft["id"]
    assert not PricingPlanSchedule.objects.exists()


def test_cancel_now_ends_schedule_and_draft_at_that_instant(api, active):
    ended = api.post(f"{PATH}/{active['id']}/cancel", {"type": "NOW"}).ok()
    assert ended["status"] == "CANCELLED"
    assert ended["pricing_plan_schedule_infos"][0]["end_at"] == "2026-04-10T12:00:00Z"
    assert Invoice.objects.get().period_end == at("2026-04-10T12:00")
    assert events("subscription.cancelled") == 1


def test_cancel_at_the_next_period_waits_for_the_boundary(api, active):
    pending = api.post(f"{PATH}/{active['id']}/cancel", {"type": "NEXT_BILLING_PERIOD"}).ok()
    assert (pending["status"], pending["cancel_at"]) == ("ACTIVE", "2026-05-01T00:00:00Z")
    assert events("subscription.cancelled") == 0
    move_to(api, "2026-07-01T00:00:00Z")
    ended = api.get(f"{PATH}/{active['id']}").ok()
    assert (ended["status"], ended["cancelled_at"]) == ("CANCELLED", "2026-05-01T00:00:00Z")
    assert events("subscription.cancelled") == 1
    assert Invoice.objects.count() == 1


def test_a_pending_cancellation_can_be_taken_back(api, active):
    api.post(f"{PATH}/{active['id']}/cancel", {"type": "DATE", "cancel_at": "2026-04-20T00:00:00Z"}).ok()
    assert Invoice.objects.get().period_end == at("2026-04-20")
    back = api.post(f"{PATH}/{active['id']}/cancel", {"type": "UNDO"}).ok()
    assert back["cancel_at"] is None
    assert Invoice.objects.get().period_end == at("2026-05-01")
    answer = api.post(f"{PATH}/{active['id']}/cancel", {"type": "UNDO"})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")


def test_cancel_after_the_initial_term_needs_one(api, active, draft):
    answer = api.post(f"{PATH}/{active['id']}/cancel", {"type": "AFTER_INITIAL_TERM"})
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")
    PricingPlanSubscription.objects.update(initial_term={"type": "YEAR", "value": 1})
    pending = api.post(f"{PATH}/{active['id']}/cancel", {"type": "AFTER_INITIAL_TERM"}).ok()
    assert pending["cancel_at"] == "2027-04-01T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "MISSING_FIELD", "type"),
        ({"type": "SOON"}, "INVALID_FIELD", "type"),
        ({"type": "DATE"}, "MISSING_FIELD", "cancel_at"),
        ({"type": "DATE", "cancel_at": "2026-04-01T00:00:00Z"}, "INVALID_FIELD", "cancel_at"),
    ],
)
def test_a_senseless_cancellation_is_refused(api, active, body, code, field):
    answer = api.post(f"{PATH}/{active['id']}/cancel", body)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, code, field)


def test_voiding_voids_the_invoices(api, active):
    assert api.post(f"{PATH}/{active['id']}/void").ok()["status"] == "VOID"
    assert Invoice.objects.get().status == "VOID"


def test_voiding_voids_final_invoices_too(api, active):
    invoice = Invoice.objects.get()
    api.patch(f"/v1/invoices/{invoice.public_id}", {"status": "FINAL"}).ok()
    number = Invoice.objects.get().invoice_number
    api.post(f"{PATH}/{active['id']}/void").ok()
    assert (Invoice.objects.get().status, Invoice.objects.get().invoice_number) == ("VOID", number)


def test_a_plan_made_for_another_customer_is_refused(api, world, version, draft):
    other = world.organization("harbor", "NL")
    plan = version.pricing_plan
    type(plan).objects.filter(pk=plan.pk).update(type="CUSTOM", customer_public_id=other.public_id)
    answer = api.patch(f"{PATH}/{draft['id']}", {"status": "ACTIVE"})
    assert (answer.status, answer.body["code"]) == (400, "UNABLE_TO_PROCESS_INSTRUCTIONS")


def test_archiving_needs_an_ended_subscription(api, active):
    answer = api.post(f"{PATH}/{active['id']}/archive")
    assert (answer.status, answer.body["code"]) == (400, "INVALID_OPERATION")
    api.post(f"{PATH}/{active['id']}/cancel", {"type": "NOW"}).ok()
    assert api.post(f"{PATH}/{active['id']}/archive").ok()["status"] == "ARCHIVED"


def test_a_copy_is_a_draft_that_can_be_reassigned_and_started(api, world, active):
    world.organization("harbor", "NL")
    copied = api.post(f"{PATH}/{active['id']}/copy", {"reference": "two"}).ok()
    assert (copied["status"], len(copied["pricing_plan_schedule_infos"])) == ("DRAFT", 1)
    started = api.patch(f"{PATH}/{copied['id']}", {"customer_id": "harbor", "status": "ACTIVE"}).ok()
    assert (started["status"], started["customer_reference"]) == ("ACTIVE", "harbor")


def test_the_payment_method_is_stored(api, active):
    body = {"payment_method_id": "pmet_abc"}
    changed = api.post(f"{PATH}/{active['id']}/update-payment-method", body).ok()
    assert changed["payment_method_id"] == "pmet_abc"


def test_upsert_finds_by_reference(api, draft):
    changed = api.put(PATH, {"reference": "one", "name": "Renamed"}).ok()
    assert (changed["id"], changed["name"]) == (draft["id"], "Renamed")


def test_lists_filter_expand_and_search(api, active):
    found = api.get(f"{PATH}?statuses[]=ACTIVE&customer_id=brightwater&expand[]=customer_id").ok()["data"]
    assert found[0]["customer"]["reference"] == "brightwater"
    assert api.get(f"{PATH}?status=DRAFT").ok()["data"] == []
    ranged = api.get(f"{PATH}?start_at=[2026-04-01T00:00:00Z,2026-04-02T00:00:00Z]&order_by=start_at")
    assert len(ranged.ok()["data"]) == 1
    path = "pricing_plan_schedule_infos.pricing_plan_schedule_id"
    one = api.get(f"{PATH}/{active['id']}?expand[]={path}").ok()
    assert one["pricing_plan_schedule_infos"][0]["pricing_plan_schedule"]["start_at"]
    body = {"search_fields": [{"name": "reference", "value": "on", "wildcard_end": True}]}
    assert len(api.post(f"{PATH}/search", body).ok()["data"]) == 1


def test_the_list_reads_a_fixed_number_of_queries(api, world, version, active, django_assert_max_num_queries):
    for number in range(5):
        api.post(PATH, {"reference": f"more-{number}", "customer_reference": "brightwater"}).ok()
    with django_assert_max_num_queries(9):
        assert len(api.get(PATH).ok()["data"]) == 6


def test_another_platform_sees_nothing(stranger, active):
    assert stranger.get(f"{PATH}/{active['id']}").status == 404
    assert stranger.post(f"{PATH}/{active['id']}/cancel", {"type": "NOW"}).status == 404
    assert stranger.get(PATH).ok()["data"] == []


def test_twins_that_name_different_customers_are_refused(api, world, version):
    other = world.organization("harbor", "NL")
    body = {"customer_id": other.public_id, "customer_reference": "brightwater"}
    answer = api.post(PATH, body)
    assert (answer.status, answer.body["field"]) == (400, "customer_reference")


def test_b49_backdated_periods_are_each_opened_once(api, world, version, draft):
    PricingPlanSchedule.objects.update(start_at=at("2026-01-01"))
    api.patch(f"{PATH}/{draft['id']}", {"status": "ACTIVE"}).ok()
    starts = Invoice.objects.order_by("period_start").values_list("period_start", flat=True)
    assert list(starts) == [at("2026-01-01"), at("2026-02-01"), at("2026-03-01"), at("2026-04-01")]
