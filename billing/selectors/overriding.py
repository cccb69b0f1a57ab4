"""A plan's prices with a schedule's own in their place: pure, over the items of both.

A pricing of the schedule's own stands for one of the plan (override ALL or SPECIFIC) or is one more. ALL
puts its items in the place of all items of that pricing; SPECIFIC replaces the items it names and adds the
others. An item replaces all rules of the item it stands for (ALL), or those that its rules name, and adds
the others (SPECIFIC). What is replaced keeps its place, and its pricing's id: one group on the invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from billing.selectors.item_terms import ItemTerms, RuleTerms
from catalog.models import Override
from catalog.rating.rules.replacing import replaced

Items = tuple[ItemTerms, ...]


def merged(plan: Sequence[ItemTerms], own: Sequence[ItemTerms]) -> Items:
    """The items that are billed, in printed order."""
    if not own:
        return tuple(plan)
    known = {item.pricing_id for item in plan}
    found: list[ItemTerms] = []
    for pricing_id, several in groupby(plan, key=lambda item: item.pricing_id):
        mine = [item for item in own if _original(item) == pricing_id]
        found += _pricing(list(several), mine)
    return (*found, *(item for item in own if _original(item) not in known))


def _original(item: ItemTerms) -> str | None:
    return item.own.original_pricing_id if item.own else None


def _pricing(items: Sequence[ItemTerms], own: Sequence[ItemTerms]) -> Iterator[ItemTerms]:
    """The items of one pricing with those of the schedule's own that stands for it."""
    if not own:
        yield from items
        return
    first, used = items[0], set()
    if own[0].own is None or own[0].own.pricing is not Override.ALL:
        for item in items:
            standing = next((each for each in own if replaces(each, item)), None)
            if standing is None:
                yield item
            else:
                used.add(standing.pricing_item_id)
                yield _within(first, _item(item, standing))
        own = [each for each in own if each.pricing_item_id not in used]
    for each in own:
        original = next((item for item in items if replaces(each, item)), None)
        yield _within(first, each if original is None else _item(original, each))


def replaces(own: ItemTerms, item: ItemTerms) -> bool:
    """Whether an item of the schedule's own stands for the plan's: by its id, else by what both sell."""
    if own.own is not None and own.own.original_item_id == item.pricing_item_id:
        return True
    named = own.own is not None and own.own.original_item_id is not None
    return named and {each["id"] for each in own.product_items} == {each["id"] for each in item.product_items}


def _item(item: ItemTerms, own: ItemTerms) -> ItemTerms:
    """The own item, with the rules of the one it stands for where it replaces only some."""
    if own.own is None or own.own.item is not Override.SPECIFIC:
        return own
    return replace(own, rules=tuple(_rules(item.rules, own.rules)))


def _rules(rules: Iterable[RuleTerms], own: Sequence[RuleTerms]) -> Iterator[RuleTerms]:
    return replaced(rules, own, name=lambda rule: rule.config_id, original=lambda rule: rule.original_id)


def _within(first: ItemTerms, own: ItemTerms) -> ItemTerms:
    """In the group, and under the choice, of the plan's pricing."""
    return replace(own, pricing_id=first.pricing_id, optional=first.optional)
