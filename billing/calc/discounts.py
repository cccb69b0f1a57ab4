"""What discounts take off, level by level: rules, items, products, categories, the total, coupons.

A discount is rounded half up to the minor unit and spread over its charges by largest remainder, so
that each charge keeps its tax. Several apply one after the other, in the given order within a level,
each to what the ones before have left. None takes more than there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from billing.calc import free_units
from billing.calc.targets import COMPARED, AmountCondition, Level, Scope, Target, sum_of
from billing.calc.totals import ZERO, allocate
from catalog.rating.explaining import steps as rating_steps
from kit.errors import InvalidField
from kit.money import EXACT, fixed, plain, round_half_up, total, unrounded
from kit.period import format_instant

LEVELS = (Level.RULE, Level.ITEM, Level.PRODUCT, Level.CATEGORY)
HUNDRED = Decimal(100)


class DiscountType(StrEnum):
    """What is taken off: a part, an amount, or the price of some units."""

    PERCENTAGE = "PERCENTAGE"
    AMOUNT = "AMOUNT"
    USAGE = "USAGE"


@dataclass(frozen=True, slots=True)
class CouponUse:
    """The coupon behind a discount, and the promotion code it was redeemed by."""

    coupon_id: str
    promotion_code_id: str | None = None
    name: str = ""
    code: str | None = None

    @property
    def words(self) -> str:
        """What an invoice calls it."""
        return f"Coupon {self.name} ({self.code})" if self.code else f"Coupon {self.name}"


@dataclass(frozen=True, slots=True)
class Discount:
    """`value` is percents, an amount in the invoice's currency, or units of the meter value.

    `name` is where it stands among the terms of its schedule, `names` where by the ids of further schedules
    that have it, too; `since` is its own first instant, where its schedule says one. Over several charges an
    amount is taken off once, from all of them together. Raises InvalidField for a negative value.
    """

    type: DiscountType
    value: Decimal
    scope: Scope
    description: str
    condition: AmountCondition | None = None
    coupon: CouponUse | None = None
    meter_value_id: str | None = None
    name: str = ""
    since: datetime | None = None
    names: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.value < 0:
            raise InvalidField("a discount is not negative", field=self.type.value.lower())

    def name_in(self, schedule_id: str) -> str:
        """Where it stands among the terms of this schedule."""
        return dict(self.names).get(schedule_id, self.name)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one discount took: `amount` of `base`, in `parts` by position of the charge.

    `charged` is what its condition was compared with; None without one.
    """

    discount: Discount
    base: Decimal
    unrounded: Decimal
    amount: Decimal
    parts: tuple[tuple[int, Decimal], ...]
    charged: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reduced:
    """The discounts that took something, in order, and what is left of each charge."""

    taken: tuple[Taken, ...]
    left: tuple[Decimal, ...]

    @property
    def amount(self) -> Decimal:
        return total(each.amount for each in self.taken)


def take(
    discounts: Sequence[Discount],
    targets: Sequence[Target],
    *,
    currency: str,
    left: Sequence[Decimal] | None = None,
) -> Reduced:
    """Apply discounts one after the other, as given. `left` is what earlier ones have left."""
    rest = [target.amount for target in targets] if left is None else list(left)
    taken = []
    for discount in discounts:
        each = _take(discount, targets, rest, currency)
        if each is not None and each.amount:
            taken.append(each)
            for index, part in each.parts:
                rest[index] = EXACT.subtract(rest[index], part)
    return Reduced(tuple(taken), tuple(rest))


def by_level(discounts: Sequence[Discount]) -> list[Discount]:
    """Those below the total, the narrowest level first, in the given order within a level."""
    return [each for level in LEVELS for each in discounts if each.scope.level is level]


def on_total(discounts: Sequence[Discount]) -> list[Discount]:
    return [each for each in discounts if each.scope.level is Level.TOTAL]


def of_change(
    discounts: Sequence[Discount], before: Sequence[Target], after: Sequence[Target], *, currency: str
) -> Decimal:
    """How much more is taken off after a change than before it: both sides, never the difference alone.

    An amount off a price that rises stays the same amount, so the change is discounted by nothing.
    """
    both = [take(discounts, side, currency=currency).amount for side in (before, after)]
    return EXACT.subtract(both[1], both[0])


def steps(taken: Taken, currency: str, sold: Sequence[str] = ()) -> list[dict[str, Any]]:
    """How the discount came about, as data. `sold` names what it is off, where that is not everything."""
    base = fixed(taken.base, currency)
    off = {"items": [*sold]} if sold else {}
    words = f"Charges of {base} {currency}{' for ' if sold else ''}{', '.join(sold)}"
    limited = taken.unrounded > taken.base
    limit = {"type": "LIMIT", "description": f"No more than the {base} {currency} there are", "amount": base}
    return [
        {"type": "BASE", "description": words, "amount": base, **off},
        *_terms(taken, currency),
        {
            "type": "DISCOUNT",
            "description": _words(taken, currency),
            "discount_type": taken.discount.type.value,
            "value": plain(taken.discount.value),
            "amount": plain(taken.unrounded),
        },
        *([limit] if limited else []),
        *rating_steps.rounding(min(taken.unrounded, taken.base), currency),
    ]


def _terms(taken: Taken, currency: str) -> Iterator[dict[str, Any]]:
    """When it is taken off: its own days, and its condition with what that was compared with."""
    discount, active = taken.discount, taken.discount.scope.active
    if active and (discount.since or active.end):
        start, end = format_instant(active.start), format_instant(active.end) if active.end else None
        words = f"From {start}{f' until {end}' if end else ''}"
        yield {"type": "IN_FORCE", "description": words, "start_at": start, "end_at": end}
    if discount.condition and taken.charged is not None:
        bound, charged = unrounded(discount.condition.amount, currency), fixed(taken.charged, currency)
        asked = f"If the charges are {COMPARED[discount.condition.comparator]} {bound} {currency}"
        yield {
            "type": "CONDITION",
            "description": f"{asked}: before any discount they are {charged} {currency}",
            "comparator": discount.condition.comparator.value,
            "value": bound,
            "amount": charged,
        }


def part_step(taken: Taken, part: Decimal, currency: str) -> dict[str, Any]:
    """The part of a discount on one line, where it is spread over several."""
    own, whole = fixed(part, currency), fixed(taken.amount, currency)
    return {"type": "SHARE", "description": f"{own} of these {whole} {currency} here", "amount": own}


def _take(
    discount: Discount, targets: Sequence[Target], left: Sequence[Decimal], currency: str
) -> Taken | None:
    indexes = meant(discount, targets)
    charged = sum_of(targets, indexes) if discount.condition else None
    if discount.condition and charged is not None and not discount.condition.holds(charged):
        return None
    base = max(total(left[index] for index in indexes), ZERO)
    unrounded = _unrounded(discount, targets, indexes, base)
    amount = min(round_half_up(unrounded, currency), base)
    if not amount:
        return None
    weights = [Fraction(max(left[index], ZERO)) for index in indexes]
    parts = zip(indexes, allocate(amount, weights, currency), strict=True)
    return Taken(discount, base, unrounded, amount, tuple(pair for pair in parts if pair[1]), charged)


def meant(discount: Discount, targets: Sequence[Target]) -> list[int]:
    """The charges that it covers; what is for one meter value is taken off its usage only."""
    covered = discount.scope.of(targets)
    if discount.meter_value_id is None:
        return covered
    return [index for index in covered if targets[index].meter_value_id == discount.meter_value_id]


def _unrounded(
    discount: Discount, targets: Sequence[Target], indexes: Sequence[int], base: Decimal
) -> Decimal:
    match discount.type:
        case DiscountType.PERCENTAGE:
            return EXACT.divide(EXACT.multiply(base, discount.value), HUNDRED)
        case DiscountType.AMOUNT:
            return discount.value
        case DiscountType.USAGE:
            return free_units.worth([targets[index] for index in indexes], discount.value)


def _words(taken: Taken, currency: str) -> str:
    discount, base = taken.discount, fixed(taken.base, currency)
    match discount.type:
        case DiscountType.PERCENTAGE:
            return f"{plain(discount.value)}% of {base} {currency}"
        case DiscountType.AMOUNT:
            return f"{plain(discount.value)} {currency} off"
        case DiscountType.USAGE:
            return f"The first {plain(discount.value)} units free"
