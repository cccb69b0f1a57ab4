"""Two requests at once: one wins, the other is told; on real threads with connections of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from billing.models import (
    BillingEntity,
    Invoice,
    InvoiceLine,
    PricingPlanSchedule,
    PricingPlanSubscription,
)
from billing.services.invoices import finalize
from billing.tests.world import Price, World, at, flat, money, per_minute, usage
from catalog.models import PricingItem
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

PATH = "/v1/pricing-plan-subscriptions"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def together(opened):
    """Sends the same request from several threads at once; the statuses, in order."""

    def sending(method, path, body, times=4):
        barrier = Barrier(times)

        def one(_):
            barrier.wait()
            try:
                return ApiClient(opened.api_key).request(method, path, body).status
            finally:
                connection.close()

        with ThreadPoolExecutor(times) as pool:
            return sorted(pool.map(one, range(times)))

    return sending


@pytest.fixture
def version(opened, api):
    api.post("/v1/test-clock", {"now": "2026-04-10T12:00:00Z"}).ok()
    world = World(opened.platform)
    BillingEntity.objects.update(is_default=True)
    return world.plan(per_minute("0.10"))


def test_b36_inits_with_one_reference_make_one_subscription(together, version):
    body = {
        "pricing_plan_subscription": {"reference": "one", "customer_reference": "brightwater"},
        "pricing_plan_schedules": [
            {"pricing_plan_version_id": version.public_id, "start_at": "2026-04-01T00:00:00Z"}
        ],
    }
    assert together("POST", f"{PATH}/init", body) == [200, 409, 409, 409]
    assert PricingPlanSubscription.objects.count() == PricingPlanSchedule.objects.count() == 1
    assert Invoice.objects.count() == 1


def test_b36_activations_at_once_activate_once(together, api, version):
    made = api.post(PATH, {"customer_reference": "brightwater"}).ok()
    schedule = {
        "pricing_plan_subscription_id": made["id"],
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-04-01T00:00:00Z",
    }
    api.post("/v1/pricing-plan-schedules", schedule).ok()
    together("PATCH", f"{PATH}/{made['id']}", {"status": "ACTIVE"})
    assert WebhookEvent.objects.filter(type="subscription.activated").count() == 1
    assert Invoice.objects.count() == 1


def test_b36_schedules_added_at_once_do_not_overlap(together, api, version):
    made = api.post(PATH, {"customer_reference": "brightwater"}).ok()
    schedule = {
        "pricing_plan_subscription_id": made["id"],
        "pricing_plan_version_id": version.public_id,
        "start_at": "2026-04-01T00:00:00Z",
    }
    assert together("POST", "/v1/pricing-plan-schedules", schedule) == [201, 400, 400, 400]
    assert PricingPlanSchedule.objects.count() == 1


def test_b36_first_entities_at_once_give_one_default(together, api):
    body = {"reference": "one"}
    assert together("POST", "/v1/billing-entities", body) == [201, 409, 409, 409]
    assert BillingEntity.objects.filter(is_default=True).count() == 1


def test_b35_charges_on_demand_at_once_are_numbered_without_a_gap(together, opened, api):
    api.post("/v1/test-clock", {"now": "2026-04-10T12:00:00Z"}).ok()
    world = World(opened.platform)
    rule = {"pricing_type": "FIXED", "bands": [{"amount": money("30")}], "on_demand": True}
    version = world.plan(Price("Report", "ONE_OFF", (rule,)))
    made = world.subscribe(version, start=at("2026-04-01"))
    body = {
        "pricing_plan_schedule_id": made.schedules.get().public_id,
        "pricing_items": [{"pricing_item_id": PricingItem.objects.get(version=version).public_id}],
        "finalize_immediately": True,
    }
    assert together("POST", "/v1/invoices/charge-on-demand-pricing-items", body) == [201] * 4
    numbers = Invoice.objects.filter(status="FINAL").values_list("invoice_number", flat=True)
    assert sorted(int(number[-4:]) for number in numbers) == [1, 2, 3, 4]


def test_b35_a_pending_cancellation_is_performed_once(together, opened, api, version):
    from billing.services.subscriptions import cancel

    made = api.post(
        f"{PATH}/init",
        {
            "pricing_plan_subscription": {"reference": "one", "customer_reference": "brightwater"},
            "pricing_plan_schedules": [
                {"pricing_plan_version_id": version.public_id, "start_at": "2026-04-01T00:00:00Z"}
            ],
        },
    ).ok()["pricing_plan_subscription"]
    api.post(f"{PATH}/{made['id']}/cancel", {"type": "NEXT_BILLING_PERIOD"}).ok()
    barrier = Barrier(4)

    def sweep(_):
        barrier.wait()
        try:
            return cancel.end_due(platform=opened.platform, at=at("2026-05-01"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    assert WebhookEvent.objects.filter(type="subscription.cancelled").count() == 1


def test_b41_a_refused_init_leaves_no_event_behind(api, version):
    body = {
        "pricing_plan_subscription": {"reference": "one", "customer_reference": "brightwater"},
        "pricing_plan_schedules": [{"pricing_plan_version_id": "none", "start_at": "2026-04-01T00:00:00Z"}],
    }
    assert api.post(f"{PATH}/init", body).status == 400
    assert not WebhookEvent.objects.exists()
    assert not PricingPlanSubscription.objects.exists()


def test_b45_customers_and_their_subscriptions_change_at_once_without_deadlock(opened, api, version):
    def make(number):
        body = {
            "pricing_plan_subscription": {"reference": f"s-{number}", "customer_reference": "brightwater"},
            "pricing_plan_schedules": [
                {"pricing_plan_version_id": version.public_id, "start_at": "2026-04-01T00:00:00Z"}
            ],
        }
        return ApiClient(opened.api_key).post(f"{PATH}/init", body).status

    def rename(number):
        return ApiClient(opened.api_key).patch("/v1/customers/brightwater", {"locale": "nl"}).status

    def one(number):
        try:
            return (make if number % 2 else rename)(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, range(24))) == {200}


def test_invoices_that_become_final_at_once_give_away_what_is_free_once(opened, api):
    """March has 70 and April 50 of 100 free; whoever is first, both together have no more than 100."""
    world = World(opened.platform)
    free = {"default_included_volume": {"number": "100", "reset_type": "SCHEDULE"}}
    subscription = world.agree(
        [(world.plan(usage(flat("1", **free))), at("2026-03-01"), None)], now=at("2026-03-01")
    )
    world.used("70", when=at("2026-03-05"))
    world.used("50", when=at("2026-04-05"))
    world.open(subscription, at("2026-05-01"))
    keys = list(Invoice.objects.filter(period_end__lte=at("2026-05-01")).values_list("pk", flat=True))
    barrier = Barrier(len(keys))

    def one(key):
        barrier.wait()
        try:
            finalize.invoice(ctx=world.ctx(at("2026-05-02")), instance=Invoice.objects.get(pk=key))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(keys)) as pool:
        list(pool.map(one, keys))
    lines = InvoiceLine.objects.order_by("start_at").values_list("included_taken", "amount")
    assert [(int(taken), int(amount)) for taken, amount in lines] == [(70, 0), (30, 20)]
