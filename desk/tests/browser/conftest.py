"""Chromium for the tests in this folder.

Without a browser they are left out, and the summary says so; with ``CI=true`` that is a failure. Debian's
chromium-headless-shell does the same for a third less work, so it comes first where it is installed.
``CHROMIUM`` names another executable than those on the path. ``DESK_STRESS`` slows all down (stress.py).
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from desk.tests.browser import stress

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
IN_CI = os.environ.get("CI") == "true"
TIMEOUT = 30_000  # of waiting for what a loaded machine is slow to do

# Playwright keeps an event loop in this thread; the tests' own queries run beside it, one at a time.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    if EXECUTABLE is None:
        if IN_CI:
            pytest.fail("There is no chromium here, and CI runs the browser tests: apt-get install chromium")
        pytest.skip("no chromium")
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly that the browser tests did not run."""
    if EXECUTABLE is None:
        terminalreporter.section("BROWSER TESTS LEFT OUT", sep="=", red=True)
        terminalreporter.line("No chromium was found. Install it (apt-get install chromium) or set CHROMIUM.")


@pytest.fixture(scope="session")
def server(live_server: Any) -> Any:
    """The live server, at the far end of a slow line under stress."""
    if stress.SEED:
        live_server.thread.httpd.set_app(stress.slow_down(live_server.thread.httpd.get_app()))
    return live_server


@pytest.fixture
def visit(chromium: Browser, server: Any) -> Iterator[Callable[..., Page]]:
    """``visit(client, "/desk/", theme="dark", width=390)``: a page in a browser of its own.

    ``client`` is a signed-in test client, or None for a visitor. Errors of scripts or of the server,
    refusals by the content security policy and requests to other hosts fail the test.
    """
    stress.forget()
    contexts: list[Any] = []
    faults: list[str] = []

    def open_page(
        client: Client | None, path: str, *, theme: str = "light", width: int = 1440, scripts: str = "on"
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
            java_script_enabled=scripts == "on",
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        if client is not None:
            value = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "url": server.url}])
        page = context.new_page()
        if stress.SEED:
            stress.throttle(context, page)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda message: _note(faults, message.text))
        page.on("response", lambda answer: _broken(faults, answer.status, answer.url))
        page.on("request", lambda request: _abroad(faults, request.url, server.url))
        page.goto(server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    _answer_all()
    assert faults == []


@pytest.fixture
def violations() -> Callable[..., list[str]]:
    """``violations(page)``: what axe-core finds, one line each (WCAG 2.0 to 2.2, A and AA, best practice).

    ``only="color-contrast"`` asks for one rule: what a theme can change.
    """
    axe = Axe()

    def find(page: Page, *, only: str = "") -> list[str]:
        rules = {"runOnly": {"type": "rule", "values": [only]}} if only else {}
        found = axe.run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]
        return [f"{item['id']}: {node['html'][:160]}" for item in found for node in item["nodes"]]

    return find


def _answer_all() -> None:
    """Wait until the server has answered what the closed pages still asked.

    Otherwise that request meets the emptying of the tables after this test, or the database of the next one.
    """
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(TIMEOUT / 1000)
            assert not thread.is_alive(), f"{thread.name} still answers a page that is closed"


def _note(faults: list[str], text: str) -> None:
    if "Content Security Policy" in text:
        faults.append(text)


def _broken(faults: list[str], status: int, url: str) -> None:
    if status >= 500:
        faults.append(f"{status} from {url}")


def _abroad(faults: list[str], url: str, home: str) -> None:
    # chrome and chrome-extension: the browser's own PDF viewer
    if not url.startswith((home, "data:", "about:", "blob:", "chrome-extension:", "chrome:")):
        faults.append(f"request to {url}")
