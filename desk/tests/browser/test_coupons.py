"""Coupons in a real browser: made by mouse with the effect in sight, redeemed, axe in both themes."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from billing.tests.agreements import agree
from billing.tests.coupons import FOREVER, code, coupon, percent
from billing.tests.world import World, fee
from catalog.models import Coupon

COUPONS = "/desk/products-plans/coupons/"
SLOWLY = 80


@pytest.fixture
def owner(transactional_db, opened) -> Client:
    """Acme's owner, signed in."""
    client = Client()
    client.force_login(opened.owner)
    return client


def test_a_coupon_is_made_with_its_effect_in_sight(visit, owner):
    page: Page = visit(owner, COUPONS)
    expect(page.get_by_role("heading", name="Offer a discount code")).to_be_visible()
    page.get_by_role("link", name="New coupon").first.click()
    page.get_by_label("Name", exact=True).press_sequentially("Spring sale", delay=SLOWLY)
    page.locator("#id_percentage").press_sequentially("15", delay=SLOWLY)
    effect = page.locator("#effect")
    expect(effect).to_contain_text("15% off the whole invoice, for 3 months.")
    expect(effect).to_contain_text("Coupon Spring sale, 15%")
    expect(effect).to_contain_text("€169.15")  # 199.00 less 29.85
    page.get_by_text("Once, on the first invoice").click()
    expect(effect).to_contain_text("15% off the whole invoice, once.")
    expect(page.locator("#id_length")).to_be_hidden()
    page.get_by_text("Amount", exact=True).first.click()
    expect(page.locator("#id_percentage")).to_be_hidden()
    page.locator("#id_amount").fill("25")
    expect(effect).to_contain_text("€25.00 off the whole invoice, once.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Spring sale")
    expect(page.locator("#id_reference")).to_have_value("spring_sale")
    page.get_by_label("Promotion codes").fill("SPRING25")
    page.get_by_role("button", name="Create coupon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring sale")
    expect(page.get_by_role("table", name="Codes that redeem Spring sale")).to_contain_text("SPRING25")
    assert Coupon.objects.get().discount["amount"] == {"quantity": "25", "currency": "EUR"}
    page.get_by_role("link", name="New code").click()
    page.locator("#dialog-code").fill("PARTNER")
    page.get_by_role("button", name="Create code").click()
    expect(page.get_by_role("table", name="Codes that redeem Spring sale")).to_contain_text("PARTNER")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visit, violations, owner, api, platform, theme):
    world = World(platform)
    spring = coupon(api, "spring", percent("15"), FOREVER)
    code(api, spring, "SPRING15")
    agree(api, world, world.plan(fee("100")), {"promotion_codes": ["SPRING15"]})
    paths = (COUPONS, f"{COUPONS}new/", f"{COUPONS}{spring}/", f"{COUPONS}{spring}/redemptions/")
    for path in paths:
        page: Page = visit(owner, path, theme=theme)
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
