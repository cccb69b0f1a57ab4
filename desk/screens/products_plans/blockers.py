"""What stands in the way of activation, and where to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from catalog.models import PricingPlanVersion
from catalog.selectors import whole_trees
from catalog.selectors.whole_trees import Whole
from catalog.services import activation
from catalog.services.activation_facts import Facts
from desk.editors.pricing import credits, steps
from desk.editors.pricing.book import Book
from desk.screens.products_plans import kept_sheets

UNSAVED = "What was typed last could not be saved. Mend it first"
NO_PRICE = re.compile("(There is no price in ([A-Z]{3})[^:]*)")
WORDS = {
    "a pricing item needs at least one config": "Enter its price",
    "a version needs at least one pricing": "Add at least one item",
    credits.REFUSED: credits.WAITS,
}


@dataclass(frozen=True)
class Blocker:
    """What stands in the way of activation, and where to mend it."""

    message: str
    url: str


def of(version: PricingPlanVersion) -> list[Blocker]:
    """Everything that activation would refuse, in the order of the tree, each with its step."""
    return of_whole(whole_trees.read(version.platform, [version])[version.pk], Facts())


def unsaved(session: SessionBase, version: PricingPlanVersion, read: Callable[[], Book]) -> list[Blocker]:
    """Prices that were typed here and could not be stored: activation would leave them behind."""
    waiting = kept_sheets.places(session, version.public_id)
    found = read() if waiting else None
    items = [(found.item(key), rule) for key, rule in waiting] if found else []
    return [
        Blocker(f"{item.item.name}: {UNSAVED}", steps.item_url(version, item.key, rule))
        for item, rule in items
        if item is not None and 0 < rule <= len(item.rules)  # without a rule it has no price: said already
    ]


def of_whole(whole: Whole, facts: Facts) -> list[Blocker]:
    """The same of a version that is read already; ``facts`` keeps what judging it looks up."""
    return [_blocker(whole.version, problem) for problem in activation.problems_of(whole, facts)]


def _blocker(version: PricingPlanVersion, problem: Any) -> Blocker:
    item = _item(version, problem.field.split("."))
    message = WORDS.get(problem.message, problem.message)
    message = f"{message[:1].upper()}{message[1:]}"
    if item is None:
        return Blocker(message, steps.url(version, "items"))
    if problem.field.endswith("product_item_ids.0") or "product_ids" in problem.field:
        url = reverse("desk:product", args=[item.product.public_id])
        return Blocker(f"{item.name}: {message}", url)
    if found := NO_PRICE.match(message):
        message = f"{found[1]}. Enter one, or choose a currency to fall back to"
        return Blocker(f"{item.name}: {message}", steps.item_url(version, f"{item.public_id}@{found[2]}"))
    return Blocker(f"{item.name}: {message}", steps.item_url(version, item.public_id))


def _item(tree: Any, path: list[str]) -> Any:
    """The product item that a problem's path leads to, if it goes that deep."""
    numbers = [int(part) for part in path if part.isdigit()]
    in_group = "pricing_groups" in path
    if len(numbers) < (3 if in_group else 2):
        return None
    shelf = tree.categories[numbers.pop(0)]
    rows = shelf.pricing_groups.all()[numbers.pop(0)].pricings.all() if in_group else shelf.ungrouped
    items = list(rows[numbers.pop(0)].items.all())
    chosen = items[numbers[0]] if "items" in path and numbers else next(iter(items), None)
    link = next(iter(chosen.product_item_links.all()), None) if chosen else None
    return link.product_item if link else None
