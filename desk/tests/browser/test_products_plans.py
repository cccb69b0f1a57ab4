"""Products & plans in a real browser: the tutorial by mouse, a slow typist, axe, reflow, no scripts."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from catalog.models import PricingItemConfig, PricingPlan, PricingPlanVersion, Product
from catalog.tests import cast
from desk.tests.plans import PLANS, T

CATALOG = "/desk/products-plans/product-catalog/"
SLOWLY = 80
VECTORS = [("1,000", "€0.00"), ("1,001", "€0.01"), ("12,500", "€130.50"), ("50,001", "€468.01")]


@pytest.fixture
def owner(transactional_db, opened) -> Client:
    """Acme's owner, signed in."""
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.fixture
def editor(owner, api) -> str:
    """The pricing step of a draft whose version 1 is active, with four tiers of its own."""
    unit = {"singular": "call", "plural": "calls"}
    calls = cast.item(api, "api_calls", name="API calls", unit_name=unit)
    fee = cast.item(api, "platform_fee", name="Platform fee", model_type="RECURRING")
    tokens = cast.item(api, "tokens", name="Model tokens")
    owner.post(f"{PLANS}new/", {"name": "Growth", "reference": "growth", "amount_type": "EXCLUDING_TAX"})
    plan = PricingPlan.objects.get(reference="growth")
    base = f"{PLANS}{plan.public_id}/versions/1/"
    owner.post(f"{base}items/", {"item": [calls["id"], fee["id"]]})
    owner.post(f"{base}pricing/{calls['id']}/", {"model": "FLAT", "price": "0.0140"})
    owner.post(f"{base}pricing/{fee['id']}/", {"model": "FIXED", "price": "499.00", "advance": "1"})
    owner.post(f"{base}activate/")
    owner.post(f"{PLANS}{plan.public_id}/clone/")
    base = base.replace("/versions/1/", "/versions/2/")
    owner.post(f"{base}items/", {"item": [tokens["id"]]})
    owner.post(f"{base}pricing/{calls['id']}/", {"model": "TIERED", **T})
    return f"{base}pricing/{calls['id']}/"


def test_steps_three_and_four_of_the_tutorial_by_mouse(visit, owner, api):
    cast.calculation(api)
    page: Page = visit(owner, "/desk/")
    page.locator(".nav summary", has_text="Products & plans").click()
    page.locator(".nav a", has_text="Product catalog").click()
    page.get_by_role("link", name="New product").first.click()
    page.get_by_label("Category", exact=True).fill("Platform")
    page.get_by_label("Name", exact=True).fill("API")
    page.locator("#id_items_0_name").fill("API calls")
    page.locator("#id_items_0_unit_singular").fill("call")
    page.locator("#id_items_0_unit_plural").fill("calls")
    page.locator("#id_items_0_calculation").select_option(index=1)
    page.get_by_role("button", name="Create product").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API")
    assert {Product.objects.get().status, Product.objects.get().items.get().status} == {"ACTIVE"}

    page.locator("#content").get_by_role("link", name="New pricing plan").click()
    page.get_by_label("Name", exact=True).fill("Pay as you go")
    page.get_by_role("button", name="Next: version and billing").click()
    page.get_by_role("button", name="Next: items").click()
    page.get_by_label("API calls").check()
    search = page.get_by_role("searchbox", name="Search items of the catalog")
    search.press_sequentially("nothing")  # what is ticked stays, found or not
    expect(page.locator("#picks .check")).to_have_count(1)
    expect(page.get_by_label("API calls")).to_be_checked()
    page.get_by_role("button", name="Add to this version").click()
    expect(page.locator(".ordered li")).to_have_count(1)
    page.get_by_role("link", name="Next: pricing").click()
    page.locator("#price-form .model", has_text="Flat").click()
    page.get_by_label("Price per call").fill("0.01")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_role("link", name="Activate version 1").click()
    page.locator("#dialog").get_by_role("button", name="Activate version 1").click()
    expect(page.locator(".head .badge--ok")).to_have_text("Version 1 active")
    assert PricingPlanVersion.objects.get().status == "ACTIVE"


def test_a_slow_typist_loses_no_character_and_keeps_the_focus(visit, owner, editor):
    page: Page = visit(owner, editor)
    field = page.locator("#up_to-3")
    field.fill("")
    field.press_sequentially("123456", delay=SLOWLY)
    expect(page.locator("#from-4")).to_have_text("123,457")
    expect(field).to_have_value("123456")
    expect(field).to_be_focused()
    price = page.locator("#tier_price-2")
    price.fill("")
    price.press_sequentially("0.0123456789", delay=SLOWLY)
    expect(page.locator("#sentence")).to_contain_text("€0.0123456789 each up to 10,000")
    expect(price).to_have_value("0.0123456789")
    expect(price).to_be_focused()


def test_a_tier_out_of_order_is_told_beside_it_and_mended_by_a_button(visit, owner, editor):
    page: Page = visit(owner, editor)
    page.locator("#up_to-3").fill("9000")
    expect(page.locator("#msg-3")).to_contain_text("Tier 3 must end after 10,000, where tier 2 ends")
    page.get_by_role("button", name="Next: review").click()
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator(".summary")).to_contain_text("Tier 3 must end after 10,000, where tier 2 ends")
    page.get_by_role("button", name="Set to 50,000").click()
    expect(page.locator("#tier-status")).to_contain_text("No gaps or overlaps")
    expect(page.locator("#up_to-3")).to_have_value("50000")

    page.goto(f"{page.url.partition('/desk/')[0]}{editor.split('/pricing/')[0]}/items/")
    names, grips = page.locator(".ordered li b"), page.locator("[data-grip]")
    second = names.nth(1).inner_text()
    grips.nth(1).hover()
    page.mouse.down()
    grips.nth(0).hover()
    with page.expect_navigation():  # stored, and read again
        page.mouse.up()
    expect(names.first).to_have_text(second)
    page.get_by_role("link", name=f"Always is how {second} is sold").click()
    page.locator("#dialog").get_by_role("radio", name="Add-on").check()
    page.locator("#dialog").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#choices")).to_contain_text(second)


def test_the_calculator_follows_what_is_asked_and_the_marker_sits_on_the_line(visit, owner, editor):
    page: Page = visit(owner, editor)
    for quantity, total in VECTORS:
        page.locator("#quantity").fill(quantity)
        expect(page.locator("#answer output")).to_have_text(total)
        expect(page.locator("#quantity")).to_have_value(quantity)
    expect(page.locator("#answer .badge")).to_contain_text("less than v1")
    expect(page.locator("#answer .l2")).to_have_count(1)
    page.get_by_role("button", name="Per call").click()
    expect(page.locator("#answer svg title")).to_have_text("Price per call by usage")


def test_tiers_are_added_and_pasted_with_a_preview(visit, owner, editor):
    page: Page = visit(owner, editor)
    page.locator("#up_to-4").focus()
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#up_to-5")).to_be_visible()
    page.get_by_text("Paste from spreadsheet").click()
    page.locator("#pasted").fill("500\t0.02\n5000\t0.01\n\t0.005")
    page.get_by_role("button", name="Replace all tiers").click()
    expect(page.locator(".tiers tr.tier")).to_have_count(3)
    expect(page.locator("#sentence")).to_contain_text("the first 500 calls cost €0.02 each")


def test_two_operators_on_one_draft_get_a_conflict_panel(visit, owner, editor):
    first: Page = visit(owner, editor)
    second: Page = visit(owner, editor)
    first.locator("#tier_price-2").fill("0.05")
    expect(first.locator("#saved")).to_contain_text("Saved")
    second.locator("#tier_price-2").fill("0.07")
    expect(second.locator("#conflict")).to_contain_text("Nothing of yours is lost")
    expect(second.locator("#tier_price-2")).to_have_value("0.07")
    second.get_by_role("button", name="Keep mine").click()
    expect(second.locator("#conflict .callout")).to_have_count(0)
    prices = [
        band["amount"]["quantity"]
        for config in PricingItemConfig.objects.filter(pricing_type="TIERED")
        for band in config.body["bands"]
    ]
    assert "0.07" in prices


def test_the_editor_works_without_scripts(visit, owner, editor):
    page: Page = visit(owner, editor, scripts="off")
    page.locator("#up_to-3").fill("60000")
    page.get_by_role("button", name="Add tier").click()
    expect(page.locator("#up_to-5")).to_be_visible()
    page.get_by_role("button", name="Next: review").click()
    expect(page.get_by_role("heading", name="Items and prices")).to_be_visible()
