"""``/init``: everything in one step, or nothing."""

from __future__ import annotations

import pytest

from billing.models import Customer, PricingPlanSchedule, PricingPlanSubscription
from billing.tests.world import at, fee, per_minute
from catalog.models import PricingPlanVersion, ProductItem
from webhooks.models import WebhookEvent

INIT = "/v1/pricing-plan-subscriptions/init"


@pytest.fixture
def version(world, api):
    api.post("/v1/test-clock", {"now": "2026-04-10T12:00:00Z"}).ok()
    return world.plan(per_minute("0.10"))


def body(version, **changes):
    subscription = {
        "reference": "brightwater-2026",
        "customer_reference": "brightwater",
        "billing_entity_reference": "halyard",
        "billing_time": "EXACT",
        "billing_currency": "EUR",
        "billing_period": {"type": "MONTH", "value": 1},
        "due_date_configuration": {
            "type": "PERIOD_AFTER_INVOICE_DATE",
            "period": {"type": "DAY", "value": 14},
        },
    }
    schedule = {
        "type": "DEFAULT",
        "pricing_plan_version_selector": {"pricing_plan_reference": version.pricing_plan.reference},
        "start_at": "2026-04-01T00:00:00Z",
        "pricing_currency": "EUR",
    }
    return {
        "pricing_plan_subscription": subscription | changes.pop("subscription", {}),
        "pricing_plan_schedules": [schedule | changes.pop("schedule", {})],
        **changes,
    }


def refused(answer, *, code, field=None, status=400):
    assert (answer.status, answer.body["code"], answer.body["field"]) == (status, code, field), answer.body
    assert answer.body["type"] == "INVALID_REQUEST" and answer.body["message"]


def nothing_was_written():
    tables = (PricingPlanSubscription, PricingPlanSchedule, WebhookEvent)
    return not any(table.objects.exists() for table in tables)


def test_init_activates_and_answers_with_the_first_invoice(api, version):
    started = api.post(INIT, body(version)).ok()
    subscription = started["pricing_plan_subscription"]
    assert subscription["status"] == "ACTIVE"
    assert subscription["customer_reference"] == "brightwater"
    assert subscription["activated_at"] == "2026-04-10T12:00:00Z"
    assert started["pricing_plan_schedules"][0]["pricing_plan_version_id"] == version.public_id
    assert started["invoice"]["status"] == "DRAFT"
    assert subscription["next_invoice"]["invoice_id"] == started["invoice"]["id"]
    assert subscription["pricing_plan_schedule_infos"][0]["start_at"] == "2026-04-01T00:00:00Z"
    assert started["entitlements_summary"]["entitlements"] == []
    assert started["customer"]["reference"] == "brightwater"


def test_init_emits_the_activation_once(api, version):
    api.post(INIT, body(version)).ok()
    assert WebhookEvent.objects.filter(type="subscription.activated").count() == 1
    assert WebhookEvent.objects.filter(type="PRICING_PLAN_SUBSCRIPTION.CREATED").count() == 1


def test_a_start_ahead_has_no_invoice_yet(api, version):
    started = api.post(INIT, body(version, schedule={"start_at": "2026-05-01T00:00:00Z"})).ok()
    assert started["invoice"] is None


def test_an_inline_customer_is_made_active(api, version):
    inline = {
        "type": "INDIVIDUAL",
        "reference": "ada",
        "individual": {"name": {"first_name": "Ada", "last_name": "Bos"}},
    }
    sent = body(version, customer=inline, subscription={"customer_reference": None})
    started = api.post(INIT, sent).ok()
    assert started["customer"]["status"] == "ACTIVE"
    assert Customer.objects.get(reference="ada").name == "Ada Bos"


def test_a_failed_init_makes_no_customer(api, version):
    inline = {"type": "INDIVIDUAL", "reference": "ada"}
    sent = body(version, customer=inline, subscription={"customer_reference": None})
    sent["pricing_plan_schedules"][0]["pricing_plan_version_selector"] = {"pricing_plan_reference": "no"}
    assert api.post(INIT, sent).status == 400
    assert not Customer.objects.filter(reference="ada").exists()
    assert nothing_was_written()


def test_the_latest_active_version_is_the_default(api, world, version):
    plan = version.pricing_plan
    world.make(PricingPlanVersion, pricing_plan=plan, version=2, default_pricing_currency="EUR")
    assert_version(api.post(INIT, body(version)), version)


def test_a_version_can_be_selected_by_number(api, world, version):
    second = world.make(
        PricingPlanVersion,
        pricing_plan=version.pricing_plan,
        version=2,
        default_pricing_currency="EUR",
        status="ACTIVE",
    )
    reference = version.pricing_plan.reference
    one = {"pricing_plan_reference": reference, "type": "VERSION", "version": 1}
    first = api.post(INIT, body(version, schedule={"pricing_plan_version_selector": one}))
    assert_version(first, version)
    other = body(version, subscription={"reference": "other"})
    assert_version(api.post(INIT, other), second)


def assert_version(answer, version):
    assert answer.ok()["pricing_plan_schedules"][0]["pricing_plan_version_id"] == version.public_id


def test_a_draft_customer_is_refused(api, world, version):
    Customer.objects.update(status="DRAFT")
    answer = api.post(INIT, body(version))
    refused(answer, code="INVALID_OPERATION", field="pricing_plan_subscription.customer_id")
    assert nothing_was_written()


def test_an_inactive_version_is_not_found(api, version):
    PricingPlanVersion.objects.update(status="DEPRECATED")
    answer = api.post(INIT, body(version))
    field = "pricing_plan_schedules.0.pricing_plan_version_selector"
    refused(answer, code="RESOURCE_NOT_FOUND", field=field)
    by_id = {"pricing_plan_version_id": version.public_id, "pricing_plan_version_selector": None}
    answer = api.post(INIT, body(version, schedule=by_id))
    refused(answer, code="RESOURCE_NOT_FOUND", field="pricing_plan_schedules.0.pricing_plan_version_id")
    assert nothing_was_written()


def test_an_inactive_item_cannot_be_processed(api, version):
    ProductItem.objects.update(status="DRAFT")
    refused(api.post(INIT, body(version)), code="UNABLE_TO_PROCESS_INSTRUCTIONS")
    assert nothing_was_written()


def test_without_a_billing_entity_nothing_starts(api, world, version):
    world.entity.delete()
    answer = api.post(INIT, body(version, subscription={"billing_entity_reference": None}))
    refused(answer, code="INVALID_OPERATION", field="pricing_plan_subscription.billing_entity_id")
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        (
            {"subscription": {"customer_reference": "nobody"}},
            "RESOURCES_NOT_FOUND",
            "pricing_plan_subscription.customer_reference",
        ),
        (
            {"subscription": {"customer_reference": None}},
            "MISSING_FIELD",
            "pricing_plan_subscription.customer_id",
        ),
        (
            {"subscription": {"reference": "with space"}},
            "INVALID_FIELD",
            "pricing_plan_subscription.reference",
        ),
        (
            {"subscription": {"billing_time": "WEEKLY"}},
            "INVALID_FIELD",
            "pricing_plan_subscription.billing_time",
        ),
        (
            {"subscription": {"billing_currency": "USD"}},
            "INVALID_FIELD",
            "pricing_plan_schedules.0.pricing_currency",
        ),
        ({"subscription": {"combine": True}}, "INVALID_FIELD", "pricing_plan_subscription.combine"),
        (
            {"schedule": {"pricing_currency": "USD"}},
            "INVALID_FIELD",
            "pricing_plan_schedules.0.pricing_currency",
        ),
        ({"schedule": {"start_at": None}}, "MISSING_FIELD", "pricing_plan_schedules.0.start_at"),
        ({"schedule": {"start_at": "tomorrow"}}, "INVALID_FIELD", "pricing_plan_schedules.0.start_at"),
        (
            {"schedule": {"end_at": "2026-03-01T00:00:00Z"}},
            "INVALID_FIELD",
            "pricing_plan_schedules.0.end_at",
        ),
        (
            {"schedule": {"coupon_ids": ["coup_x"]}},
            "RESOURCES_NOT_FOUND",
            "pricing_plan_schedules.0.coupon_ids.0",
        ),
        (
            {"schedule": {"seats_values": [{"pricing_item_config_id": "pico_x", "number": "3"}]}},
            "RESOURCES_NOT_FOUND",
            "pricing_plan_schedules.0.seats_values.0.pricing_item_config_id",
        ),
        ({"pricing_plan_schedules": []}, "MISSING_FIELD", "pricing_plan_schedules"),
        (
            {"enabled_pricings": [{"pricing_id": "pric_x"}]},
            "RESOURCES_NOT_FOUND",
            "enabled_pricings.0.pricing_id",
        ),
    ],
)
def test_what_is_wrong_is_named_and_leaves_no_trace(api, version, changes, code, field):
    refused(api.post(INIT, body(version, **changes)), code=code, field=field)
    assert nothing_was_written()


def test_the_currency_of_the_first_schedule_is_billed_unless_another_is_named(api, world, version):
    world.currency = "USD"
    dollars = world.plan(per_minute("0.10", "USD"))
    sent = body(dollars, subscription={"billing_currency": None}, schedule={"pricing_currency": "USD"})
    assert api.post(INIT, sent).ok()["pricing_plan_subscription"]["billing_currency"] == "USD"


def test_empty_fields_of_later_features_are_accepted(api, version):
    empty = {"discount": {"totals": []}, "commitment": None, "seats_values": [], "coupon_ids": []}
    made = api.post(INIT, body(version, schedule=empty)).ok()["pricing_plan_schedules"][0]
    assert (made["discount"]["totals"], made["commitment"]) == ([], None)


def test_two_schedules_follow_each_other(api, version):
    sent = body(version)
    sent["pricing_plan_schedules"].append(
        sent["pricing_plan_schedules"][0] | {"start_at": "2026-06-01T00:00:00Z"}
    )
    first, second = api.post(INIT, sent).ok()["pricing_plan_schedules"]
    assert first["end_at"] == second["start_at"] == "2026-06-01T00:00:00Z"
    assert second["end_at"] is None


def test_a_taken_reference_is_409(api, version):
    api.post(INIT, body(version)).ok()
    answer = api.post(INIT, body(version))
    refused(answer, code="RESOURCE_ALREADY_EXISTS", field="pricing_plan_subscription.reference", status=409)
    assert PricingPlanSubscription.objects.count() == 1


def test_the_payment_method_is_kept_and_nothing_is_charged(api, version):
    method = {"type": "CARD", "integration_reference": "stripe-main"}
    started = api.post(INIT, body(version, payment_method=method)).ok()
    assert started["payment_method"] == method
    assert started["invoice"]["status"] == "DRAFT"


def test_another_platforms_customer_does_not_exist(api, stranger, version):
    answer = stranger.post(INIT, body(version))
    field = "pricing_plan_subscription.customer_reference"
    refused(answer, code="RESOURCES_NOT_FOUND", field=field)
    assert nothing_was_written()


def test_in_advance_fees_open_with_an_invoice_of_their_own(api, world):
    api.post("/v1/test-clock", {"now": "2026-04-10T12:00:00Z"}).ok()
    version = world.plan(fee("49", advance=True))
    started = api.post(INIT, body(version, schedule={"start_at": "2026-04-10T12:00:00Z"})).ok()
    assert started["invoice"] is not None
    assert PricingPlanSubscription.objects.get().invoices.count() == 2
    assert at("2026-04-10T12:00") == PricingPlanSchedule.objects.get().start_at
