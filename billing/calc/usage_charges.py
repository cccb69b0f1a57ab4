"""The usage of a schedule's period: which rule prices which part of it, alone or with others.

`catalog.rating.rules.routing` divides and prices it; here are the items of a schedule, whose rules may have
one volume.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from billing.calc import choices
from billing.calc.charge import is_fee
from billing.calc.inputs import PricedItem, PricedRule, ScheduleInputs, Stretch, Usages, Values
from billing.calc.totals import ZERO
from catalog.rating import continued
from catalog.rating.rated import Rated
from catalog.rating.rules import routing
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.routing import Portion, Ruled
from catalog.rating.usage import Usage
from kit.money import EXACT, total
from kit.period import Span


@dataclass(frozen=True, slots=True)
class Slice:
    """What one line bills: a portion of an item's usage by one of its rules.

    In a pricing period that is not the billed one `portion` is of all its usage so far, `before` of what came
    before the `stretch`. `reports` are what the other calculations of the item say of the same usage.
    """

    item: PricedItem
    rule: PricedRule
    portion: Portion
    stretch: Stretch | None = None
    before: Portion | None = None
    reports: tuple[tuple[str, Usage], ...] = ()

    @property
    def usage(self) -> MeteredUsage | None:
        """The usage that the line counts."""
        return self.stretch.own if self.stretch else self.item.usage

    @property
    def positions(self) -> tuple[int, ...]:
        """The keys in `usage` that the line counts."""
        if self.stretch is None or self.stretch.before is None:
            return self.portion.positions
        first = len(self.stretch.before.billed.keys)
        return tuple(each - first for each in self.portion.positions if each >= first)

    def pool(self, portion: Portion) -> Hashable | None:
        """The pool in which it is rated; None alone. Pricing periods that began apart share nothing."""
        key = routing.pool_of(portion, (self.item.pricing_item_id, self.rule.config_id))
        return None if key is None else (key, self.stretch and self.stretch.start)


def rated(schedule: ScheduleInputs) -> Iterator[tuple[Slice, Rated]]:
    """Every slice of the period with its price, in the order of items, rules and values."""
    billed = (item for item in schedule.items if choices.arrears(schedule, item) is not None)
    return _priced([each for item in billed for each in _of_item(item)])


def span_of(schedule: ScheduleInputs, each: Slice) -> Span:
    """The time whose usage the slice bills."""
    if each.stretch is not None:
        return each.stretch.span
    period = choices.arrears(schedule, each.item)
    assert period is not None
    return period.span


def _priced(slices: Sequence[Slice]) -> Iterator[tuple[Slice, Rated]]:
    prices = routing.rated([each.portion for each in slices], [each.pool(each.portion) for each in slices])
    earlier = [(at, each.before) for at, each in enumerate(slices) if each.before is not None]
    pools = [slices[at].pool(before) for at, before in earlier]
    before = routing.rated([portion for _, portion in earlier], pools)
    for (at, _), rating in zip(earlier, before, strict=True):
        prices[at] = continued.after(prices[at], rating)
    yield from zip(slices, prices, strict=True)


def amount(item: PricedItem) -> Decimal:
    """What the usage of one item costs by its rules: unrounded, before anything that a schedule changes."""
    return total(each.amount for _, each in rated_alone(item))


def rated_alone(item: PricedItem) -> Iterator[tuple[Slice, Rated]]:
    """The slices of one item with their prices, before anything that a schedule changes."""
    return _priced(list(_of_item(item)))


def by_item(priced: Iterable[tuple[Slice, Rated]]) -> dict[str, Decimal]:
    """The quantities of all slices of each pricing item together."""
    found: dict[str, Decimal] = {}
    for each, rated in priced:
        item = each.item.pricing_item_id
        found[item] = EXACT.add(found.get(item, ZERO), rated.usage.quantity)
    return found


@dataclass(frozen=True, slots=True)
class Report:
    """What another calculation of an item says, its keys divided as rules and splits divide usage."""

    calculation_id: str
    usage: MeteredUsage
    positions: Mapping[tuple[int, Values | None], Sequence[int]]

    @classmethod
    def of(cls, item: PricedItem, calculation_id: str, usage: MeteredUsage) -> Self:
        """The keys are divided once, whatever the number of lines."""
        positions: dict[tuple[int, Values | None], Sequence[int]] = {}
        for rule, several in route(item, usage).items():
            config = None if rule is None else item.rules[rule].config
            if rule is not None and config is not None:
                for value in routing.by_value(config, usage, several):
                    positions[rule, value.values if config.split else None] = value.positions
        return cls(calculation_id, usage, positions)

    def on(self, portion: Portion) -> tuple[str, Usage]:
        """What it says of the usage that this portion prices."""
        return self.calculation_id, self.usage.over(self.positions.get((portion.rule, portion.values), ()))


def route(item: PricedItem, usage: MeteredUsage | None = None) -> dict[int | None, list[int]]:
    """Which rule prices which property key: positions in `usage.keys` by position in `rules`.

    None holds those nothing matches. `usage` is the item's own unless another is given.
    """
    usage = usage or item.usage
    return {} if usage is None else routing.route([each.config for each in item.rules], usage.keys)


def _of_item(item: PricedItem) -> Iterator[Slice]:
    if item.stretches:
        for stretch in item.stretches:
            yield from _of_stretch(item, stretch)
        return
    rules = [Ruled(each.config, each.state) for each in item.rules]
    if item.usage is not None:
        usages = Usages(item.usage, item.tiering_usage, item.siblings)
        reports = [Report.of(item, *each) for each in item.reports]
        for portion in _portions(rules, usages):
            if not is_fee(item, item.rules[portion.rule]):
                told = tuple(each.on(portion) for each in reports)
                yield Slice(item, item.rules[portion.rule], portion, reports=told)


def _portions(rules: Sequence[Ruled], usages: Usages) -> Iterator[Portion]:
    return routing.portions(rules, usages.billed, deciding=usages.deciding, siblings=usages.siblings)


def _of_stretch(item: PricedItem, stretch: Stretch) -> Iterator[Slice]:
    """A slice for each portion so far, with what came before in the same rule and values."""
    rules = [Ruled(config) for config in stretch.configs]
    reports = [Report.of(item, *each) for each in stretch.reports]
    before: dict[tuple[int, object], Portion] = {}
    if stretch.before is not None:
        before = {(each.rule, each.values): each for each in _portions(rules, stretch.before)}
    for portion in _portions(rules, stretch.so_far):
        rule = item.rules[portion.rule]
        if not is_fee(item, rule):
            then = before.get((portion.rule, portion.values))
            if then is None and stretch.before is not None:
                then = replace(portion, positions=(), usage=stretch.before.billed.over(()), tiering=None)
            told = tuple(each.on(portion) for each in reports)
            yield Slice(item, rule, portion, stretch, then, told)
