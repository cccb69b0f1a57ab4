"""A slow typist on a slow network loses nothing in the live forms that have no test of their own for it."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from catalog.tests import cast
from desk.tests.browser.test_every_page import SETTLED
from desk.tests.browser.test_points_plan_editor import SLOW_3G, SLOWLY

TEXT = "Northwind 12"
MOST = 4


@pytest.fixture
def owner(transactional_db, opened, api) -> Client:
    """Acme's owner, signed in, with something to measure."""
    cast.calculation(api)
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.mark.parametrize(
    "path", ["usage-metering/meters/new/", "products-plans/product-catalog/new/", "customers/new/"]
)
def test_no_character_is_lost_while_the_form_answers(visit, owner, path):
    page: Page = visit(owner, f"/desk/{path}")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW_3G)
    fields = page.locator("#form").get_by_role("textbox")
    count = min(MOST, fields.count())
    assert count == MOST
    for number in range(count):
        field = fields.nth(number)
        field.fill("")
        field.press_sequentially(TEXT, delay=SLOWLY)
        expect(field).to_have_value(TEXT)
        expect(field).to_be_focused()
    page.keyboard.press("Tab")
    page.wait_for_function(SETTLED)
    for number in range(count):
        expect(fields.nth(number)).to_have_value(TEXT)
