"""Invoices, Home, Insights and Webhooks in a real browser: step 8, finalizing, access in both themes."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import expect

from billing.models import Invoice
from billing.tests.world import at
from desk.tests.test_invoices import invoice, world  # noqa: F401
from webhooks.services import webhooks

INVOICES = "/desk/invoicing/invoices/"


@pytest.fixture
def browser_desk(transactional_db, opened, world) -> Client:  # noqa: F811
    """Acme's owner signed in; three drafts are in their grace period, and one endpoint listens."""
    fields = {"name": "Ledger", "reference": "ledger", "url": "https://93.184.216.34/hooks"}
    webhooks.create(ctx=world.ctx(at("2026-08-01")), fields=fields)
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.fixture
def final(browser_desk) -> str:
    """The path of an invoice that is final."""
    row = Invoice.objects.filter(period_start=at("2026-08-01")).order_by("-pk")[0]
    browser_desk.post(f"{INVOICES}{row.public_id}/finalize/", {"seen_total": "3206.50"})
    return f"{INVOICES}{row.public_id}/"


def test_step_8_leads_to_the_draft_and_down_to_its_events(visit, browser_desk):
    page = visit(browser_desk, "/desk/")
    page.locator(".nav summary", has_text="Invoicing").click()
    page.get_by_role("link", name="Invoices", exact=True).click()
    expect(page.locator("#list-body [aria-busy]")).to_have_count(0)  # the totals of drafts have followed
    expect(page.locator("#list-body .num", has_text="€3,206.50")).to_have_count(3)
    page.locator(".rowlink", has_text="Draft").last.click()
    expect(page.locator(".hero__amt")).to_contain_text("€3,206.50")
    page.locator("details.line > summary", has_text="API calls").click()
    expect(page.locator("details[open] .why")).to_contain_text("2 events, 1 to 31 Aug 2026")
    page.get_by_role("link", name="See the events").click()
    expect(page.locator("tfoot")).to_contain_text("212,500")


def test_finalizing_takes_one_confirmation_and_the_timeline_says_who(visit, browser_desk, opened):
    page = visit(browser_desk, f"{INVOICES}{invoice('2026-08-01').public_id}/")
    page.get_by_role("link", name="Finalize now").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("€3,206.50 EUR")
    expect(dialog).to_contain_text("1 endpoint hears about it")
    dialog.get_by_role("button", name="Finalize invoice").click()
    expect(page.locator("h1")).to_have_text("INV-00001")
    expect(page.locator("#timeline")).to_contain_text(f"Finalized by {opened.owner.email}")
    expect(page.get_by_role("link", name="Put on hold")).to_have_count(0)


def test_an_event_while_the_dialog_is_open_shows_the_new_total(visit, browser_desk, world):  # noqa: F811
    row = invoice("2026-08-01")
    page = visit(browser_desk, f"{INVOICES}{row.public_id}/")
    page.get_by_role("link", name="Finalize now").click()
    expect(page.locator("#dialog")).to_contain_text("€3,206.50")
    world.customer = row.customer
    world.used("14", when=at("2026-08-30T10:00"), stored=at("2026-09-02T10:00"))
    page.locator("#dialog").get_by_role("button", name="Finalize invoice").click()
    expect(page.locator("#dialog")).to_contain_text("Total changed by €0.17 since you opened this")
    expect(page.locator("#dialog")).to_contain_text("€3,206.67")
    page.locator("#dialog").get_by_role("button", name="Finalize invoice").click()
    expect(page.locator("h1")).to_have_text("INV-00001")


def test_the_pdf_of_a_final_invoice_can_be_downloaded(visit, browser_desk, final):
    page = visit(browser_desk, final)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    assert download.value.suggested_filename == "INV-00001.pdf"


def test_what_is_drawn_up_follows_the_pages_of_insights_and_customers(visit, browser_desk):
    page = visit(browser_desk, "/desk/insights/")
    expect(page.locator("#later-tile")).to_contain_text("Unbilled so far")
    page.locator("#later-tile a").click()
    expect(page.locator("#later tfoot")).to_contain_text("Total")
    page.locator("#later td a").first.click()
    page.get_by_role("link", name="customer-", exact=False).first.click()
    expect(page.locator("#so-far-now")).to_contain_text("€")


def test_the_figures_of_home_load_one_by_one(visit, browser_desk):
    page = visit(browser_desk, "/desk/")
    expect(page.locator(".tile b")).to_have_count(4)
    expect(page.locator("#todo")).to_contain_text("3 drafts become final within a day")
    expect(page).to_have_title("Home · Desk")
