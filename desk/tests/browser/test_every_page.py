"""Every page that a link leads to: accessible in both themes, whole at 320 px and at 200 % zoom, and alone.

The walk follows the links of each section from its first page and looks at one page of each kind, dialogs
and drawers included. A script error, a refusal by the content security policy, a request to another host or
a fault of the server fails it as well (the ``visit`` fixture listens for those).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page

from desk.tests.browser import company
from desk.tests.browser.keyboard import keyboard_faults

SECTIONS = {
    "/desk/usage-metering/": ("meters/", "events/", "unmatched-events/"),
    "/desk/products-plans/": ("product-catalog/", "pricing-plans/", "features/"),
    "/desk/customers/": ("", "subscriptions/", "subscription-groups/"),
    "/desk/invoicing/": ("invoices/",),
    "/desk/insights/": ("",),
    "/desk/developers/": ("api-logs/", "webhooks/", "audit-log/", "test-clocks/"),
    "/desk/settings/": ("",),
    "/desk/": ("", "get-started/", "search/?q=a"),
}
ID = re.compile(r"[a-z]{3,4}_\w{20}")
KINDS = {"drawer", "from", "a", "b", "live", "starter", "example"}  # parameters that make another page
FILES = ("/document/", "format=csv")
NARROW, ZOOMED, WIDE = 320, 720, 1440  # 720 is 1440 at 200 %
MOST = 80
SETTLED = "() => !document.querySelector('.htmx-request, [aria-busy=true]')"
# What asks for more once it comes into sight has asked by then.
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
OVERFLOW = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return "";
  const nodes = [...document.querySelectorAll("main *, header *, dialog[open] *")];
  const guilty = nodes.find((node) => node.getBoundingClientRect().right > innerWidth + 1);
  return `${wide} px too wide: ${guilty ? guilty.outerHTML.slice(0, 160) : "?"}`;
}"""


@pytest.fixture
def owner(transactional_db, platform, opened) -> Client:
    """Acme's owner, with one of everything."""
    company.found(platform, opened)
    client = Client()
    client.force_login(opened.owner)
    return client


@pytest.mark.parametrize("section", SECTIONS)
def test_every_page_is_accessible_in_both_themes_and_reflows(visit, violations, owner, section):
    page: Page = visit(owner, section)
    faults: dict[str, list[str]] = {}
    seen = 0
    for path in walk(page, section):
        seen += 1
        if problems := [*looked_at(page, violations)]:
            faults[path] = problems
    assert faults == {}
    assert seen >= len(SECTIONS[section])


def walk(page: Page, section: str) -> Iterator[str]:
    """The path of each kind of page below ``section``, opened; links of what is yielded are followed."""
    home = page.url.partition("/desk/")[0]
    waiting = [section + start for start in SECTIONS[section]]
    known = {kind_of(path) for path in waiting}
    others = [other for other in SECTIONS if other != section and other.startswith(section)]
    while waiting:
        assert len(known) < MOST, known
        path = waiting.pop(0)
        answer = page.goto(home + path)
        assert answer is not None and answer.status == 200, (path, answer and answer.status)
        page.wait_for_function(SETTLED)
        yield path
        for link in page.eval_on_selector_all("a[href]:not([download])", "nodes => nodes.map(n => n.href)"):
            found = link.removeprefix(home).partition("#")[0]
            fits = found.startswith(section) and not found.startswith(tuple(others))
            if fits and not any(word in found for word in FILES) and kind_of(found) not in known:
                known.add(kind_of(found))
                waiting.append(found)


def kind_of(path: str) -> str:
    """What a page is, whichever record it shows: ids and numbers count for nothing."""
    parts = urlsplit(path)
    asked = sorted({name for name, _ in parse_qsl(parts.query)} & KINDS)
    return re.sub(r"\d+", "1", ID.sub("*", parts.path)) + "?" + "&".join(asked)


def looked_at(page: Page, violations) -> Iterator[str]:
    """What is wrong with the open page, lines of invoices unfolded."""
    for line in page.locator("details.line > summary").all():
        line.click()
    page.evaluate(PAINTED)
    page.wait_for_function(SETTLED)
    yield from violations(page)
    yield from keyboard_faults(page)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {line}" for line in violations(page, only="color-contrast"))
    page.emulate_media(color_scheme="light")
    for width in (NARROW, ZOOMED):
        page.set_viewport_size({"width": width, "height": 900})
        if said := page.evaluate(OVERFLOW):
            yield f"at {width} px: {said}"
    page.set_viewport_size({"width": WIDE, "height": 900})
