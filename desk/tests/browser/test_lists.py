"""Lists, search, keyboard, undo and what works without scripts, on a company with one of everything."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import AuditEntry
from billing.models import Invoice
from billing.tests.world import World, at
from desk.tests.browser import company
from metering.models import Event, Meter

INVOICES = "/desk/invoicing/invoices/"
METERS = "/desk/usage-metering/meters/"
TWICE = "(button) => { for (const _ of 'ab') document.querySelector(button).click(); }"
# Back once more, while the page that the first one asks for is still loading.
BACK_AGAIN = "if (sessionStorage.again) { sessionStorage.removeItem('again'); history.back(); }"


@pytest.fixture
def world(transactional_db, platform, opened) -> World:
    return company.found(platform, opened)


@pytest.fixture
def owner(world, opened) -> Client:
    client = Client()
    client.force_login(opened.owner)
    return client


def names(page: Page) -> list[str]:
    return page.locator(".rowlink").all_inner_texts()


def test_a_filtered_list_is_a_link_and_back_and_forward_follow(visit, owner):
    page: Page = visit(owner, INVOICES)
    page.get_by_text("Add filter").click()
    page.get_by_label("Draft", exact=True).check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator(".chip")).to_contain_text("Status is Draft")
    page.get_by_role("link", name="Total").press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Total")
    expect(page.get_by_role("link", name="Total")).to_be_focused()  # the whole list was replaced
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("checkbox", name="Billing entity").check()
    page.get_by_role("button", name="Show columns").click()
    expect(page.get_by_role("columnheader", name="Billing entity")).to_be_visible()
    other: Page = visit(owner, page.url.partition("/desk/")[1] + page.url.partition("/desk/")[2])
    expect(other.locator(".chip")).to_contain_text("Status is Draft")
    expect(other.get_by_role("columnheader", name="Billing entity")).to_be_visible()
    assert names(other) == names(page) != []
    page.add_init_script(BACK_AGAIN)
    page.evaluate("sessionStorage.again = 1")
    page.go_back()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Period")
    page.go_forward()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Total")
    page.go_forward()
    expect(page.get_by_role("columnheader", name="Billing entity")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("columnheader", name="Billing entity")).to_have_count(0)
    page.get_by_role("link", name="Remove filter: Status is Draft").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_a_saved_view_comes_back_with_filters_columns_and_sort(visit, owner):
    page: Page = visit(owner, f"{INVOICES}?status=FINAL&sort=total&columns=number&columns=total")
    page.locator("summary", has_text="Save view").click()
    page.locator("#view-name").fill("Final by value")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator("#toasts")).to_contain_text("View saved")
    page.goto(page.url.partition("?")[0])
    page.get_by_role("link", name="Final by value").click()
    expect(page.locator(".chip")).to_contain_text("Status is Final")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Total")
    expect(page.locator("thead th[scope]")).to_have_text(["Number", "Total"])
    page.get_by_role("link", name="Number").click()
    expect(page.locator(".view-note")).to_contain_text("This list differs from the view")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#toasts")).to_contain_text("View updated")


def test_a_mixed_selection_says_how_many_are_done_and_reports_each(visit, owner):
    page: Page = visit(owner, INVOICES)
    total, drafts = Invoice.objects.count(), Invoice.objects.filter(status="DRAFT").count()
    page.get_by_label("Select every row of this page").check()
    expect(page.locator("[data-bulk-count]")).to_have_text(f"{total} selected")
    page.locator("#bulk").get_by_role("button", name="Finalize").click()
    dialog = page.locator("#dialog")
    expect(dialog.locator("h2")).to_have_text(f"Finalize: {drafts} of {total} invoices?")
    expect(dialog).to_contain_text(f"{total - drafts} is left alone: already final")
    expect(dialog.locator(".bulk__sum")).to_contain_text("EUR")
    dialog.get_by_role("button", name=f"Finalize {drafts} of {total}").press("Enter")
    expect(dialog.locator("h2")).to_contain_text(f"{drafts} done, {total - drafts} left alone")
    expect(dialog.locator(":focus")).to_have_count(1)
    expect(dialog.locator(".results li")).to_have_count(total)
    dialog.get_by_role("link", name="Back to the list").click()
    expect(page.locator(".badge", has_text="Final")).to_have_count(total)
    expect(page.locator("h1")).to_be_focused()


def test_the_export_holds_the_filtered_rows_for_a_program(visit, owner, tmp_path: Path):
    page: Page = visit(owner, f"{INVOICES}?status=FINAL")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    download.value.save_as(tmp_path / "rows.csv")
    (row,) = csv.DictReader((tmp_path / "rows.csv").open())
    invoice = Invoice.objects.get(status="FINAL")
    assert row["ID"] == invoice.public_id and row["Number"] == invoice.invoice_number
    assert row["Period start"] == "2026-07-01T00:00:00Z" and row["Due date"].startswith("2026-")
    assert re.fullmatch(r"\d+(\.\d+)?", row["Total"]) and row["Total currency"] == "EUR"


def test_archive_gives_a_toast_with_undo_and_both_are_in_the_audit_log(visit, owner, world):
    page: Page = visit(owner, f"{METERS}{world.meter.public_id}/")
    page.get_by_label("More actions").press("Enter")
    page.get_by_role("link", name="Archive").press("Enter")
    expect(page.locator("#dialog:modal h2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("More actions")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Archive").press("Enter")
    page.locator("#dialog").get_by_role("button", name="Archive meter").click()
    expect(page.locator(".head__title")).to_contain_text("Archived")
    expect(page.locator(".toast")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".head__title")).to_contain_text("Active")
    expect(page.locator("h1")).to_be_focused()
    page.get_by_role("link", name="Activity").click()
    expect(page.locator(".feed li")).to_have_count(2)
    page.locator(".nav summary", has_text="Developers").click()
    page.get_by_role("link", name="Audit log").click()
    page.locator("#list-search").fill(world.meter.public_id)
    expect(page.locator("#count")).to_have_text("1 to 2 of 2")
    assert Meter.objects.get().status == "ACTIVE"
    assert AuditEntry.objects.filter(object_id=world.meter.public_id).count() == 2


def test_what_is_pressed_before_an_answer_counts_and_address_list_and_back_agree(visit, owner, platform):
    made = {"platform": platform, "at": at("2026-09-01T00:00"), "actor_type": "API_KEY", "actor": "key"}
    made |= {"action": "UPDATED", "object_type": "METER"}
    entries = [AuditEntry(object_id=f"metr_{number:020d}", **made) for number in range(60)]
    AuditEntry.objects.bulk_create(entries)
    total = AuditEntry.objects.filter(platform=platform).count()
    page: Page = visit(owner, "/desk/developers/audit-log/?size=25")
    page.evaluate(TWICE, "#next-page")
    expect(page.locator("#count")).to_have_text(f"51 to {total} of {total}")
    expect(page).to_have_url(re.compile("page=3"))
    page.go_back()
    expect(page.locator("#count")).to_have_text(f"26 to 50 of {total}")
    expect(page).to_have_url(re.compile("page=2"))
    page.locator("#list-search").fill("metr_00000000000000000012")
    page.locator("summary", has_text="Save view").click()
    page.locator("#view-name").fill("The twelfth")
    page.locator("#view-name").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("View saved")
    expect(page.locator("#list-search")).to_have_value("metr_00000000000000000012")


def test_the_palette_finds_records_pages_and_actions(visit, owner, world):
    page: Page = visit(owner, "/desk/")
    event = Event.objects.latest("pk")
    final = Invoice.objects.get(status="FINAL")
    jumps = {
        "htwater": rf"/customers/{world.customer.public_id}/$",
        final.invoice_number: rf"/invoices/{final.public_id}/$",
        event.reference: rf"/events/\?drawer={event.public_id}$",
        "unmatched": r"/unmatched-events/$",
        "aging": r"/insights/aging/$",
        "new subscription for bright": rf"/customers/{world.customer.public_id}/subscriptions/new/$",
        "> dark": r"/settings/profile/$",
        "> new meter": r"/meters/new/$",
    }
    for asked, leads_to in jumps.items():
        page.keyboard.press("Control+k")
        expect(page.locator("#palette input")).to_be_focused()
        page.keyboard.type(asked)
        wanted = page.locator("#found [role=option][aria-selected=true]")
        expect(wanted).to_have_attribute("href", re.compile(leads_to))
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(leads_to))
        expect(page.locator("#palette")).to_be_attached()  # the page is there, maybe not its scripts
        expect(page.locator("#palette")).not_to_be_visible()
    expect(page.locator("h1")).to_have_text("New meter")


def test_a_list_is_read_by_keyboard_alone(visit, owner):
    page: Page = visit(owner, "/desk/customers/")
    page.keyboard.press("?")
    expect(page.locator("#dialog:modal h2")).to_have_text("Keyboard")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).not_to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.is-at .rowlink")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("1 selected")
    page.keyboard.press("/")
    expect(page.locator("#list-search")).to_be_focused()
    page.keyboard.type("kestrel")
    expect(page.locator("#count")).to_have_text("1 to 1 of 1")
    page.keyboard.press("Tab")
    page.locator("body").press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("kestrel N.V.")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Customers")
    page.locator("h1").click()
    page.keyboard.press("[")
    expect(page.locator(".side")).not_to_be_visible()
    page.keyboard.press("[")
    expect(page.locator(".side")).to_be_visible()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/customers/new/$"))


def test_folders_stay_as_they_were_left_and_the_page_is_marked(visit, owner):
    page: Page = visit(owner, INVOICES)
    folder = page.locator('[data-folder="usage-metering"]')
    with page.expect_response(lambda answer: answer.url.endswith("/appearance/")):
        folder.locator("summary").click()
    page.reload()
    expect(folder).to_have_attribute("open", "")
    expect(page.locator('[data-folder="products-plans"]')).not_to_have_attribute("open", "")
    expect(page.locator(".nav [aria-current=page]")).to_contain_text("Invoices")
    expect(page.locator(".crumbs [aria-current=page]")).to_have_text("Invoices")
    with page.expect_response(lambda answer: answer.url.endswith("/appearance/")):
        folder.locator("summary").click()
    page.goto(page.url.replace(INVOICES, "/desk/customers/"))
    expect(folder).not_to_have_attribute("open", "")


def test_without_scripts_one_signs_in_makes_a_meter_and_reads_an_invoice(visit, owner, opened):
    page: Page = visit(None, f"{METERS}new/", scripts="off")
    page.fill("[name=email]", opened.owner.email)
    page.fill("[name=password]", "Passw0rd!")
    page.click("button.btn--primary")
    page.locator("#id_name").fill("Words")
    page.locator("#id_reference").fill("words")
    page.locator("#id_values_0_name").fill("Words")
    page.locator("#id_values_0_reference").fill("words")
    page.locator("#id_values_0_reference").press("Enter")
    expect(page.locator("h1")).to_have_text("Words")
    page.goto(page.url.partition("/desk/")[0] + INVOICES)
    page.locator(".rowlink").last.click()
    expect(page.locator(".hero__amt")).to_contain_text("€")
    expect(page.locator("details.line").first).to_contain_text("€")


def test_compact_and_dark_are_kept_and_a_wide_screen_is_used(visit, owner):
    page: Page = visit(owner, "/desk/settings/profile/", width=1920)
    page.get_by_role("radio", name="Compact").check()
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("button", name="Save profile").click()
    expect(page.locator("#toasts")).to_contain_text("Profile saved")
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(page.url.replace("/settings/profile/", "/customers/"))
    row = page.locator("tr[data-row]").first.bounding_box()
    assert row is not None and row["height"] < 52
    assert page.evaluate("document.documentElement.scrollWidth") <= 1920


def test_an_event_that_comes_in_is_in_the_next_search(visit, owner, world):
    page: Page = visit(owner, "/desk/usage-metering/events/")
    made = world.used("5", when=at("2026-09-02T10:00"))
    page.locator("#list-search").fill(made.reference)
    expect(page.locator("#count")).to_have_text("1 to 1 of 1")
    page.locator(".rowlink").first.press("Enter")
    expect(page.locator("#drawer")).to_contain_text(made.reference)
    expect(page.locator("#drawer:modal")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()
    expect(page.locator(".rowlink").first).to_be_focused()
