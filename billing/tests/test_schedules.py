"""Schedules: one after the other, without overlap and without gap."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import BillingEntity, PricingPlanSchedule
from billing.tests.world import at, per_minute

PATH = "/v1/pricing-plan-schedules"


@pytest.fixture
def version(world, api):
    api.post("/v1/test-clock", {"now": "2026-04-10T12:00:00Z"}).ok()
    BillingEntity.objects.update(is_default=True)
    return world.plan(per_minute("0.10"))


@pytest.fixture
def add(api, version):
    """Adds a schedule to the one subscription."""
    body = {"reference": "one", "customer_reference": "brightwater"}
    subscription = api.post("/v1/pricing-plan-subscriptions", body).ok()["id"]

    def adding(start, end=None, query="", **fields):
        sent = {
            "pricing_plan_subscription_id": subscription,
            "pricing_plan_version_id": version.public_id,
            "start_at": start,
            "end_at": end,
        }
        return api.post(f"{PATH}{query}", sent | fields)

    adding.subscription = subscription
    return adding


def activate(api, add):
    api.patch(f"/v1/pricing-plan-subscriptions/{add.subscription}", {"status": "ACTIVE"}).ok()


def spans():
    rows = PricingPlanSchedule.objects.order_by("start_at")
    return [(row.start_at, row.end_at) for row in rows]


def test_a_schedule_after_an_open_ended_one_closes_it(add):
    add("2026-04-01T00:00:00Z").ok()
    add("2026-06-01T00:00:00Z").ok()
    assert spans() == [(at("2026-04-01"), at("2026-06-01")), (at("2026-06-01"), None)]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2026-05-15T00:00:00Z", None, "start_at"),  # overlaps the first
        ("2026-07-01T00:00:00Z", None, "start_at"),  # leaves a gap
        ("2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z", "end_at"),
        ("2026-03-01T00:00:00Z", "2026-03-15T00:00:00Z", "end_at"),
        ("2026-03-01T00:00:00Z", None, "end_at"),
        ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "end_at"),
    ],
)
def test_neither_overlap_nor_gap(add, start, end, field):
    add("2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z").ok()
    answer = add(start, end)
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "INVALID_FIELD", field)
    assert len(spans()) == 1


def test_the_previous_end_gives_way(add):
    add("2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z").ok()
    add("2026-05-01T00:00:00Z", query="?set_previous_end_at=true").ok()
    assert spans() == [(at("2026-04-01"), at("2026-05-01")), (at("2026-05-01"), None)]


def test_the_next_start_gives_way(add):
    add("2026-04-01T00:00:00Z").ok()
    add("2026-03-01T00:00:00Z", "2026-04-15T00:00:00Z", query="?set_next_start_at=true").ok()
    assert spans() == [(at("2026-03-01"), at("2026-04-15")), (at("2026-04-15"), None)]


def test_the_two_flags_exclude_each_other(add):
    answer = add("2026-04-01T00:00:00Z", query="?set_previous_end_at=true&set_next_start_at=true")
    assert (answer.status, answer.body["field"]) == (400, "set_next_start_at")


def test_moving_a_schedule_moves_its_neighbor_when_asked(api, add):
    add("2026-04-01T00:00:00Z").ok()
    second = add("2026-06-01T00:00:00Z").ok()
    changes = {"start_at": "2026-07-01T00:00:00Z"}
    assert api.patch(f"{PATH}/{second['id']}", changes).body["field"] == "start_at"
    api.patch(f"{PATH}/{second['id']}?set_previous_end_at=true", changes).ok()
    assert spans() == [(at("2026-04-01"), at("2026-07-01")), (at("2026-07-01"), None)]


def test_the_past_of_an_active_subscription_is_locked(api, add):
    first = add("2026-04-01T00:00:00Z").ok()
    activate(api, add)
    assert add("2026-04-05T00:00:00Z").body["code"] == "COULD_NOT_UPDATE_RESOURCE"
    for changes in ({"start_at": "2026-03-01T00:00:00Z"}, {"end_at": "2026-04-05T00:00:00Z"}):
        answer = api.patch(f"{PATH}/{first['id']}", changes)
        assert (answer.status, answer.body["field"]) == (400, next(iter(changes)))
    assert spans() == [(at("2026-04-01"), None)]


def test_an_active_open_ended_schedule_may_get_an_end_ahead(api, add):
    first = add("2026-04-01T00:00:00Z").ok()
    activate(api, add)
    api.patch(f"{PATH}/{first['id']}", {"end_at": "2026-05-15T00:00:00Z"}).ok()
    assert spans() == [(at("2026-04-01"), at("2026-05-15"))]


def test_a_plan_change_now_is_a_new_schedule(api, add):
    add("2026-04-01T00:00:00Z").ok()
    activate(api, add)
    add("2026-04-10T12:00:00Z").ok()
    assert spans()[0] == (at("2026-04-01"), at("2026-04-10T12:00"))


def test_only_a_schedule_ahead_can_be_deleted_from_an_active_subscription(api, add):
    first = add("2026-04-01T00:00:00Z").ok()
    activate(api, add)
    second = add("2026-06-01T00:00:00Z").ok()
    assert api.delete(f"{PATH}/{first['id']}").body["code"] == "COULD_NOT_DELETE_RESOURCE"
    assert api.delete(f"{PATH}/{second['id']}").ok()["id"] == second["id"]


def test_a_schedule_in_the_middle_cannot_be_deleted(api, add):
    add("2026-04-01T00:00:00Z").ok()
    middle = add("2026-06-01T00:00:00Z").ok()
    add("2026-08-01T00:00:00Z").ok()
    assert api.delete(f"{PATH}/{middle['id']}").body["code"] == "COULD_NOT_DELETE_RESOURCE"


@pytest.mark.parametrize(
    "fields",
    [
        {"included_volumes": [{"number": "2"}]},
        {"override_pricings": [{"name": "special"}]},
        {"coupon_ids": ["coup_x"]},
        {"promotion_codes": ["SPRING"]},
        {"enabled_pricings": [{"pricing_id": "pric_x"}]},
        {"pricing_categories": [{"product_category_id": "proc_x"}]},
    ],
)
def test_what_cannot_be_billed_is_refused_at_its_field(add, fields):
    answer = add("2026-04-01T00:00:00Z", **fields)
    assert answer.status == 400
    assert answer.body["field"].startswith(next(iter(fields)))


def test_entitlements_of_a_schedule_replace_those_of_the_plan(api, add):
    api.post("/v1/features", {"reference": "sso", "name": "Single sign-on", "type": "SWITCH"}).ok()
    made = add("2026-04-01T00:00:00Z", entitlements=[{"feature_reference": "sso", "switch": True}]).ok()
    assert made["entitlements"][0]["feature_reference"] == "sso"
    activate(api, add)
    granted = api.get("/v1/customers/brightwater/entitlements").ok()
    assert [(each["feature_reference"], each["switch"]) for each in granted["entitlements"]] == [
        ("sso", True)
    ]
    assert len(granted["pricing_plan_subscription_entitlements"]) == 1


def test_the_list_is_of_one_subscription_and_not_paged(api, add):
    made = add("2026-04-01T00:00:00Z").ok()
    listed = api.get(f"{PATH}?pricing_plan_subscription_id={add.subscription}").ok()
    assert list(listed) == ["data"]
    assert listed["data"][0]["id"] == made["id"]
    assert made["pricing_plan_id"].startswith("ppl_")


def test_the_database_itself_refuses_an_overlap(world, version):
    subscription = world.agree([(version, at("2026-01-01"), None)], now=at("2026-01-01"))
    with pytest.raises(IntegrityError), transaction.atomic():
        world.schedule(subscription, version, at("2026-02-01"), None)
        connection.check_constraints()
