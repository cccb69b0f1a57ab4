"""The usage of a schedule's period: which rule prices which part of it, alone or with others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.calc import choices
from billing.calc.charge import is_fee
from billing.calc.inputs import MeteredUsage, PricedItem, PricedRule, ScheduleInputs
from billing.calc.totals import ZERO, total
from catalog.rating import pool, split
from catalog.rating.conditions import holds
from catalog.rating.pool import Payer
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.rules import RuleSet
from catalog.rating.types import PricingType
from catalog.rating.usage import Usage
from catalog.rating.volume import State
from kit.money import EXACT

PoolKey = tuple[object, ...]
Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """What one line bills: some keys of an item's usage by one rule, in a pool or (None) alone."""

    item: PricedItem
    rule: PricedRule
    positions: tuple[int, ...]
    usage: Usage
    state: State
    values: Values | None = None
    tiering: Decimal | None = None
    pool: PoolKey | None = None


def rated(schedule: ScheduleInputs) -> Iterator[tuple[Slice, Rated]]:
    """Every slice of the period with its price, in the order of items, rules and values."""
    billed = (item for item in schedule.items if choices.arrears(schedule, item) is not None)
    return _priced([each for item in billed for each in _of_item(item)])


def _priced(slices: Sequence[Slice]) -> Iterator[tuple[Slice, Rated]]:
    pools: dict[PoolKey, list[int]] = {}
    for index, each in enumerate(slices):
        if each.pool is not None:
            pools.setdefault(each.pool, []).append(index)
    priced: dict[int, Rated] = {}
    for members in pools.values():
        payers = [_payer(slices[index]) for index in members]
        priced.update(zip(members, pool.rate_pool(payers), strict=True))
    for index, each in enumerate(slices):
        yield each, priced.get(index) or rate(each.rule.config, each.usage, state=each.state)


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


def reports(each: Slice) -> tuple[tuple[str, Usage], ...]:
    """What the other calculations of the item say of the usage that the rule of this slice prices."""
    found: list[tuple[str, Usage]] = []
    position = next(at for at, rule in enumerate(each.item.rules) if rule is each.rule)
    for calculation_id, usage in each.item.reports:
        keys = route(each.item, usage).get(position, [])
        found.append((calculation_id, usage.over([at for at in keys if _is_value(each, usage.keys[at])])))
    return tuple(found)


def _is_value(each: Slice, key: Mapping[str, str]) -> bool:
    """Whether a key belongs to the property values that the slice is for."""
    return each.values is None or split.by_value(each.rule.config, [key])[0].values == each.values


def route(item: PricedItem, usage: MeteredUsage | None = None) -> dict[int | None, list[int]]:
    """Which rule prices which property key: positions in `usage.keys` by position in `rules`.

    Each key is priced by one rule (see `catalog.rating.rules`); None holds those nothing matches.
    `usage` is the item's own unless another is given.
    """
    usage = usage or item.usage
    routes: dict[int | None, list[int]] = {}
    if usage is None:
        return routes
    rules = RuleSet([each.config for each in item.rules])
    for position, key in enumerate(usage.keys):
        routes.setdefault(rules.pick(key), []).append(position)
    return routes


def _of_item(item: PricedItem) -> Iterator[Slice]:
    if item.usage is None:
        return
    routes = route(item)
    for position, rule in enumerate(item.rules):
        if not is_fee(item, rule):
            yield from _of_rule(item, item.usage, position, rule, routes.get(position, ()))


def _of_rule(
    item: PricedItem, usage: MeteredUsage, position: int, rule: PricedRule, positions: Sequence[int]
) -> Iterator[Slice]:
    """One slice, or one for each value of the split properties; only the first carries the tiering."""
    values = _values(rule, usage, positions)
    usages = [usage.over(each.positions) for each in values]
    states = pool.split_state(rule.config, usages, rule.state) if len(values) > 1 else [rule.state]
    tiering = _tiering(item, position, rule)
    for index, (value, used, state) in enumerate(zip(values, usages, states, strict=True)):
        first = tiering if index == 0 or tiering is None else ZERO
        named = value.values if rule.config.split else None
        key = _pool(item, rule, used, combined=len(values) > 1 or tiering is not None)
        yield Slice(item, rule, value.positions, used, state, named, first, key)


def _values(rule: PricedRule, usage: MeteredUsage, positions: Sequence[int]) -> list[split.Value]:
    """The keys by value, as positions in the item's usage; all of them together without a split."""
    if not rule.config.split or not positions:
        return [split.Value((), tuple(positions))]
    found = split.by_value(rule.config, [usage.keys[position] for position in positions])
    return [split.Value(each.values, tuple(positions[index] for index in each.positions)) for each in found]


def _tiering(item: PricedItem, position: int, rule: PricedRule) -> Decimal | None:
    """The quantity that decides the bands, where that is not the one billed.

    It is made from the usage that meets the tiering conditions, whichever rule prices it; without such
    conditions from the usage that this rule prices, in the other calculation.
    """
    deciding, tests = item.tiering_usage or item.usage, rule.config.tiering_conditions
    if deciding is None or (item.tiering_usage is None and not tests):
        return None
    if tests:
        met = [at for at, key in enumerate(deciding.keys) if all(holds(test, key) for test in tests)]
        return deciding.over(met).quantity
    return deciding.over(route(item, deciding).get(position, ())).quantity


def _pool(item: PricedItem, rule: PricedRule, usage: Usage, *, combined: bool) -> PoolKey | None:
    """Rules of one group pool what can be added up: numbers, or amounts of one currency."""
    if rule.config.pricing_type is PricingType.NONE:
        return None
    if rule.config.volume_group is not None:
        return rule.config.volume_group, usage.value_type, usage.currency
    return (item.pricing_item_id, rule.config_id) if combined else None


def _payer(each: Slice) -> Payer:
    return Payer(each.rule.config, each.usage, each.state, each.tiering)
