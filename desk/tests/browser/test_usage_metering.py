"""Usage metering in a real browser: the tutorial's steps by mouse, access, a slow typist."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from billing.tests.world import World, at, per_minute
from metering.models import Event, Meter

METERS = "/desk/usage-metering/meters/"
EVENTS = "/desk/usage-metering/events/"


@pytest.fixture
def world(transactional_db, platform):
    """A customer who pays by the minute, with one event that matches and one that does not."""
    platform.test_now = at("2026-04-10T12:00")
    platform.save(update_fields=["test_now"])
    world = World(platform)
    world.subscribe(world.plan(per_minute("0.10")), start=at("2026-04-01"))
    for day in range(1, 11):
        world.used(str(day * 7), when=at(f"2026-04-{day:02}"), model="accurate")
    world.used("12", when=at("2026-04-10T10:00"), model="quick")
    world.used("3", when=at("2026-03-05"))
    return world


@pytest.fixture
def browser_desk(world, opened) -> Client:
    client = Client()
    client.force_login(opened.owner)
    return client


def test_a_meter_with_its_value_and_calculation_is_made_by_mouse(visit, browser_desk):
    page = visit(browser_desk, "/desk/")
    page.get_by_text("Usage metering", exact=True).click()
    page.get_by_role("link", name="Meters", exact=True).click()
    page.get_by_role("link", name="New meter").click()
    page.get_by_role("textbox", name="Name").first.fill("Geocoding")
    expect(page.locator("[name=reference]")).to_have_value("geocoding")
    page.locator("[name=values_0_name]").fill("Lookups")
    expect(page.locator("[name=calculations_0_source] option").first).to_have_text("lookups")
    expect(page.locator("#sample")).to_contain_text('"meter_reference": "geocoding"')
    page.locator("[name=values_0_name]").press("Enter")  # as Create meter, not as Remove, which comes first
    page.wait_for_url(re.compile(r"/meters/metr_\w+/$"))
    expect(page.locator(".head .badge")).to_have_text("Active")
    expect(page.get_by_text("SUM of lookups")).to_be_visible()
    page.get_by_role("link", name="add a product that uses it").click()
    page.wait_for_url("**/product-catalog/new/")
    assert Meter.objects.get(reference="geocoding").calculations.get().calculation_type == "SUM"


def test_an_event_is_sent_by_mouse_and_told_where_it_went(visit, browser_desk, world):
    page = visit(browser_desk, EVENTS)
    page.get_by_role("link", name="New event").click()
    page.locator("[name=meter]").select_option(label="transcription")
    page.locator("[name=value_0]").fill("12")
    page.locator("[name=customer]").fill("brightwater")
    expect(page.locator("#panel")).to_contain_text("This will match")
    expect(page.locator("#panel")).to_contain_text("Minutes")
    page.get_by_role("button", name="Send event").click()
    expect(page.locator("#toasts")).to_contain_text("Event accepted")
    expect(page.locator(".callout--ok").first).to_contain_text("Matched")
    first = page.locator("[name=reference]").input_value()
    page.get_by_role("button", name="Send another").click()
    expect(page.locator("[name=reference]")).not_to_have_value(first)
    assert Event.objects.filter(number=12, timestamp=at("2026-04-10T12:00")).count() == 2


def test_a_slow_typist_loses_no_character_beside_the_live_panel(visit, browser_desk, world):
    page = visit(browser_desk, f"{EVENTS}new/?meter={world.meter.public_id}")
    typed = {
        "customer": "brightwater",
        "value_0": "1234.56789",
        "property_0": "accurate",
        "reference": "call-0001",
    }
    page.locator("[name=reference]").fill("")
    for name, text in typed.items():
        page.locator(f"[name={name}]").press_sequentially(text, delay=80)
        expect(page.locator(f"[name={name}]")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text("This will match")
    expect(page.locator("#panel")).to_contain_text("1234.56789")
    assert {name: page.locator(f"[name={name}]").input_value() for name in typed} == typed


def test_the_drawer_opens_from_the_list_and_a_draft_event_is_deleted_there(visit, browser_desk, world):
    page = visit(browser_desk, f"{EVENTS}?match=MATCHED")
    page.locator(".rowlink").first.click()
    page.wait_for_selector("#drawer[open]")
    expect(page.locator("#drawer")).to_contain_text("Price found")
    page.locator("#drawer").get_by_role("link", name="Delete").click()
    page.locator("#dialog").get_by_role("button", name="Delete event").click()
    expect(page.locator("#toasts")).to_contain_text("Event deleted")
    assert Event.objects.filter(deleted_at__isnull=False).count() == 1


def test_live_shows_what_arrives_without_a_reload(visit, browser_desk, world):
    page = visit(browser_desk, f"{EVENTS}?live=1")
    late = world.used("99", when=at("2026-04-10T11:00"), model="quick")
    expect(page.locator("#list")).to_contain_text(late.reference)


def test_an_event_is_sent_without_scripts(visit, browser_desk, world):
    page = visit(browser_desk, f"{EVENTS}new/?meter={world.meter.public_id}", scripts="off")
    page.fill("[name=customer]", "brightwater")
    page.fill("[name=value_0]", "5")
    page.get_by_role("button", name="Send event").click()
    expect(page.locator(".callout--ok").first).to_contain_text("Matched")
