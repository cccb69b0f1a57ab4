"""Who may redeem a coupon: refused by the field that names it, and race-safe on real threads."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from billing.models import CouponRedemption, PricingPlanSubscription
from billing.tests.agreements import begin, go, terms
from billing.tests.coupons import FOREVER, code, coupon, off, percent
from billing.tests.world import World, at, fee, money
from catalog.models import Coupon
from kit.testing import ApiClient
from webhooks.models import WebhookEvent

INIT = "/v1/pricing-plan-subscriptions/init"
FIELD = "pricing_plan_schedules.0."


@pytest.fixture
def version(api: ApiClient, world: World) -> Any:
    begin(api)
    return world.plan(fee("49"))


def _refused(api: ApiClient, body: dict[str, Any]) -> tuple[str, str]:
    """Code and field of a refusal that leaves no trace."""
    answer = api.post(INIT, body)
    assert answer.status == 400, answer.body
    assert not PricingPlanSubscription.objects.filter(reference="agreed").exists()
    assert not CouponRedemption.objects.filter(subscription__reference="agreed").exists()
    return answer.body["code"], answer.body["field"]


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ({"status": "DRAFT"}, "RESOURCE_NOT_FOUND"),
        ({"start_at": "2026-03-01T00:00:01Z"}, "INVALID_OPERATION"),
        ({"end_at": "2026-03-01T00:00:00Z"}, "INVALID_OPERATION"),
    ],
)
def test_a_coupon_that_cannot_be_redeemed_is_refused(
    api: ApiClient, world: World, version: Any, extra: dict[str, Any], problem: str
) -> None:
    coupon(api, "spring", percent("15"), FOREVER, **extra)
    body = terms(world, version, {"coupon_ids": ["spring"]})
    assert _refused(api, body) == (problem, f"{FIELD}coupon_ids.0")


@pytest.mark.parametrize("step", ["deactivate", "deprecate", "archive"])
def test_a_closed_coupon_is_refused_and_goes_on_for_those_who_have_it(
    api: ApiClient, world: World, version: Any, step: str
) -> None:
    spring = coupon(api, "spring", percent("10"), FOREVER)
    may = code(api, spring, "MAY")
    first = terms(world, version, {"promotion_codes": ["MAY"]})
    first["pricing_plan_subscription"]["reference"] = "first"
    started = api.post(INIT, first).ok()
    api.post(f"/v1/coupons/spring/{step}").ok()
    for name, value in (("coupon_ids", "spring"), ("promotion_codes", "MAY")):
        refused = _refused(api, terms(world, version, {name: [value]}))
        assert refused == ("RESOURCE_NOT_FOUND", f"{FIELD}{name}.0")
    api.post(f"/v1/promotion-codes/{may}/archive").ok()
    go(api, "2026-04-03")
    final = api.get(f"/v1/invoices/{started['invoice']['id']}").ok()
    assert (final["status"], len(final["coupons"])) == ("FINAL", 1)


def test_what_does_not_exist_or_is_named_twice_is_refused(api: ApiClient, world: World, version: Any) -> None:
    spring = coupon(api, "spring", percent("15"), FOREVER)
    code(api, spring, "MAY")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"coupon_ids": ["nothing"]}, "coupon_ids.0"),
        ({"promotion_codes": ["NOTHING"]}, "promotion_codes.0"),
        ({"coupon_ids": [spring, "spring"]}, "coupon_ids.1"),
        ({"coupon_ids": [spring], "promotion_codes": ["MAY"]}, "promotion_codes.0"),
        ({"coupon_ids": "spring"}, "coupon_ids"),
        ({"discount": {"totals": [{"percentage": "5", "coupon_id": spring}]}}, "discount.totals.0.coupon_id"),
    ]
    for schedule, field in cases:
        assert _refused(api, terms(world, version, schedule))[1] == FIELD + field


def test_a_coupon_must_have_something_to_take_off(api: ApiClient, world: World, version: Any) -> None:
    api.post("/v1/product-categories", {"reference": "other", "name": "Other"}).ok()
    coupon(api, "other", percent("15"), FOREVER, limited_to={"product_category_ids": ["other"]})
    free = {"type": "USAGE", "usage": {"meter_value_id": world.value.public_id, "number": "30"}}
    coupon(api, "units", free, FOREVER)
    for each in ("other", "units"):
        refused = _refused(api, terms(world, version, {"coupon_ids": [each]}))
        assert refused == ("INVALID_FIELD", f"{FIELD}coupon_ids.0")


def test_a_code_for_others_and_one_that_a_customer_has_used_up_are_refused(
    api: ApiClient, world: World, version: Any
) -> None:
    spring = coupon(api, "spring", percent("15"), FOREVER)
    other = world.organization("other", "NL")
    code(api, spring, "OTHERS", limited_to={"customer_ids": [other.public_id]})
    code(api, spring, "ONCE", maximum_redemptions_per_customer=1)
    once = terms(world, version, {"promotion_codes": ["ONCE"]})
    once["pricing_plan_subscription"]["reference"] = "first"
    api.post(INIT, once).ok()
    for each in ("OTHERS", "ONCE"):
        refused = _refused(api, terms(world, version, {"promotion_codes": [each]}))
        assert refused == ("INVALID_OPERATION", f"{FIELD}promotion_codes.0")


def test_the_same_coupon_on_two_schedules_is_redeemed_in_one_way(
    api: ApiClient, world: World, version: Any
) -> None:
    spring = coupon(api, "spring", percent("15"), FOREVER)
    code(api, spring, "MAY")
    first = {"promotion_codes": ["MAY"], "end_at": "2026-04-01T00:00:00Z"}
    second = {"coupon_ids": [spring], "start_at": "2026-04-01T00:00:00Z"}
    refused = _refused(api, terms(world, version, first, second))
    assert refused == ("INVALID_FIELD", "pricing_plan_schedules.1.coupon_ids.0")


def test_amounts_in_another_currency_are_refused(api: ApiClient, world: World, version: Any) -> None:
    bound = {"comparator": "LESS_THAN", "value": {"amount": money("150", "USD")}}
    coupon(api, "some", percent("10") | {"condition": bound}, FOREVER)
    coupon(api, "five", off("5", "USD"), FOREVER)
    for each in ("some", "five"):
        refused = _refused(api, terms(world, version, {"coupon_ids": [each]}))
        assert refused == ("INVALID_FIELD", f"{FIELD}coupon_ids.0")


THREADS = 6


@pytest.fixture
def at_once(opened: Any) -> Any:
    """Sends each of these requests from a thread of its own, all at once; the answers."""

    def sending(requests: list[tuple[str, str, Any]]) -> list[Any]:
        barrier = Barrier(len(requests))

        def one(request: tuple[str, str, Any]) -> Any:
            barrier.wait()
            try:
                return ApiClient(opened.api_key).request(*request)
            finally:
                connection.close()

        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(one, requests))

    return sending


def _inits(world: World, version: Any, *schedules: dict[str, Any]) -> list[tuple[str, str, Any]]:
    requests = []
    for number, schedule in enumerate(schedules):
        body = terms(world, version, schedule)
        body["pricing_plan_subscription"]["reference"] = f"subscription-{number}"
        requests.append(("POST", INIT, body))
    return requests


@pytest.mark.django_db(transaction=True)
def test_b36_the_last_redemption_goes_to_exactly_one(
    api: ApiClient, world: World, version: Any, at_once: Any
) -> None:
    spring = coupon(api, "spring", percent("15"), FOREVER, maximum_redemptions=1)
    answers = at_once(_inits(world, version, *[{"coupon_ids": [spring]}] * THREADS))
    assert Counter(each.status for each in answers) == {200: 1, 400: THREADS - 1}
    losers = [each.body for each in answers if each.status == 400]
    assert {each["field"] for each in losers} == {f"{FIELD}coupon_ids.0"}
    assert CouponRedemption.objects.count() == PricingPlanSubscription.objects.count() == 1
    assert Coupon.objects.get().number_of_redemptions == 1
    assert WebhookEvent.objects.filter(type="coupon.redeemed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_b36_a_code_for_once_per_customer_is_redeemed_once(
    api: ApiClient, world: World, version: Any, at_once: Any
) -> None:
    code(api, coupon(api, "spring", percent("15"), FOREVER), "ONCE", maximum_redemptions_per_customer=1)
    answers = at_once(_inits(world, version, *[{"promotion_codes": ["once"]}] * THREADS))
    assert Counter(each.status for each in answers) == {200: 1, 400: THREADS - 1}


@pytest.mark.django_db(transaction=True)
def test_b45_coupons_named_in_any_order_do_not_deadlock_with_each_other_nor_with_other_changes(
    api: ApiClient, world: World, version: Any, at_once: Any
) -> None:
    one, two = (coupon(api, name, percent("5"), FOREVER) for name in ("one", "two"))
    started = [api.post(INIT, body).ok() for _, _, body in _inits(world, version, {}, {})]
    schedules = [each["pricing_plan_schedules"][0]["id"] for each in started]
    requests = _inits(world, version, {}, {}, {"coupon_ids": [one, two]}, {"coupon_ids": [two, one]})[2:]
    requests += [
        ("PATCH", f"/v1/pricing-plan-schedules/{schedule}", {"coupon_ids": order})
        for schedule, order in zip(schedules, ([one, two], [two, one]), strict=True)
    ]
    requests += [("PATCH", f"/v1/coupons/{each}", {"description": "changed"}) for each in (two, one)]
    assert {each.status for each in at_once(requests)} == {200}
    counts = Coupon.objects.order_by("pk").values_list("number_of_redemptions", flat=True)
    assert list(counts) == [4, 4]


def test_a_preview_asks_what_a_code_would_take_off_and_redeems_nothing(
    api: ApiClient, world: World, version: Any
) -> None:
    spring = coupon(api, "spring", percent("50"), FOREVER)
    code(api, spring, "MAY", maximum_redemptions_per_customer=1)
    code(api, spring, "OTHERS", limited_to={"customer_ids": [world.organization("other", "NL").public_id]})
    begun = api.post(INIT, terms(world, version, {})).ok()
    schedule = begun["pricing_plan_schedules"][0]["id"]
    body = {"pricing_plan_subscription_id": "agreed", "start_at": "2026-03-01T00:00:00Z"}

    def preview(*codes: str) -> Any:
        customized = {"pricing_plan_schedule_id": schedule, "promotion_codes": list(codes)}
        return api.post("/v1/invoices/preview", body | {"pricing_plan_schedule_customizations": [customized]})

    plain = api.post("/v1/invoices/preview", body).ok()["invoice"]
    asked = preview("may").ok()["invoice"]
    assert (plain["promotion_codes"], len(asked["promotion_codes"])) == ([], 1)
    assert api.get("/v1/coupons/spring").ok()["number_of_redemptions"] == 0
    for refused in (preview("NOTHING"), preview("OTHERS")):
        field = "pricing_plan_schedule_customizations.0.promotion_codes.0"
        assert (refused.status, refused.body["field"]) == (400, field)
    other = world.subscribe(version, start=at("2026-03-01"))
    path = f"/v1/pricing-plan-schedules/{other.schedules.get().public_id}"
    api.patch(path, {"promotion_codes": ["MAY"]}).ok()
    used_up = preview("MAY")
    assert (used_up.status, used_up.body["field"]) == (400, field)
