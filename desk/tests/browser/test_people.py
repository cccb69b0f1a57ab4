"""Invitation, roles, password reset and sessions, in the browsers of two people."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import SignInAttempt
from desk.tests.browser import company
from kit import clock

USERS = "/desk/settings/users/"
PASSWORD, NEXT_PASSWORD = "correct horse 47", "battery staple 53"


@pytest.fixture
def owner(transactional_db, platform, opened) -> Client:
    company.found(platform, opened)
    client = Client()
    client.force_login(opened.owner)
    return client


def local(link: str) -> str:
    """The path of a link."""
    return "/desk/" + link.partition("/desk/")[2]


def sign_in(page: Page, password: str) -> None:
    page.fill("[name=email]", "kim@acme.example")
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Sign in").click()


def test_someone_is_invited_works_in_their_role_and_gets_a_new_password(visit, owner):
    page: Page = visit(owner, USERS)
    page.get_by_role("link", name="Invite user").click()
    page.locator("#dialog [name=email]").fill("kim@acme.example")
    page.locator("#dialog [name=role][value=READ_ONLY]").check()
    page.locator("#dialog").get_by_role("button", name="Invite user").click()
    link = page.locator("#dialog #secret").inner_text()

    kim: Page = visit(None, local(link))
    expect(kim.locator("h1")).to_have_text("Join acme")
    kim.fill("[name=name]", "Kim")
    kim.fill("[name=password]", PASSWORD)
    kim.get_by_role("button", name="Join").click()
    expect(kim.locator("h1")).to_have_text("Home")
    expect(kim.locator("nav.nav")).not_to_contain_text("Webhooks")
    reads_only(kim)

    page.goto(page.url.partition("/desk/")[0] + USERS)
    page.get_by_role("link", name="Kim").click()
    page.locator("#drawer").get_by_role("link", name="Password link").click()
    page.locator("#dialog").get_by_role("button").last.click()
    reset = page.locator("#dialog #secret").inner_text()
    gets_a_new_password(visit, kim, local(reset))


def reads_only(kim: Page) -> None:
    """Sections that the role reads are there; what it may not do is shown, and says whom to ask."""
    home = kim.url.partition("/desk/")[0]
    kim.goto(f"{home}/desk/customers/")
    refused = kim.get_by_role("button", name=re.compile("New customer"))
    expect(refused).to_have_attribute("aria-disabled", "true")
    expect(refused).to_contain_text("Ask an administrator for CUSTOMER.CREATE.")
    refused.focus()
    expect(kim.locator(".refused__why").first).to_be_visible()
    kim.keyboard.press("Enter")
    expect(kim.locator("h1")).to_have_text("Customers")
    kim.goto(f"{home}/desk/customers/new/")
    expect(kim.locator("main")).to_contain_text("Ask an administrator for CUSTOMER.CREATE.")


def gets_a_new_password(visit, kim: Page, link: str) -> None:
    """The link works once and ends the sessions of before; guessing is slowed down."""
    door: Page = visit(None, link)
    door.fill("[name=password]", NEXT_PASSWORD)
    door.get_by_role("button", name="Set password").click()
    expect(door.locator("main, body").first).to_contain_text("every browser was signed out")
    kim.reload()
    expect(kim.locator("h1")).to_have_text("Sign in")
    sign_in(kim, PASSWORD)
    expect(kim.locator("body")).to_contain_text("do not belong together")
    sign_in(kim, NEXT_PASSWORD)
    expect(kim.locator("main")).to_contain_text("Ask an administrator for CUSTOMER.CREATE.")
    kim.goto(kim.url.partition("/desk/")[0] + "/desk/")
    tried = [
        SignInAttempt(email="kim@acme.example", address="198.51.100.7", at=clock.now()) for _ in range(6)
    ]
    SignInAttempt.objects.bulk_create(tried)
    other: Page = visit(None, "/desk/sign-in/")
    sign_in(other, NEXT_PASSWORD)
    expect(other.locator("body")).to_contain_text("Too many attempts. Wait 15 minutes")
