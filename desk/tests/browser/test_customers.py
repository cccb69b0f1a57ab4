"""Customers and subscriptions in a real browser: steps 0, 5 and 6 of the tutorial, typing, access."""

from __future__ import annotations

from urllib.parse import unquote_plus

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from billing.models import BillingEntity, Customer, PricingPlanSubscription
from billing.tests.world import World, at, fee, per_minute, tiers, usage

TYPED = "Northwind speech to text 2026"


@pytest.fixture
def owner(transactional_db, opened) -> Client:
    """Acme's owner, on a platform with nothing on it."""
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.fixture
def world(owner, platform) -> World:
    """A company with a plan and a customer that uses it."""
    world = World(platform)
    BillingEntity.objects.update(is_default=True)
    world.version = world.plan(per_minute("0.10"), fee("49"))
    world.plan(usage(tiers(("100", "0.2"), (None, "0.1")), name="Words"))
    world.active = world.subscribe(world.version, start=at("2026-03-14"), now=at("2026-04-01"))
    world.used("120", when=at("2026-03-31T10:00"))
    return world


def saved(page: Page) -> None:
    """Until the editor says that the draft is saved and has a preview."""
    expect(page.locator("#saved")).to_contain_text("Saved")
    expect(page.locator("#rail details").first).to_be_visible()


def test_step_0_by_mouse(visit, owner):
    page = visit(owner, "/desk/")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("main").get_by_role("link", name="Billing entities").click()
    page.get_by_role("link", name="New billing entity").first.click()
    page.get_by_label("Legal name").press_sequentially("Halyard B.V.", delay=10)
    expect(page.get_by_label("Reference")).to_have_value("halyard_b_v")
    page.get_by_label("Country", exact=True).select_option("NL")
    page.get_by_role("button", name="Create billing entity").click()
    expect(page.locator("h1")).to_have_text("Halyard B.V.")
    expect(page.locator(".head__title")).to_contain_text("Active")
    expect(page.locator(".head__title")).to_contain_text("Default")


def test_steps_5_and_6_by_mouse(visit, owner, world):
    page = visit(owner, "/desk/")
    page.get_by_role("navigation", name="Desk").get_by_role("link", name="Customers").click()
    page.get_by_role("link", name="New customer").click()
    page.get_by_label("Legal name").fill("Aurora Media GmbH")
    page.get_by_label("Country", exact=True).select_option("DE")
    page.get_by_role("button", name="Create and activate").click()
    expect(page.locator(".head__title")).to_contain_text("Active")
    page.get_by_role("navigation", name="Sections of Aurora").get_by_role(
        "link", name="Subscriptions"
    ).click()
    page.get_by_role("main").get_by_role("link", name="New subscription").first.click()
    page.get_by_label("Plan and version").select_option(world.version.public_id)
    saved(page)
    page.get_by_role("button", name="Activate subscription").click()
    page.wait_for_selector("#dialog[open]")
    expect(page.locator("#dialog")).to_contain_text("Invoices are created but not charged")
    page.locator("#dialog").get_by_role("button", name="Activate subscription").click()
    expect(page.locator(".head__title")).to_contain_text("Active")
    expect(page.locator(".facts")).to_contain_text("Next invoice")
    aurora = Customer.objects.get(name="Aurora Media GmbH")
    assert PricingPlanSubscription.objects.get(customer=aurora).status == "ACTIVE"


def editor(world) -> str:
    return f"/desk/customers/{world.customer.public_id}/subscriptions/new/"


def test_a_slow_typist_loses_no_character_and_keeps_the_focus(visit, owner, world):
    page = visit(owner, editor(world))
    page.get_by_label("Plan and version").select_option(world.version.public_id)
    saved(page)
    with page.expect_response(lambda answer: TYPED in unquote_plus(answer.request.post_data or "")):
        page.locator("#id_name").press_sequentially(TYPED, delay=80)
    expect(page.locator("#id_name")).to_have_value(TYPED)
    expect(page.locator("#id_name")).to_be_focused()
    assumed = page.locator("[name^=assume_]")
    assumed.press_sequentially("123456", delay=80)
    expect(page.locator("#rail")).to_contain_text("123,456")
    expect(assumed).to_have_value("123456")
    expect(page.locator("#id_name")).to_have_value(TYPED)
    assert PricingPlanSubscription.objects.get(status="DRAFT").name == TYPED


def test_one_draft_is_made_however_fast_the_fields_change(visit, owner, world):
    page = visit(owner, editor(world))
    page.get_by_label("Plan and version").select_option(world.version.public_id)
    page.get_by_label("Billing period").select_option("YEAR-1")
    page.get_by_label("Calendar").check()
    expect(page.locator("#rail")).to_contain_text("31 Dec")
    page.reload()
    expect(page.get_by_label("Billing period")).to_have_value("YEAR-1")
    assert PricingPlanSubscription.objects.filter(status="DRAFT").count() == 1


def test_the_editor_works_without_scripts(visit, owner, world):
    page = visit(owner, editor(world), scripts="off")
    page.get_by_label("Plan and version").select_option(world.version.public_id)
    page.get_by_role("button", name="Save as draft").click()
    page.get_by_role("link", name="Activate subscription").click()
    page.get_by_role("button", name="Activate subscription").click()
    expect(page.locator(".head__title")).to_contain_text("Active")
