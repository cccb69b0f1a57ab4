"""The tutorial, its menu paths word for word, by mouse alone and by keyboard alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from billing.models import Customer, Invoice
from desk.tests.browser.hands import Hands, Keyboard, Mouse
from metering.models import Meter

AMOUNT = "€125.00"  # 12,500 calls at €0.01


@pytest.fixture
def owner(transactional_db, opened) -> Client:
    """Acme's owner, on a platform with nothing on it."""
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_the_tutorial_ends_with_a_draft_that_shows_the_events_amount(visit, owner, hands: type[Hands]):
    page: Page = visit(owner, "/desk/")
    expect(page.locator(".steps-list li")).to_have_count(9)
    expect(page.locator("#steps-title + .hint")).to_have_text("0 of 9")
    use = hands(page)
    make_entity(use)
    make_meter(use)
    make_product(use)
    make_plan(use)
    make_customer(use)
    subscribe(use)
    send_event(use)
    read_draft(use)


def make_entity(use: Hands) -> None:
    """Step 0: Settings > Billing entities."""
    use.press(use.page.locator(".nav").get_by_role("link", name="Settings", exact=True))
    use.link("Billing entities")
    use.link("New billing entity")
    use.write(use.field("Legal name"), "Halyard B.V.")
    expect(use.field("Reference")).to_have_value("halyard_b_v")
    use.choose(use.field("Country"), "Netherlands")
    use.button("Create billing entity")
    expect(use.page.locator(".head__title")).to_contain_text("Active")
    expect(use.page.locator(".head__title")).to_contain_text("Default")
    offers(use, "New meter", "/desk/usage-metering/meters/new/")


def make_meter(use: Hands) -> None:
    """Steps 1 and 2: Usage metering > Meters > New meter, its value and calculation inline."""
    use.menu("Usage metering", "Meters")
    use.link("New meter")
    use.write(use.page.locator("#id_name"), "API requests")
    use.write(use.page.locator("#id_values_0_name"), "calls")
    expect(use.page.locator("#id_calculations_0_source option:checked")).to_have_text("calls")
    use.button("Create meter")
    expect(use.page.locator(".head__title")).to_contain_text("Active")
    expect(use.page.locator("#tab")).to_contain_text("SUM of calls")
    offers(use, "add a product that uses it", "/desk/products-plans/product-catalog/new/")


def make_product(use: Hands) -> None:
    """Step 3: Products & plans > Product catalog > New product."""
    use.menu("Products & plans", "Product catalog")
    use.link("New product")
    use.write(use.field("Category"), "Platform")
    use.write(use.field("Name"), "API calls")
    use.write(use.page.locator("#id_items_0_unit_singular"), "call")
    use.write(use.page.locator("#id_items_0_unit_plural"), "calls")
    use.choose(use.page.locator("#id_items_0_calculation"), "API requests: SUM of calls")
    use.button("Create product")
    expect(use.page.locator(".head__title")).to_contain_text("Active")
    offers(use, "New pricing plan", "/desk/products-plans/pricing-plans/new/")


def make_plan(use: Hands) -> None:
    """Step 4: Products & plans > Pricing plans > New pricing plan."""
    use.menu("Products & plans", "Pricing plans")
    use.link("New pricing plan")
    use.write(use.field("Name"), "Pay as you go")
    use.button("Next: version and billing")
    use.button("Next: items")
    use.pick(use.page.get_by_label("API calls").first)
    use.button("Add to this version")
    expect(use.page.locator(".ordered li")).to_have_count(1)
    use.press(use.page.get_by_role("link", name="Next: pricing"))
    use.pick(use.page.locator("#price-form input[name=model][value=FLAT]"))
    use.write(use.page.get_by_label("Price per call"), "0.01")
    expect(use.page.locator("#saved")).to_contain_text("Saved")
    use.button("Next: review")
    use.press(use.page.get_by_role("link", name="Activate version 1"))
    use.confirm("Activate version 1")
    expect(use.page.locator(".head__title")).to_contain_text("Version 1 active")
    offers(use, "New customer", "/desk/customers/new/")


def make_customer(use: Hands) -> None:
    """Step 5: Customers > New customer; Customers is one click away."""
    use.press(use.page.locator(".nav").get_by_role("link", name="Customers", exact=True))
    expect(use.page.locator("h1")).to_have_text("Customers")
    use.link("New customer")
    use.write(use.field("Legal name"), "Brightwater Labs B.V.")
    use.choose(use.field("Country"), "Netherlands")
    use.button("Create and activate")
    expect(use.page.locator(".head__title")).to_contain_text("Active")
    brightwater = Customer.objects.get()
    offers(use, "New subscription", f"/desk/customers/{brightwater.public_id}/subscriptions/new/")


def subscribe(use: Hands) -> None:
    """Step 6: Customers > select customer > Subscriptions > New subscription."""
    use.press(use.page.locator(".nav").get_by_role("link", name="Customers", exact=True))
    expect(use.page.locator("h1")).to_have_text("Customers")
    use.press(use.page.get_by_role("link", name="Brightwater Labs B.V."))
    tabs = use.page.get_by_role("navigation", name="Sections of Brightwater")
    use.press(tabs.get_by_role("link", name="Subscriptions"))
    expect(tabs.locator("[aria-current]")).to_contain_text("Subscriptions")
    use.link("New subscription")
    plans = use.field("Plan and version")
    use.choose(plans, plans.locator("option").nth(1).inner_text())
    expect(use.page.locator("#saved")).to_contain_text("Saved")
    use.button("Activate subscription")
    use.confirm("Activate subscription")
    expect(use.page.locator(".head__title")).to_contain_text("Active")
    expect(use.page.locator(".facts")).to_contain_text("Next invoice")
    offers(use, "Send a usage event", "/desk/usage-metering/events/new/")


def send_event(use: Hands) -> None:
    """Step 7: Usage metering > Events > New event."""
    use.menu("Usage metering", "Events")
    use.link("New event")
    use.choose(use.field("Meter"), "API requests")
    use.write(use.page.locator("#id_value_0"), "12500")
    use.write(use.field("Customer"), "brightwater_labs_b_v")
    expect(use.page.locator("#panel")).to_contain_text("This will match")
    expect(use.page.locator("#panel")).to_contain_text("Pay as you go")
    use.button("Send event")
    expect(use.page.locator(".callout--ok").first).to_contain_text("Matched")
    draft = Invoice.objects.get()
    offers(use, "look at the draft invoice", f"/desk/invoicing/invoices/{draft.public_id}/")


def read_draft(use: Hands) -> None:
    """Step 8: Invoicing > Invoices; the draft shows the event, and the checklist is done."""
    use.menu("Invoicing", "Invoices")
    use.press(use.page.locator(".rowlink", has_text="Draft").first)
    line = use.page.locator("details.line > summary", has_text="API calls")
    expect(line).to_contain_text("12,500")
    expect(line).to_contain_text(AMOUNT)
    use.press(use.page.locator(".side").get_by_role("link", name="Get started"))
    expect(use.page.locator("#steps-title + .hint")).to_have_text("9 of 9")


def offers(use: Hands, name: str, path: str) -> None:
    """The step that is done leads on to the next one."""
    link = use.page.locator("#content .callout--ok").get_by_role("link", name=name)
    expect(link).to_have_attribute("href", path_of(path))


def path_of(path: str) -> re.Pattern[str]:
    """A pattern for a link that may say more than its path."""
    return re.compile(rf"^{re.escape(path)}(\?.*)?$")


def test_steps_taken_by_the_api_are_ticked_on_reload(visit, owner, api):
    page: Page = visit(owner, "/desk/get-started/")
    ticked = page.locator(".step--done")
    expect(ticked).to_have_count(0)
    calls = {"reference": "calls", "name": "Calls", "type": "NUMBER", "status": "ACTIVE"}
    value = api.post("/v1/meter-values", calls).ok()
    carried = {"meter_values": [{"id": value["id"]}]}
    api.post("/v1/meters", {"reference": "api", "name": "API", "status": "ACTIVE", **carried}).ok()
    api.post("/v1/customers", {"reference": "acme", "type": "ORGANIZATION", "status": "ACTIVE"}).ok()
    page.reload()
    expect(ticked).to_have_count(2)
    expect(ticked.first).to_contain_text("Create a meter")
    expect(ticked.last).to_contain_text("Create a customer")
    assert Meter.objects.get().status == "ACTIVE"
