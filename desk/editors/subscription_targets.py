"""What a discount or a commitment can be of, as a choice of its field: ``<level>:<id>``.

The whole invoice is an empty value; a product item is its id alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from billing.selectors.item_terms import ItemTerms
from desk.editors.subscription_offer import rule_name

TOTALS, ITEMS = "totals", "product_items"
WHOLE = ("", "The whole invoice")
Choices = list[Any]


def level_of(value: str) -> tuple[str, str]:
    """(level, id) of a choice."""
    if not value:
        return TOTALS, ""
    level, found, key = value.partition(":")
    return (level, key) if found else (ITEMS, value)


def value_of(level: str, entry: Mapping[str, Any]) -> str:
    """The choice of a stored entry with one id at most."""
    key = "".join(entry.get("ids") or ())
    return key if level in (TOTALS, ITEMS) else f"{level}:{key}"


def discounted(items: Iterable[ItemTerms]) -> Choices:
    """The whole, product items, and what stands above and below them."""
    sold = list(items)
    single = {each["id"]: each["name"] for item in sold for each in item.product_items}
    return [
        WHOLE,
        *single.items(),
        *_groups(
            ("Products", "products", _named(item.products for item in sold)),
            ("Categories", "product_categories", _named((item.product_category,) for item in sold)),
            ("Rules", "pricing_item_configs", dict(_rules(sold))),
        ),
    ]


def committed(items: Iterable[ItemTerms]) -> Choices:
    """The whole, and every level of prices."""
    sold = list(items)
    return [
        WHOLE,
        *_groups(
            ("Prices", "pricings", {item.pricing_id: item.pricing_name for item in sold}),
            ("Items", "pricing_items", {item.pricing_item_id: item.description for item in sold}),
            ("Rules", "pricing_item_configs", dict(_rules(sold))),
        ),
    ]


def entry(value: str, choices: Sequence[Any], body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a schedule that offers ``choices`` says of it; None where it does not sell that."""
    level, key = level_of(value)
    if level == TOTALS:
        return {TOTALS: [dict(body)]}
    known = {each for name, label in choices for each in _values(name, label)}
    return {level: [{**body, "ids": [key]}]} if value in known else None


def _values(name: str, label: Any) -> list[str]:
    return [each for each, _ in label] if isinstance(label, list) else [name]


def _groups(*found: tuple[str, str, Mapping[str, str]]) -> Choices:
    return [
        (label, [(f"{level}:{key}", name) for key, name in names.items()])
        for label, level, names in found
        if names
    ]


def _named(rows: Iterable[Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    return {each["id"]: each.get("name") or each["id"] for several in rows for each in several}


def _rules(items: Iterable[ItemTerms]) -> Iterator[tuple[str, str]]:
    return ((rule.config_id, rule_name(item, rule)) for item in items for rule in item.rules)
