"""The coupon field of the subscription editor: checked while it is typed, kept, and redeemed at the end."""

from __future__ import annotations

import pytest

from billing.models import CouponRedemption, PricingPlanSchedule, PricingPlanSubscription
from billing.tests.coupons import FOREVER, code, coupon, months, percent
from desk.tests.test_subscriptions import LIVE, base, filled, hidden, world

__all__ = ["base", "filled", "world"]


@pytest.fixture
def spring(api, world) -> str:
    made = coupon(api, "spring", percent("15"), months(3))
    code(api, made, "SPRING15")
    return made


def test_the_live_check_says_what_a_code_does_and_the_preview_has_it(desk, base, filled, spring):
    body = desk.post(base + "preview/", filled(coupon="spring15"), headers=LIVE).content.decode()
    assert "Spring: 15% off, for 3 months" in body
    assert "Coupon Spring (SPRING15), 15%" in body
    [schedule] = PricingPlanSchedule.objects.all()
    assert [each["promotion_code"] for each in schedule.coupons] == ["SPRING15"]
    draft = PricingPlanSubscription.objects.get()
    page = desk.get(f"{base}{draft.public_id}/edit/").content.decode()
    assert 'value="SPRING15"' in page and "Spring: 15% off" in page
    assert not CouponRedemption.objects.exists()


def test_the_coupon_is_redeemed_when_the_subscription_is_activated(desk, base, filled, spring):
    desk.post(base + "preview/", filled(coupon="spring"), headers=LIVE)
    draft = PricingPlanSubscription.objects.get()
    desk.post(f"{base}{draft.public_id}/activate/")
    assert CouponRedemption.objects.get().coupon.public_id == spring


def test_what_cannot_be_redeemed_is_told_at_once(desk, api, base, filled, spring):
    nothing = desk.post(base + "preview/", filled(coupon="nothing"), headers=LIVE).content.decode()
    assert "There is no coupon or promotion code nothing" in nothing
    api.post(f"/v1/coupons/{spring}/deactivate").ok()
    closed = desk.post(base + "preview/", filled(coupon="spring"), headers=LIVE).content.decode()
    assert "The coupon spring is INACTIVE" in closed
    assert not PricingPlanSchedule.objects.exclude(coupons=[]).exists()


def test_an_emptied_field_takes_the_coupon_off_and_several_are_shown_and_kept(
    desk, api, base, filled, spring
):
    first = desk.post(base + "preview/", filled(coupon="spring"), headers=LIVE).content.decode()
    known = {name: hidden(first, name) for name in ("draft", "seen_version")}
    emptied = desk.post(base + "preview/", filled(**known), headers=LIVE).content.decode()
    schedule = PricingPlanSchedule.objects.get()
    assert schedule.coupons == []
    ten = coupon(api, "ten", percent("10"), FOREVER)
    path = f"/v1/pricing-plan-schedules/{schedule.public_id}"
    api.patch(path, {"coupon_ids": [spring, ten]}).ok()
    page = desk.get(f"{base}{known['draft']}/edit/").content.decode()
    assert 'value="spring, ten"' in page and "Ten: 10% off" in page
    again = {"draft": known["draft"], "seen_version": hidden(page, "seen_version"), "name": "Renamed"}
    sent = filled(**again, currency="EUR", coupon="SPRING15,  ten")
    body = desk.post(base + "preview/", sent, headers=LIVE).content.decode()
    assert [each["id"] for each in PricingPlanSchedule.objects.get().coupons] == [ten, spring]
    assert "Spring: 15% off" in body and "Coupon Spring (SPRING15), 15%" in body
    twice = filled(draft=known["draft"], coupon="spring SPRING15")
    assert "A coupon is named twice" in desk.post(base + "preview/", twice, headers=LIVE).content.decode()
    assert "Saved" in emptied
