"""Coupons in Desk: made with codes, told in a sentence, changed step by step, redeemed by whom."""

from __future__ import annotations

import pytest

from billing.models import PromotionCode
from billing.tests.agreements import agree, go
from billing.tests.coupons import FOREVER, code, coupon, percent
from billing.tests.world import World, fee
from catalog.models import Coupon

COUPONS = "/desk/products-plans/coupons/"
SPRING = {
    "name": "Spring",
    "reference": "spring",
    "kind": "PERCENTAGE",
    "percentage": "15",
    "duration": "PERIOD",
    "length": "3",
    "length_unit": "MONTH",
    "maximum_redemptions": "100",
    "last_day": "2026-06-30",
    "codes": "SPRING15\nMAY",
}


@pytest.fixture
def world(platform) -> World:
    """A company that sells transcription by the minute."""
    return World(platform)


def test_a_coupon_is_made_with_its_codes_and_can_be_redeemed(desk):
    assert desk.post(f"{COUPONS}new/", SPRING).status_code == 303
    made = Coupon.objects.get()
    assert (made.status, made.discount) == ("ACTIVE", {"type": "PERCENTAGE", "percentage": "15"})
    assert made.duration == {"type": "PERIOD", "period": {"type": "MONTH", "value": 3}}
    assert made.end_at.isoformat() == "2026-07-01T00:00:00+00:00"
    codes = PromotionCode.objects.order_by("pk").values_list("code", "status")
    assert list(codes) == [("SPRING15", "ACTIVE"), ("MAY", "ACTIVE")]
    page = desk.get(f"{COUPONS}{made.public_id}/").content.decode()
    assert "15% off" in page and "for 3 months" in page and "SPRING15" in page


def test_a_draft_is_saved_changed_and_activated(desk):
    desk.post(f"{COUPONS}new/", {**SPRING, "submit": "draft"})
    made = Coupon.objects.get()
    assert made.status == "DRAFT"
    edit = f"{COUPONS}{made.public_id}/edit/"
    assert b'value="15"' in desk.get(edit).content
    assert desk.post(edit, {**SPRING, "percentage": "20"}).status_code == 303
    made.refresh_from_db()
    assert made.discount["percentage"] == "20"
    desk.post(f"{COUPONS}{made.public_id}/move/activate/")
    refused = desk.post(edit, {**SPRING, "percentage": "30"})
    assert refused.status_code == 422 and b"what it promises stays" in refused.content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"percentage": ""}, "percentage"),
        ({"percentage": "101"}, "percentage"),
        ({"kind": "AMOUNT", "amount": "5", "currency": "XXY"}, "currency"),
        ({"kind": "USAGE", "units": "5"}, "meter_value"),
        ({"length": ""}, "length"),
        ({"first_day": "2026-07-01"}, "last_day"),
        ({"codes": "two words"}, "codes"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_made(desk, change, field):
    response = desk.post(f"{COUPONS}new/", {**SPRING, **change})
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not Coupon.objects.exists() and not PromotionCode.objects.exists()


def test_the_sentence_and_the_sample_follow_what_is_typed(desk, world: World):
    value = f"product_category:{world.category.public_id}"
    effect = desk.post(f"{COUPONS}effect/", {**SPRING, "limits": [value]}).content.decode()
    # 15 % of the 150.00 that are limited to; the fee of 49.00 stays.
    assert "15% off Services, for 3 months." in effect
    assert "22.50" in effect and "176.50" in effect
    assert "<input" not in effect and "<select" not in effect
    free = {**SPRING, "kind": "USAGE", "units": "100", "meter_value": world.value.public_id}
    shown = desk.post(f"{COUPONS}effect/", {**free, "duration": "ONE_TIME"}).content.decode()
    assert "100 minutes free" in shown and "once." in shown and "184.00" in shown
    missing = desk.post(f"{COUPONS}effect/", {**SPRING, "percentage": ""}).content.decode()
    assert "Enter percent" in missing


def test_codes_are_added_and_switched_off(desk):
    desk.post(f"{COUPONS}new/", {**SPRING, "codes": ""})
    made = Coupon.objects.get()
    desk.post(f"{COUPONS}{made.public_id}/codes/new/", {"code": "LATER", "maximum_redemptions": "5"})
    later = PromotionCode.objects.get()
    assert (later.code, later.maximum_redemptions, later.status) == ("LATER", 5, "ACTIVE")
    desk.post(f"{COUPONS}codes/{later.public_id}/deactivate/")
    later.refresh_from_db()
    assert later.status == "INACTIVE"
    again = desk.post(f"{COUPONS}{made.public_id}/codes/new/", {"code": "later"})
    assert again.status_code == 422 and b"exists already" in again.content


def test_redemptions_and_what_was_taken_off_are_shown(desk, api, world: World):
    version = world.plan(fee("100"))
    spring = coupon(api, "spring", percent("15"), FOREVER)
    code(api, spring, "SPRING15")
    agree(api, world, version, {"promotion_codes": ["SPRING15"]})
    go(api, "2026-04-03")
    page = desk.get(f"{COUPONS}{spring}/redemptions/").content.decode()
    assert world.customer.name in page and "SPRING15" in page and "€15.00" in page
    changed = desk.get(f"{COUPONS}{spring}/activity/").content.decode().replace("<wbr>", "")
    assert "number_of_redemptions" in changed
    assert b"number_of_redemptions" in desk.get(f"{COUPONS}{spring}/api-object/").content


def test_the_list_stays_within_its_budget_and_filters(desk, api, django_assert_max_num_queries):
    for number in range(5):
        code(api, coupon(api, f"spring-{number}", percent("15"), FOREVER), f"CODE-{number}")
    with django_assert_max_num_queries(12):
        page = desk.get(COUPONS).content.decode()
    assert "spring-4" in page and "CODE-4" in page and "for good" in page
    assert "spring-4" not in desk.get(COUPONS, {"applies": "limited"}).content.decode()
    assert "spring-4" in desk.get(COUPONS, {"applies": "everything", "status": "ACTIVE"}).content.decode()


def test_the_request_can_be_copied_as_curl(desk):
    shown = desk.post(f"{COUPONS}new/", {**SPRING, "as_curl": "1"}).content.decode()
    assert "/v1/coupons" in shown and "/v1/promotion-codes" in shown and "SPRING15" in shown
