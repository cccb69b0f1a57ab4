"""The frame in a real browser: access, keyboard, reflow, without scripts."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Route, expect

from accounts.services import audit

AUDIT = "/desk/developers/audit-log/"


@pytest.fixture
def browser_desk(transactional_db, opened, ctx) -> Client:
    """Acme's owner signed in, on a platform with some history."""
    for number in range(60):
        audit.record(
            ctx=ctx,
            action="UPDATED",
            object_type="METER",
            object_id=f"metr_{number:020d}",
            before={"name": "Old"},
            after={"name": f"Name {number}"},
        )
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_at_the_door(visit, violations, transactional_db, theme):
    assert violations(visit(None, "/desk/sign-in/", theme=theme)) == []
    assert violations(visit(None, "/desk/forgot/", theme=theme)) == []


def test_signing_in_and_reading_a_list_work_without_scripts(visit, browser_desk, opened):
    page = visit(None, AUDIT, scripts="off")
    page.fill("[name=email]", opened.owner.email)
    page.fill("[name=password]", "Passw0rd!")
    page.click("button.btn--primary")
    expect(page.locator("h1")).to_have_text("Audit log")
    page.locator("a[rel=next]").click()
    expect(page.locator("#count")).to_have_text("51 to 60 of 60")


def test_a_slow_typist_loses_no_character_and_no_focus_in_the_search_box(visit, browser_desk):
    page = visit(browser_desk, AUDIT)
    page.locator("#list-search").press_sequentially("metr_00000000000000000012", delay=80)
    expect(page.locator("#count")).to_have_text("1 to 1 of 1")
    expect(page.locator("#list-search")).to_have_value("metr_00000000000000000012")
    expect(page.locator("#list-search")).to_be_focused()
    expect(page).to_have_url(re.compile("q=metr_00000000000000000012"))
    # A column pressed while a search is on its way takes it along: the address says what the list shows.
    held: list[Route] = []
    page.route(re.compile("q=metr_0+13(?!.*sort)"), lambda route: held.append(route))
    with page.expect_request(re.compile("q=metr_0+13")):
        page.locator("#list-search").fill("metr_00000000000000000013")
    page.get_by_role("link", name="Time").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Time")
    held[0].continue_()
    expect(page.locator("#list-search")).to_have_value("metr_00000000000000000013")
    expect(page.locator("#count")).to_have_text("1 to 1 of 1")
    expect(page).to_have_url(re.compile("q=metr_00000000000000000013&sort=at"))


def test_the_drawer_has_an_address_and_gives_focus_back(visit, browser_desk):
    page = visit(browser_desk, AUDIT)
    page.locator(".rowlink").nth(1).click()
    page.wait_for_selector("#drawer[open]")
    expect(page).to_have_url(re.compile("drawer="))
    page.reload()
    page.wait_for_selector("#drawer[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#drawer:not([open])", state="attached")
    expect(page).not_to_have_url(re.compile("drawer="))
    expect(page.locator(".rowlink").nth(1)).to_be_focused()


def test_back_and_forward_follow_the_filters(visit, browser_desk):
    page = visit(browser_desk, AUDIT)
    page.get_by_role("link", name="Time").click()
    expect(page).to_have_url(re.compile("sort=at"))
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
    page.go_back()
    expect(page).not_to_have_url(re.compile("sort"))
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    page.go_forward()
    expect(page).to_have_url(re.compile("sort=at"))
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)


def test_the_palette_jumps_to_a_page_by_keyboard_alone(visit, browser_desk):
    page = visit(browser_desk, "/desk/")
    page.keyboard.press("Control+k")
    page.keyboard.type("audit")
    page.keyboard.press("Enter")  # before the answer is there: it leads to what was asked all the same
    page.wait_for_url("**/audit-log/")
    expect(page.locator("h1")).to_have_text("Audit log")


def test_what_is_done_while_a_page_loads_waits_for_its_scripts(visit, browser_desk):
    page = visit(browser_desk, AUDIT)
    held: list[Route] = []

    def loads() -> None:
        held.clear()
        with page.expect_request("**/htmx-2.min.js"):
            page.reload(wait_until="commit")
        expect(page.locator("#palette")).to_be_attached()

    page.route("**/htmx-2.min.js", lambda route: held.append(route))
    loads()
    page.locator("#list-search").press_sequentially("metr_00000000000000000012")
    held[0].continue_()
    expect(page.locator("#count")).to_have_text("1 to 1 of 1")
    expect(page.locator("#list-search")).to_have_value("metr_00000000000000000012")
    loads()
    page.get_by_role("link", name="Freeze the clock").click()
    held[0].continue_()
    expect(page.locator("#dialog:modal [name=to]")).to_be_visible()
    expect(page).to_have_url(re.compile("audit-log"))
    loads()
    page.keyboard.press("Control+k")
    page.keyboard.type("new meter")
    page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.locator("h1")).to_have_text("New meter")


def test_single_keys_can_be_switched_off(visit, browser_desk):
    page = visit(browser_desk, AUDIT)
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/settings/")
    browser_desk.post("/desk/appearance/", {"shortcuts": "OFF"})
    page.reload()
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.keyboard.press("?")
    page.keyboard.press("Control+k")  # what has a modifier stays; by then the single keys would have acted
    expect(page.locator("#palette")).to_be_visible()
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page).to_have_url(re.compile("/settings/$"))


def test_the_clock_is_frozen_and_released_from_the_bar(visit, browser_desk):
    page = visit(browser_desk, AUDIT)
    page.get_by_role("link", name="Freeze the clock").click()
    page.fill("#dialog [name=to]", "2026-09-02T10:40")
    page.locator("#dialog .btn--primary").click()
    expect(page.locator("#toasts")).to_contain_text("Clock frozen")
    expect(page.locator(".clock")).to_contain_text("2 Sep 2026, 10:40")
    expect(page).to_have_url(re.compile(f"{AUDIT}$"))
    page.get_by_role("link", name="Release").click()
    page.locator("#dialog .btn--primary").click()
    expect(page.locator("#toasts")).to_contain_text("Clock released")


def test_an_invalid_dialog_keeps_its_input_and_moves_focus_to_the_summary(visit, browser_desk):
    page = visit(browser_desk, "/desk/settings/users/")
    page.get_by_role("link", name="Invite user").click()
    page.fill("#dialog [name=email]", "nobody")
    page.locator("#dialog .btn--primary").click()
    expect(page.locator("#dialog .summary")).to_be_focused()
    expect(page.locator("#dialog [name=email]")).to_have_value("nobody")
