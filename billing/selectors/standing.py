"""A schedule's own prices on another version of its plan than they were agreed for: tried, never stored.

The counterparts take the place of what they stand for. What stands for nothing in the other version is left
out, as ``services.carried_prices`` leaves it out where the schedule does go over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from accounts.models import Platform
from billing.selectors.item_terms import ORIGINAL_RULE, ItemTerms, Own, Rules, RuleTerms
from catalog.rating.rules.choice import Alternatives
from catalog.selectors import counterparts

Items = tuple[ItemTerms, ...]
Names = Mapping[str, str]


class Standing:
    """Moves own prices to the version at hand; each pair of versions is read once."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._known: dict[tuple[int, int], Names] = {}

    def on(self, version: int, own: Items) -> Items:
        """``own`` as prices of a schedule of this version."""
        agreed = {each.own.original_version for each in own if each.own} - {None, version}
        for other in agreed:
            assert other is not None
            pair = other, version
            if pair not in self._known:
                self._known[pair] = counterparts.of(self._platform, *pair)
            own = tuple(moved(own, self._known[pair]))
        return own


def moved(own: Iterable[ItemTerms], names: Names) -> Iterable[ItemTerms]:
    """The items that stand for something in the version in which ``names`` are the counterparts."""
    for item in own:
        if item.own is None or item.own.original_pricing_id is None:
            yield item
        elif (standing := _own(item.own, names)) is not None:
            found = replace(
                item,
                own=standing,
                alternatives=_alternatives(item.alternatives, names),
                by_currency={name: _alternatives(each, names) for name, each in item.by_currency.items()},
                rules=_rules(item.rules, names),
            )
            if any(True for _ in found.all_rules) or not any(True for _ in item.all_rules):
                yield found


def _own(own: Own, names: Names) -> Own | None:
    stands_for = [each for each in (own.original_pricing_id, own.original_item_id) if each is not None]
    if any(each not in names for each in stands_for):
        return None
    pricing, item = own.original_pricing_id or "", own.original_item_id
    return replace(own, original_pricing_id=names[pricing], original_item_id=item and names[item])


def _alternatives(several: Alternatives[Rules], names: Names) -> Alternatives[Rules]:
    by_period = {
        period: found for period, rules in several.by_period.items() if (found := _rules(rules, names))
    }
    rules = several.rules and _rules(several.rules, names)
    return replace(several, rules=rules or None, by_period=by_period)


def _rules(rules: Sequence[RuleTerms], names: Names) -> Rules:
    kept = (rule for rule in rules if rule.original_id is None or rule.original_id in names)
    return tuple(
        rule
        if rule.original_id is None
        else replace(rule, body={**rule.body, ORIGINAL_RULE: names[rule.original_id]})
        for rule in kept
    )
