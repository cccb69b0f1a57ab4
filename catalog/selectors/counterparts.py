"""Which node of one version stands where a node of another version stood.

A copied version has nodes of its own. What names nodes (a discount on a rule, an override of an item)
is moved along by pairing them: pricings by what they sell, items by their product items, rules by
which usage they price.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from accounts.models import Platform
from catalog.models import Pricing, PricingGroup
from catalog.selectors import plans

PREFIXES = ("pric_", "prig_", "prii_", "pico_")
SELECTING = ("conditions", "billing_period")


class Rule(NamedTuple):
    """A rule that is kept with its item, not in a row of its own."""

    public_id: str
    currency: str | None
    body: Mapping[str, Any]


def of(platform: Platform, before: int, after: int) -> dict[str, str]:
    """Public id of a pricing, group, item or rule of version ``before`` -> that of its counterpart.

    ``before`` and ``after`` are primary keys of versions. A node without a counterpart is absent.
    """
    old, new = (_pricings(platform, version) for version in (before, after))
    found: dict[str, str] = {}
    for first, second in _paired(_sold, old, new):
        found[first.public_id] = second.public_id
        if first.group is not None and second.group is not None:
            found[first.group.public_id] = second.group.public_id
    items = [[item for pricing in side for item in pricing.items.all()] for side in (old, new)]
    for first, second in _paired(_priced, *items):
        found[first.public_id] = second.public_id
        found |= _rules(list(first.configs.all()), list(second.configs.all()))
        found |= _alternative_rules(first, second)
    return found


def _pricings(platform: Platform, version: int) -> list[Pricing]:
    return list(plans.pricings(platform).filter(version=version))


def _rules(before: list[Any], after: list[Any]) -> dict[str, str]:
    """By what they select; where a single rule is left on both sides, it is the same one changed."""
    pairs = list(_paired(_selects, before, after))
    rest = [
        [each for each in side if each.public_id not in {pair[place].public_id for pair in pairs}]
        for place, side in enumerate((before, after))
    ]
    if len(rest[0]) == len(rest[1]) == 1:
        pairs.append((rest[0][0], rest[1][0]))
    return {first.public_id: second.public_id for first, second in pairs}


def _alternative_rules(first: Any, second: Any) -> dict[str, str]:
    """The rules for a currency or a billing period, each with those for the same."""
    before, after = (dict(_alternatives(each)) for each in (first, second))
    found: dict[str, str] = {}
    for which in before.keys() & after.keys():
        found |= _rules(before[which], after[which])
    return found


def _alternatives(item: Any) -> Iterator[tuple[Hashable, list[Rule]]]:
    choices = [(None, each) for each in item.billing_period_configs]
    for choice in item.pricing_currency_configs:
        currency = choice["currency"]
        yield (currency, None), _read(choice)
        choices += [(currency, each) for each in choice.get("billing_period_configs") or ()]
    for currency, choice in choices:
        period = choice["billing_period"]
        yield (currency, period["type"], period["value"]), _read(choice)


def _read(choice: Mapping[str, Any]) -> list[Rule]:
    return [Rule(body["id"], body.get("currency"), body) for body in choice.get("configs") or ()]


def _paired(
    key: Callable[[Any], Hashable], before: Iterable[Any], after: Iterable[Any]
) -> Iterable[tuple[Any, Any]]:
    """Nodes of the same key, the first of one side with the first of the other, and so on."""
    waiting: dict[Hashable, list[Any]] = {}
    for each in after:
        waiting.setdefault(key(each), []).append(each)
    for each in before:
        if waiting.get(key(each)):
            yield each, waiting[key(each)].pop(0)


def _sold(pricing: Pricing) -> Hashable:
    products = frozenset(link.product_id for link in pricing.product_links.all())
    items = frozenset(_priced(item) for item in pricing.items.all())
    return products or items, pricing.product_type, _group(pricing.group)


def _group(group: PricingGroup | None) -> Hashable:
    return group and (group.name, group.product_type)


def _priced(item: Any) -> Hashable:
    return frozenset(link.product_item_id for link in item.product_item_links.all())


def _selects(config: Any) -> Hashable:
    body: Mapping[str, Any] = config.body
    return config.currency, json.dumps([body.get(name) for name in SELECTING], sort_keys=True)
