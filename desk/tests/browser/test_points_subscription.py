"""The acceptance points of the subscription editor; each test names its number."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Platform
from billing.models import BillingEntity, Invoice, PricingPlanSubscription
from billing.tests.world import World, at, fee, per_minute

INVOICES = "/desk/invoicing/invoices/"


@pytest.fixture
def owner(transactional_db, opened) -> Client:
    """Acme's owner, signed in."""
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.fixture
def world(owner, platform) -> World:
    """A plan of €0.10 a minute and €49 a month; it is noon on 1 April."""
    Platform.objects.filter(pk=platform.pk).update(test_now=at("2026-04-01T12:00"))
    platform.refresh_from_db()
    world = World(platform)
    BillingEntity.objects.update(is_default=True)
    world.version = world.plan(per_minute("0.10"), fee("49"))
    return world


@pytest.fixture
def editor(visit, owner, world) -> Page:
    """The editor with the plan chosen, saved once."""
    page: Page = visit(owner, f"/desk/customers/{world.customer.public_id}/subscriptions/new/")
    page.get_by_label("Plan and version").select_option(world.version.public_id)
    expect(page.locator("#rail details").first).to_be_visible()
    return page


def typed(page: Page, field: str, value: str) -> None:
    """Fill a field and leave it."""
    page.locator(field).fill(value)
    page.keyboard.press("Tab")


def totals(page: Page) -> list[str]:
    return page.locator("#rail .coming__total").all_inner_texts()


def test_each_way_of_billing_says_when_in_words_with_dates(editor):
    # Point 31
    exact, calendar = (editor.locator(f"#said-{kind}") for kind in ("EXACT", "CALENDAR"))
    typed(editor, "#id_start", "2026-04-14")
    expect(exact).to_have_text(
        "Billed on the 14th of each month. First period 14 Apr to 13 May 2026, a whole one."
    )
    expect(calendar).to_have_text(
        "Billed on the 1st of each month. First period 14 to 30 Apr 2026, prorated: 17 of 30 days."
    )
    typed(editor, "#id_start", "2026-05-20")
    expect(exact).to_contain_text("on the 20th of each month. First period 20 May to 19 Jun 2026")
    expect(calendar).to_contain_text("prorated: 12 of 31 days")


def test_the_first_invoice_equals_the_first_preview_to_the_cent(editor, owner, world):
    # Point 32
    expect(editor.locator("#rail .coming")).to_have_count(3)
    editor.locator("[name^=assume_]").press_sequentially("1234", delay=80)
    expect(editor.locator("#rail")).to_contain_text("Assumes 1,234 minutes in each period")
    promised = totals(editor)[0]
    editor.get_by_role("button", name="Activate subscription").click()
    dialog = editor.locator("#dialog")
    # Point 36
    expect(dialog).to_contain_text("Invoices are created but not charged: there is no payment method")
    dialog.get_by_role("button", name="Activate subscription").click()
    expect(editor.locator(".head__title")).to_contain_text("Active")
    world.used("1234", when=at("2026-04-01T11:00"))
    invoice = Invoice.objects.order_by("period_start")[0]
    editor.goto(editor.url.partition("/desk/")[0] + f"{INVOICES}{invoice.public_id}/")
    expect(editor.locator(".hero__amt")).to_contain_text(promised)
    assert promised == "€208.60"  # (123.40 + 49.00) and 21 % on it


def test_a_trial_and_a_discount_change_the_preview_and_are_named_on_it(editor):
    # Point 33; overrides of single prices have their place in section 4
    typed(editor, "[name^=assume_]", "1000")
    expect(editor.locator("#rail")).to_contain_text("Assumes 1,000 minutes")
    first = totals(editor)[0]
    typed(editor, "#id_trial_days", "14")
    expect(editor.locator("#rail")).to_contain_text("Trial, 1 to 14 Apr 2026: nothing is billed")
    expect(editor.locator("#ruler")).to_contain_text("Trial of Growth v1")
    cards = editor.locator("#rail .coming")
    expect(cards.nth(0)).to_contain_text(re.compile(r"1 to 14 Apr 2026\s+Trial"))
    expect(cards.nth(1)).to_contain_text("15 Apr to 14 May 2026")
    expect(editor.locator("#said-EXACT")).to_contain_text("on the 15th of each month")
    assert totals(editor) == ["€0.00", first, first] and first == "€180.29"
    editor.get_by_role("button", name="Add a discount").click()
    expect(editor.locator("#id_discounts_0_value")).to_be_focused()
    typed(editor, "#id_discounts_0_value", "10")
    # at once, while the preview of what was typed is on its way: it waits for that, and is not lost
    editor.get_by_role("button", name="Add another discount").click()
    expect(editor.locator("#id_discounts_1_value")).to_be_focused()
    expect(cards.nth(1)).to_contain_text("Discount of 10%")
    expect(cards.nth(1).locator(".coming__total")).to_have_text("€162.26")
    editor.locator("#discount-0 summary").click()
    typed(editor, "#id_discounts_0_until", "2026-05-14")
    # a press that queues behind the preview is still that of its button, which no longer has the focus
    editor.get_by_role("button", name="Remove discount 2").click()
    editor.locator("#id_name").focus()
    expect(editor.locator("#discount-1")).to_have_count(0)
    expect(editor.locator("#discount-said-0")).to_have_text("10% off the whole invoice to 14 May 2026")
    expect(cards.nth(2).locator(".coming__total")).to_have_text("€180.29")
    expect(cards.nth(1).locator(".coming__total")).to_have_text("€162.26")
    editor.reload()
    expect(editor.locator("#id_discounts_0_value")).to_have_value("10")
    expect(editor.locator("#id_discounts_0_until")).to_have_value("2026-05-14")
    # Enter in a field presses none of the buttons beside it: the preview is drawn anew, and one stays
    editor.locator("#form").evaluate("form => { form.dataset.before = 1; }")
    editor.locator("#id_name").fill("Ours")
    editor.locator("#id_name").press("Enter")
    expect(editor.locator("#form:not([data-before])")).to_be_visible()
    expect(editor.locator("#id_name")).to_be_focused()
    expect(editor.locator("#id_name")).to_have_value("Ours")
    expect(editor.locator("dialog[open]")).to_have_count(0)
    expect(editor.locator("#id_discounts_0_value")).to_have_value("10")


def test_phases_that_overlap_cannot_be_saved_and_the_message_names_the_dates(editor):
    # Point 34: a phase ends where the next starts, so there is no hole to enter
    editor.get_by_role("button", name="Add a phase").click()
    second = editor.locator("#id_phases_1_start")
    expect(second).to_have_value("2027-04-01")
    typed(editor, "#id_phases_1_start", "2026-03-15")
    words = "Phase 2 starts on 15 Mar 2026, which is not after 1 Apr 2026, when the one before it starts"
    expect(editor.locator("#rail")).to_contain_text(words)
    editor.get_by_role("button", name="Save as draft").click()
    expect(editor.locator(".summary")).to_contain_text(words)
    typed(editor, "#id_phases_1_start", "2026-06-01")
    typed(editor, "#id_end", "2026-05-20")
    ends = "The last day, 20 May 2026, is before the last phase starts, 1 Jun 2026"
    expect(editor.locator("#rail")).to_contain_text(ends)


def test_backdating_says_how_many_invoices_and_what_they_come_to(editor):
    # Point 35
    typed(editor, "[name^=assume_]", "100")
    typed(editor, "#id_start", "2026-02-01")
    words = "2 invoices for periods that have ended will be made at once, €142.78 in total"
    expect(editor.locator("#rail")).to_contain_text(words)
    editor.get_by_role("button", name="Activate subscription").click()
    expect(editor.locator("#dialog")).to_contain_text("2 invoices for periods that have ended")


def test_two_operators_on_one_draft_lose_nothing(editor, visit, owner):
    other: Page = visit(owner, editor.url[editor.url.index("/desk/") :])
    with editor.expect_response(re.compile("/preview/")):
        typed(editor, "#id_name", "First of two")
    typed(other, "#id_name", "Second of two")
    expect(other.locator("#conflict")).to_contain_text(re.compile("changed", re.IGNORECASE))
    expect(other.locator("#id_name")).to_have_value("Second of two")
    assert PricingPlanSubscription.objects.get().name == "First of two"


def test_typing_and_pressing_the_button_at_once_is_no_conflict(editor):
    editor.locator("#id_name").press_sequentially("Typed and sent", delay=20)
    editor.get_by_role("button", name="Save as draft").click()
    expect(editor).to_have_url(re.compile(r"/subscriptions/ppsu_\w+/$"))
    assert PricingPlanSubscription.objects.get().name == "Typed and sent"
