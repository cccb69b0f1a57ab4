"""What discounts, commitments and coupons aim at: charges, found by the ids of what they sell.

Levels from the narrowest to the widest: a rule, an item (of the plan or of the catalog), a product (or
its pricing), a product category, the total of the schedule.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from billing.calc.schedule import Active
from catalog.rating.comparisons import Comparator
from catalog.rating.rated import Rated
from catalog.rating.rules.conditions import COMPARISONS
from kit.errors import InvalidField
from kit.money import total

Ids = frozenset[str]


COMPARED = {
    Comparator.EQUALS: "exactly",
    Comparator.NOT_EQUALS: "not exactly",
    Comparator.GREATER_THAN: "more than",
    Comparator.GREATER_THAN_OR_EQUALS: "at least",
    Comparator.LESS_THAN: "less than",
    Comparator.LESS_THAN_OR_EQUALS: "at most",
}


class Level(StrEnum):
    RULE = "RULE"
    ITEM = "ITEM"
    PRODUCT = "PRODUCT"
    CATEGORY = "CATEGORY"
    TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Target:
    """A charge on the invoice: its rounded `amount`, when its period starts, and what it sells.

    `ids` holds, by level, all ids by which it is found there; `sold` the product items, which are the same
    in every plan version, and `prices` what its rule is for, which is the same in every version, too;
    `schedule_id` is whose it is. `rated` and `meter_value_id` are set for usage, for
    what is committed to or given away in units.
    """

    amount: Decimal
    start: datetime
    ids: Mapping[Level, Ids] = field(default_factory=dict)
    rated: Rated | None = None
    meter_value_id: str | None = None
    schedule_id: str = ""
    sold: Ids = frozenset()
    prices: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """The targets of these `ids` at a level; at level TOTAL every target, or those within `limits`.

    With a `schedule_id` only the targets of that schedule; `also` adds those of other scopes.

    `active` is when it is in force: a charge is meant when its period starts then, so that it has a
    discount as a whole or not at all.
    """

    level: Level
    ids: Ids = frozenset()
    active: Active | None = None
    limits: tuple[tuple[Level, Ids], ...] = ()
    schedule_id: str = ""
    also: "tuple[Scope, ...]" = ()

    def covers(self, target: Target) -> bool:
        return self._covers(target) or any(each.covers(target) for each in self.also)

    def _covers(self, target: Target) -> bool:
        if self.schedule_id and self.schedule_id != target.schedule_id:
            return False
        if self.active is not None and not self.active.contains(target.start):
            return False
        named = self.limits if self.level is Level.TOTAL else ((self.level, self.ids),)
        return not named or any(not ids.isdisjoint(target.ids.get(level, ())) for level, ids in named)

    def of(self, targets: Sequence[Target]) -> list[int]:
        """The positions of the targets it covers."""
        return [index for index, target in enumerate(targets) if self.covers(target)]


@dataclass(frozen=True, slots=True)
class AmountCondition:
    """A comparison with the charges as they were before any discount.

    Raises InvalidField for a comparator that amounts do not have.
    """

    comparator: Comparator
    amount: Decimal

    def __post_init__(self) -> None:
        if self.comparator not in COMPARISONS:
            raise InvalidField("amounts compare by size only", field="condition.comparator")

    def holds(self, amount: Decimal) -> bool:
        return COMPARISONS[self.comparator](amount, self.amount)


def sum_of(targets: Sequence[Target], indexes: Iterable[int]) -> Decimal:
    """The charges of these targets."""
    return total(targets[index].amount for index in indexes)
