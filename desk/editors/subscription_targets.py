"""What a discount, a markup or a commitment can be of, as a choice of its field: ``<level>:<id>``.

The whole invoice is an empty value; a product item is its id alone. Several ids, as the API takes them, are
``<level>:<id>,<id>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from billing.selectors.item_terms import ItemTerms
from desk.editors.subscription_offer import rule_name

TOTALS, ITEMS = "totals", "product_items"
WHOLE = ("", "The whole invoice")
Choices = list[Any]
Names = Mapping[str, Mapping[str, str]]
GROUPS = {
    "products": "Products",
    "product_categories": "Categories",
    "pricings": "Prices",
    "pricing_items": "Items of prices",
    "pricing_item_configs": "Rules",
}


def level_of(value: str) -> tuple[str, str]:
    """(level, id) of a choice."""
    if not value:
        return TOTALS, ""
    level, found, key = value.partition(":")
    return (level, key) if found else (ITEMS, value)


def value_of(level: str, entry: Mapping[str, Any]) -> str:
    """The choice of a stored entry."""
    key = ",".join(entry.get("ids") or ())
    return key if level in (TOTALS, ITEMS) else f"{level}:{key}"


def discounted(items: Iterable[ItemTerms]) -> Choices:
    """The whole, product items, and what stands above and below them."""
    sold = list(items)
    names = {**names_of(sold), "pricing_item_configs": dict(_rules(sold))}
    groups = _groups(*((label, level, names[level]) for level, label in GROUPS.items()))
    return [WHOLE, *names[ITEMS].items(), *groups]


def ruled(items: Iterable[ItemTerms]) -> Choices:
    """Rules only."""
    return _groups(("Rules", "pricing_item_configs", dict(_rules(items))))


def names_of(items: Iterable[ItemTerms]) -> Names:
    """level -> id -> name of all that is sold, rules also by what they stand for."""
    sold = list(items)
    return {
        ITEMS: _named(item.product_items for item in sold),
        "products": _named(item.products for item in sold),
        "product_categories": _named((item.product_category,) for item in sold if item.product_category),
        "pricings": {item.pricing_id: item.pricing_name for item in sold},
        "pricing_items": {item.pricing_item_id: item.description for item in sold},
        "pricing_item_configs": {
            key: rule_name(item, rule) for item in sold for rule in item.rules for key in rule.ids
        },
    }


def with_chosen(choices: Choices, value: str, names: Names) -> Choices:
    """``choices`` and the chosen one, where all that it is of is sold: several, or one by another id."""
    level, key = level_of(value)
    known, keys = names.get(level, {}), key.split(",")
    if value in {each for name, label in choices for each in _values(name, label)}:
        return choices
    if not key or not all(each in known for each in keys):
        return choices
    return [*choices, (value, ", ".join(known[each] for each in keys))]


def label_of(choices: Choices, value: str) -> str:
    """What a choice is called; nothing for one that there is not."""
    pairs = [
        pair for name, label in choices for pair in (label if isinstance(label, list) else [(name, label)])
    ]
    return str(dict(pairs).get(value, ""))


def entry_of(value: str, names: Names, body: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a schedule that sells ``names`` keeps of it: those of the ids that it sells; None for none."""
    level, key = level_of(value)
    if level == TOTALS:
        return {TOTALS: [dict(body)]}
    ids = [each for each in key.split(",") if each in names.get(level, {})]
    return {level: [{**body, "ids": ids}]} if ids else None


def both(one: Names, other: Names) -> Names:
    """What either sells."""
    return {level: {**one.get(level, {}), **other.get(level, {})} for level in {*one, *other}}


def is_sold(value: str, names: Names) -> bool:
    """Whether a schedule that sells ``names`` sells all that it is of."""
    level, key = level_of(value)
    return level == TOTALS or all(each in names.get(level, {}) for each in key.split(","))


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
