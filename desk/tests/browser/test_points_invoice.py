"""The acceptance points of the invoice page that are not shown elsewhere; each test names its number."""

from __future__ import annotations

import re
from decimal import Decimal

from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from accounts.models import Platform
from billing.models import Invoice
from billing.services.invoices import pdf
from billing.services.invoices.document import Page as Paper
from billing.tests.world import at
from desk.screens.invoicing.invoice import content_of
from desk.tests.browser.test_invoicing import INVOICES, browser_desk, final  # noqa: F401
from desk.tests.test_invoices import invoice, world  # noqa: F401
from kit import clock
from webhooks.models import Delivery, Webhook
from webhooks.services import claims, delivery
from webhooks.tests.receiver import Receiver

# Whether a control is uncovered and has a ring around it.
SEEN = """node => {
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const ring = style.boxShadow !== "none" || style.outlineStyle !== "none";
  return (node === top || node.contains(top)) && ring;
}"""


def amount(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.]", "", text))


def number(page: Page, selector: str) -> Decimal:
    return amount(page.locator(selector).inner_text())


def test_a_draft_says_when_it_becomes_final_by_the_test_clock(visit, browser_desk, platform):  # noqa: F811
    # Point 37: August ended at midnight, the grace period is eight hours
    path = f"{INVOICES}{invoice('2026-08-01').public_id}/"
    rows = Platform.objects.filter(pk=platform.pk)
    rows.update(test_now=at("2026-09-01T02:00"))
    page: Page = visit(browser_desk, path)
    strip = page.locator(".life")
    expect(strip).to_contain_text("1 Sep, 08:00, in 6 h")
    rows.update(test_now=at("2026-09-01T07:15"))
    page.reload()
    expect(strip).to_contain_text("in 45 min")
    expect(page.locator("#timeline")).to_contain_text("Becomes final by itself")


def test_tiers_add_up_to_the_line_and_the_events_to_its_quantity(visit, browser_desk):  # noqa: F811
    # Points 38 and 39
    page: Page = visit(browser_desk, f"{INVOICES}{invoice('2026-08-01').public_id}/")
    page.locator("details.line > summary", has_text="API calls").click()
    rows = page.locator("details[open] .why > div:first-child table tr")
    expect(rows).to_have_count(4)
    *tiers, total = [amount(text) for text in rows.locator("td:last-child").all_inner_texts()]
    assert len(tiers) == 3 and sum(tiers) == total == Decimal("2151.00")
    lines = [amount(text) for text in page.locator("details.line > summary .amt").all_inner_texts()]
    assert sum(lines) == number(page, "#totals > div:first-child dd")
    picture = page.locator("details[open] figure svg")
    expect(picture).to_have_attribute("aria-label", re.compile("Busiest on 20 Aug 2026 with 200,000"))
    quantity = page.locator("details[open] > summary .r").first.inner_text()
    expect(page.get_by_role("link", name=re.compile("^Pricing v"))).to_be_visible()
    page.get_by_role("link", name="See the events").click()
    expect(page.locator("tfoot b")).to_have_text(quantity)
    values = [
        amount(text)
        for text in page.get_by_role("region", name="Events").locator("tbody td:last-child").all_inner_texts()
    ]
    assert sum(values) == amount(quantity) == Decimal(212_500)


def test_a_final_invoice_offers_no_change_and_refuses_one_in_words(visit, browser_desk, final):  # noqa: F811
    # Point 42
    page: Page = visit(browser_desk, final)
    expect(page.locator("main form")).to_have_count(0)
    expect(page.locator("main input, main textarea, main select")).to_have_count(0)
    for name in ("Finalize now", "Put on hold", "Release hold"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    answer = browser_desk.post(f"{final}hold/")
    words = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html") and "That did not work" in words
    assert Invoice.objects.get(status="FINAL").on_hold is False


def test_the_pdf_says_draft_until_it_is_final_and_agrees_with_the_page(visit, browser_desk):  # noqa: F811
    # Point 43
    row = invoice("2026-08-01")
    page: Page = visit(browser_desk, f"{INVOICES}{row.public_id}/")
    shown = page.locator("#totals .grand dd").first.inner_text()
    page.get_by_role("navigation", name=re.compile("Sections")).get_by_role("link", name="PDF").click()
    expect(page.get_by_role("main")).to_contain_text("It says DRAFT")
    frame = page.locator("iframe")
    document = browser_desk.get(frame.get_attribute("src"))
    assert document.headers["Content-Type"] == "application/pdf"
    paper = Paper(pdf.of(row, content_of(row.platform, row).tree)).context()
    html = render_to_string("documents/invoice.html", paper)
    assert "Draft, not an invoice yet" in html and shown in html


def test_a_delivery_shows_how_it_went_and_a_resent_one_too(visit, browser_desk, final, platform):  # noqa: F811
    # Point 46
    with Receiver() as receiver:
        Webhook.objects.update(url=receiver.url)
        sent = [drain(platform) for _ in range(3)]
        assert sum(sent) > 0
        page: Page = visit(browser_desk, f"{final}webhooks/")
        row = page.locator("tr", has_text="invoice.finalized")
        expect(row).to_have_count(1)
        expect(row.locator("td").nth(4)).to_have_text("200")
        expect(row.locator("td").nth(5)).to_have_text(re.compile(r"^\d+ ms$"))
        row.get_by_role("button", name=re.compile("Resend")).click()
        newest = page.locator("#delivery-rows tr").first
        expect(newest).to_contain_text("Pending")
        expect(page.locator("tr", has_text="invoice.finalized")).to_have_count(2)
        assert drain(platform) == 1
        expect(newest).to_contain_text("Succeeded")
        expect(newest.locator("td").nth(5)).to_have_text(re.compile(r"^\d+ ms$"))
        receiver.shutdown()
    assert Delivery.objects.filter(event__type="invoice.finalized", status="SUCCEEDED").count() == 2


def drain(platform) -> int:
    """One turn of a worker."""
    taken = claims.take(platform=platform, now=clock.now(), most=10)
    return sum(delivery.drain(claim, now=clock.now) for claim in taken)


def test_an_invoice_is_held_opened_and_made_final_by_keyboard_alone(visit, browser_desk, opened):  # noqa: F811
    # Points 40 and 57; the focus is always seen and never behind the bar
    page: Page = visit(browser_desk, f"{INVOICES}{invoice('2026-08-01').public_id}/")
    press(page, page.get_by_role("button", name="Put on hold"))
    expect(page.locator(".head__title")).to_contain_text("On hold")
    press(page, page.get_by_role("link", name="Release hold"))
    press(page, page.locator("#dialog").get_by_role("button", name="Release hold"))
    expect(page.locator(".head__title")).not_to_contain_text("On hold")
    press(page, page.locator("details.line > summary", has_text="API calls"))
    expect(page.locator("details[open] .why")).to_be_visible()
    press(page, page.get_by_role("link", name="Finalize now"))
    dialog = page.locator("#dialog")
    for words in ("€3,206.50 EUR", "INV-00001", "1 endpoint hears"):
        expect(dialog).to_contain_text(words)
    press(page, dialog.get_by_role("button", name="Finalize invoice"))
    expect(page.locator("#timeline")).to_contain_text(f"Finalized by {opened.owner.email}")


def press(page: Page, target) -> None:
    """Come to the control with Tab, check that the focus is seen, and press Enter."""
    expect(target).to_be_visible()
    for _ in range(120):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            break
    assert target.evaluate(SEEN), "the focus is not seen"
    page.keyboard.press("Enter")
