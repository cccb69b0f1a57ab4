"""What keeps a page from being used by keyboard alone, asked of the page as it stands."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

FAULTS = Path(__file__).with_name("keyboard_faults.js").read_text()


def keyboard_faults(page: Page) -> list[str]:
    """What the keyboard cannot do or does not show on the open page, or in its dialog, one line each."""
    page.keyboard.press("Tab")  # from here on the browser shows the focus, as it does for a keyboard
    found: list[str] = page.evaluate(FAULTS)
    return found
