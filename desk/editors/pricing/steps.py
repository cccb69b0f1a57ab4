"""The steps of the guided editor, their state computed from the draft."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from catalog.models import PricingPlanVersion
from desk.editors.pricing.book import Book

LABELS = {
    "plan": "Plan",
    "billing": "Version and billing",
    "items": "Items",
    "pricing": "Pricing",
    "review": "Review and activate",
}


@dataclass(frozen=True)
class Step:
    """``state`` is done, now, warn (it blocks activation) or nothing."""

    number: int
    name: str
    label: str
    url: str
    state: str


def url(version: PricingPlanVersion, step: str) -> str:
    """Where a step of the version is."""
    return reverse("desk:plan-step", args=[version.pricing_plan.public_id, version.version, step])


def item_url(version: PricingPlanVersion, key: str, rule: int = 0) -> str:
    """Where an item of the version is priced."""
    path = reverse("desk:plan-pricing", args=[version.pricing_plan.public_id, version.version, key])
    return f"{path}?rule={rule}" if rule else path


def of(book: Book, current: str) -> list[Step]:
    """All steps of the version that ``book`` holds."""
    done = {
        "plan": True,
        "billing": bool(book.version.billing_periods and book.version.pricing_currencies),
        "items": bool(book.items),
        "pricing": bool(book.items) and not book.unpriced,
        "review": False,
    }
    return [
        Step(number, name, label, url(book.version, name), _state(name, current, done[name], book))
        for number, (name, label) in enumerate(LABELS.items(), 1)
    ]


def _state(name: str, current: str, done: bool, book: Book) -> str:
    if name == current:
        return "now"
    if done:
        return "done"
    return "warn" if name == "pricing" and book.unpriced else ""


def status(book: Book) -> tuple[str, str, str]:
    """(bold part, rest, the first item to go on with) of the sentence in the action bar."""
    if not book.items:
        return "No items yet.", "Add what this plan sells.", ""
    total = len(book.items)
    bold = f"{book.priced} of {total} item{'' if total == 1 else 's'} priced."
    if not book.unpriced:
        return bold, "", ""
    first = book.unpriced[0]
    others = len(book.unpriced) - 1
    names = first.item.name if not others else f"{first.item.name} and {others} more"
    return bold, f"{names} need{'' if others else 's'} a price before you can activate.", first.key
