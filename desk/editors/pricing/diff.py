"""Two versions side by side: items by product item, rules by their conditions, tiers by upper bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from catalog.models import PricingItemConfig
from catalog.rating.parsing import config as rating_config
from catalog.rating.types import BlockPrice, BlockRounding, CreditsPrice, Percentage, Place, UnitPrice
from desk.components import format
from desk.editors.pricing import conditions, credits, effects, rule_extras, tiers_by, typical, words
from desk.editors.pricing.book import Book, PricedItem
from desk.editors.pricing.built import Terms
from desk.editors.pricing.bundles import base_of
from desk.editors.pricing.effects import Effect
from desk.editors.pricing.place_words import Tab
from kit.errors import InvalidRequest
from kit.money import plain
from metering.models import MeterProperty

ALWAYS = "to every subscription"


@dataclass(frozen=True)
class Change:
    """One line of the comparison; empty text is "Not present"."""

    what: str
    before: str
    after: str


@dataclass
class ItemDiff:
    """An item with its changed lines; ``kind`` is changed, added, removed or unchanged."""

    name: str
    key: str
    kind: str
    changes: list[Change] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


@dataclass
class Diff:
    """All items of both versions."""

    a: Book
    b: Book
    items: list[ItemDiff]
    missing: list[str] = field(default_factory=list)
    """Properties that usage is not kept apart by yet, so that some effects are not known."""

    def count(self, kind: str) -> int:
        return sum(item.kind == kind for item in self.items)

    @property
    def summary(self) -> str:
        """``2 changed, 1 added, 3 unchanged``."""
        kinds = ("changed", "added", "removed", "unchanged")
        return ", ".join(f"{self.count(kind)} {kind}" for kind in kinds if self.count(kind))

    @property
    def differing(self) -> list[ItemDiff]:
        return [item for item in self.items if item.kind != "unchanged"]

    @property
    def same(self) -> list[ItemDiff]:
        return [item for item in self.items if item.kind == "unchanged"]


def between(
    before: Book, b: Book, platform: Platform, *, at: datetime, known: Iterable[MeterProperty] = ()
) -> Diff:
    """From one to the other, with what the difference means for real customers of each item.

    ``known`` are properties that were read already.
    """
    old, new = ({item.key: item for item in side.items} for side in (before, b))
    keys = dict.fromkeys([*new, *old])
    found = [_item(old.get(key), new.get(key)) for key in keys]
    differing = [new.get(item.key) or old[item.key] for item in found if item.kind != "unchanged"]
    used = typical.of(platform, differing, at=at, known=known)
    for item in found:
        if item.kind != "unchanged":
            item.effects = effects.of(old.get(item.key), new.get(item.key), used.get(item.key))
    asked = [(used[each.key], each.configs) for each in differing if each.key in used]
    missing = {name for each, configs in asked if each.used for name in each.missing(configs)}
    return Diff(before, b, [*found, *_choices(before, b)], sorted(missing))


def _choices(before: Book, after: Book) -> list[ItemDiff]:
    """Groups that demand something else, or have something else in them."""
    old, new = ({each.name: each for each in side.choices if each.key} for side in (before, after))
    found = []
    for name in dict.fromkeys([*new, *old]):
        was, now = (side[name].words if name in side else "" for side in (old, new))
        kind = "changed" if was and now else "added" if now else "removed"
        if was != now:
            found.append(ItemDiff(name, "", kind, [Change("what a subscription chooses", was, now)]))
    return found


def _item(before: PricedItem | None, after: PricedItem | None) -> ItemDiff:
    known = after or before
    assert known is not None
    name, key = known.item.name, known.key
    if before is None or after is None:
        change = Change("", before.short if before else "", after.short if after else "")
        return ItemDiff(name, key, "added" if before is None else "removed", [change])
    changes = [*_rules(before, after), *_elsewhere(before, after)]
    if before.sold != after.sold:
        changes.append(Change("sold", before.sold or ALWAYS, after.sold or ALWAYS))
    return ItemDiff(name, key, "changed" if changes else "unchanged", changes)


def _rules(before: PricedItem, after: PricedItem) -> list[Change]:
    return [change for tests in _tests(before, after) for change in _rule(tests, before, after)]


def _elsewhere(before: PricedItem, after: PricedItem) -> Iterator[Change]:
    """The prices for further currencies and billing periods; where each side is as another, that tells it."""
    sides = [{tab.place: tab for tab in each.tabs} for each in (before, after)]
    for place in dict.fromkeys([*sides[1], *sides[0]]):
        old, new = (side.get(place) for side in sides)
        if place in (before.home, after.home):
            continue
        label = (new or old).label  # type: ignore[union-attr]
        if old and new and old.is_own and new.is_own:
            found = _rules(old.priced, new.priced)
            yield from (Change(f"{label}, {each.what}", each.before, each.after) for each in found)
        elif _said(old) != _said(new) and any(
            each and (each.is_own or each.falls_back) for each in (old, new)
        ):
            yield Change(label, _said(old), _said(new))


def _said(tab: Tab | None) -> str:
    if tab is None:
        return ""
    return tab.told if tab.is_own else tab.words


def _tests(before: PricedItem, after: PricedItem) -> list[tuple[str, ...]]:
    return list(dict.fromkeys(_key(config) for config in (*after.configs, *before.configs)))


def _key(config: PricingItemConfig) -> tuple[str, ...]:
    """A rule's conditions as text: what two versions share."""
    return tuple(str(each) for each in conditions.said(config.body))


def _rule(tests: tuple[str, ...], before: PricedItem, after: PricedItem) -> list[Change]:
    old, new = (
        next((each for each in side.configs if _key(each) == tests), None) for side in (before, after)
    )
    label = " and ".join(tests)
    if old is None or new is None:
        gone = words.short(old.body, before.terms) if old else ""
        come = words.short(new.body, after.terms) if new else ""
        return [Change(label or "All other usage", gone, come)]
    lines = (_lines(old.body, before.terms), _lines(new.body, after.terms))
    names = list(dict.fromkeys([*lines[0], *lines[1]]))
    prefix = f"{label}: " if label else ""
    return [
        Change(f"{prefix}{name}", lines[0].get(name, ""), lines[1].get(name, ""))
        for name in names
        if lines[0].get(name) != lines[1].get(name)
    ]


def _lines(body: dict[str, Any], terms: Terms) -> dict[str, str]:
    """The comparable parts of a price: its model, each tier by its upper bound, what is included."""
    try:
        parsed = rating_config.parse(body)
    except InvalidRequest:
        return {}
    found = {"model": words.MODEL_WORDS[base_of(body)]}
    beside = rule_extras.words(body, when="")
    if beside:
        found["settings"] = "; ".join(beside)
    by = tiers_by.usage(body)
    if by:
        found["tiers by"] = by
    if parsed.included_volume:
        found["included units"] = format.number(parsed.included_volume)
    found["charged"] = _charged(body)
    for place in parsed.places:
        found[_tier(place, len(parsed.places))] = _price(place, terms)
    return found


def _charged(body: dict[str, Any]) -> str:
    if body.get("on_demand"):
        return "on demand"
    return "in advance" if body.get("billing_in_advance") else "in arrears"


def _tier(place: Place, count: int) -> str:
    if count == 1:
        return "price"
    top = place.band.upper_bound
    return f"above {format.number(place.lower_bound)}" if top is None else f"up to {format.number(top)}"


def _price(place: Place, terms: Terms) -> str:
    price, fee = place.band.price, place.band.fixed_amount
    parts = []
    if isinstance(price, Percentage):
        limits = (("at least", price.floor), ("at most", price.cap))
        each = [f"{name} {_money(amount, terms)} per event" for name, amount in limits if amount is not None]
        parts.append(", ".join([f"{plain(price.percent)}%", *each]))
    elif isinstance(price, BlockPrice):
        loose = " pro rata" if price.rounding is BlockRounding.NONE else ""
        parts.append(f"{_money(price.amount, terms)} per {format.number(price.size)}{loose}")
    elif isinstance(price, UnitPrice):
        parts.append(_money(price.amount, terms))
    elif isinstance(price, CreditsPrice):
        parts.append(credits.words(price, terms))
    if fee:
        parts.append(f"{_money(fee, terms)} fee" if price else _money(fee, terms))
    units = (("at least", place.band.minimum_number), ("at most", place.band.maximum_number))
    bounds = [f"{name} {format.number(number)} {terms.units}" for name, number in units if number is not None]
    return ", ".join([" + ".join(parts), *bounds])


def _money(amount: Decimal, terms: Terms) -> str:
    return words.money(amount, terms)
