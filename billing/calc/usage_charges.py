"""The usage of a schedule's period: which rule prices which part of it, alone or with others.

`catalog.rating.routing` divides and prices it; here are the items of a schedule, whose rules may have
one volume.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing.calc import choices
from billing.calc.charge import is_fee
from billing.calc.inputs import PricedItem, PricedRule, ScheduleInputs
from billing.calc.totals import ZERO, total
from catalog.rating import routing, split
from catalog.rating.measured import MeteredUsage
from catalog.rating.rated import Rated
from catalog.rating.routing import Portion, Ruled
from catalog.rating.usage import Usage
from kit.money import EXACT


@dataclass(frozen=True, slots=True)
class Slice:
    """What one line bills: a portion of an item's usage by one of its rules."""

    item: PricedItem
    rule: PricedRule
    portion: Portion

    @property
    def pool(self) -> Hashable | None:
        """The pool in which it is rated; None alone."""
        return routing.pool_of(self.portion, (self.item.pricing_item_id, self.rule.config_id))


def rated(schedule: ScheduleInputs) -> Iterator[tuple[Slice, Rated]]:
    """Every slice of the period with its price, in the order of items, rules and values."""
    billed = (item for item in schedule.items if choices.arrears(schedule, item) is not None)
    return _priced([each for item in billed for each in _of_item(item)])


def _priced(slices: Sequence[Slice]) -> Iterator[tuple[Slice, Rated]]:
    prices = routing.rated([each.portion for each in slices], [each.pool for each in slices])
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


def reports(each: Slice) -> tuple[tuple[str, Usage], ...]:
    """What the other calculations of the item say of the usage that the rule of this slice prices."""
    found: list[tuple[str, Usage]] = []
    for calculation_id, usage in each.item.reports:
        keys = route(each.item, usage).get(each.portion.rule, [])
        found.append((calculation_id, usage.over([at for at in keys if _is_value(each, usage.keys[at])])))
    return tuple(found)


def _is_value(each: Slice, key: Mapping[str, str]) -> bool:
    """Whether a key belongs to the property values that the slice is for."""
    values = each.portion.values
    return values is None or split.by_value(each.rule.config, [key])[0].values == values


def route(item: PricedItem, usage: MeteredUsage | None = None) -> dict[int | None, list[int]]:
    """Which rule prices which property key: positions in `usage.keys` by position in `rules`.

    None holds those nothing matches. `usage` is the item's own unless another is given.
    """
    usage = usage or item.usage
    return {} if usage is None else routing.route([each.config for each in item.rules], usage.keys)


def _of_item(item: PricedItem) -> Iterator[Slice]:
    if item.usage is None:
        return
    rules = [Ruled(each.config, each.state) for each in item.rules]
    for portion in routing.portions(rules, item.usage, deciding=item.tiering_usage):
        rule = item.rules[portion.rule]
        if not is_fee(item, rule):
            yield Slice(item, rule, portion)
