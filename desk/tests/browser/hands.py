"""Two ways to use a page: with the mouse alone, and with the keyboard alone.

Both press, write, choose and pick what a locator names, so that one story can be told with either.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 200
# The focused element must be seen: in the viewport, and not under a bar that stays in place.
SEEN = """node => {
  const box = node.getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 40), y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  return !!top && (node.contains(top) || top.contains(node) || !!top.closest('label')?.contains(node));
}"""


class Hands(ABC):
    """What a person does with a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @abstractmethod
    def press(self, target: Locator) -> None:
        """A link, a button, the heading of a folder."""

    @abstractmethod
    def write(self, field: Locator, text: str) -> None:
        """Text into a field, in place of what it holds."""

    @abstractmethod
    def choose(self, field: Locator, label: str) -> None:
        """The option of a select that is labeled so."""

    @abstractmethod
    def pick(self, radio: Locator) -> None:
        """One of several radio buttons, or a checkbox."""

    def menu(self, folder: str, entry: str) -> None:
        """``Usage metering > Meters`` in the side menu, in these words."""
        heading = self.page.locator(".nav summary").filter(has_text=folder)
        if heading.locator("xpath=..").get_attribute("open") is None:
            self.press(heading)
        self.press(self.page.locator(".nav").get_by_role("link", name=entry, exact=True))
        expect(self.page.locator("h1")).to_have_text(entry)

    def link(self, name: str) -> None:
        """A link of the page itself."""
        self.press(self.page.locator("#content").get_by_role("link", name=name, exact=True).first)

    def button(self, name: str) -> None:
        """A button of the page or of its bar."""
        self.press(self.page.locator(".main").get_by_role("button", name=name).first)

    def confirm(self, name: str) -> None:
        """The button of the open dialog."""
        expect(self.page.locator("#dialog[open]")).to_be_visible()
        self.press(self.page.locator("#dialog").get_by_role("button", name=name, exact=True))

    def field(self, label: str) -> Locator:
        """The input of the page that is labeled so."""
        return self.page.locator("#content").get_by_label(label, exact=True).first


class Mouse(Hands):
    """Points and clicks; letters come from the keyboard, as there is no other way."""

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, field: Locator, text: str) -> None:
        field.click(click_count=3)
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        field.select_option(label=label)

    def pick(self, radio: Locator) -> None:
        radio.locator("xpath=ancestor-or-self::label[1]").click()
        expect(radio).to_be_checked()


class Keyboard(Hands):
    """Tab, Enter, Space, arrows and letters; every stop must be seen."""

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, field: Locator, label: str) -> None:
        self.reach(field)
        self.page.keyboard.type(label)
        expect(field.locator("option:checked")).to_have_text(label)

    def pick(self, radio: Locator) -> None:
        name = radio.get_attribute("name")
        if radio.get_attribute("type") == "checkbox":
            self.reach(radio)
            self.page.keyboard.press("Space")
        else:
            self.reach(self.page.locator(f'input[name="{name}"]:checked'))
            for _ in range(self.page.locator(f'input[name="{name}"]').count()):
                if radio.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()

    def reach(self, target: Locator) -> None:
        """Tab until the target has the focus."""
        expect(target).to_be_visible()
        for _ in range(MOST_STOPS):
            if target.evaluate("node => node === document.activeElement"):
                assert target.evaluate(SEEN), f"the focus is hidden on {target}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never came to {target}")
