"""Discounts, commitments and coupons of one schedule: lines of their own beside its charges.

In this order: discounts of rules, items, products and categories; commitments on what is left; then
discounts on the total, shortfalls included, and coupons. A discount has a line in each group and for
each tax it reduces, so that groups stay net and every part bears the tax of what it takes off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from billing.calc import commitments, discounts
from billing.calc.charge import Charge
from billing.calc.commitments import Shortfall
from billing.calc.discounts import CouponUse, DiscountType, Reduced, Taken
from billing.calc.inputs import Adjustments
from billing.calc.targets import Level, Target
from billing.calc.totals import total
from kit.errors import InvalidOperation
from kit.money import EXACT


class LineType(StrEnum):
    REVENUE = "REVENUE"
    COMMITMENT = "COMMITMENT"
    DISCOUNT = "DISCOUNT"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A line that is no charge: `amount` is below zero for a discount.

    It stands in the group of the charge `beside` and bears its tax.
    """

    type: LineType
    beside: Charge
    amount: Decimal
    description: str
    level: Level
    steps: tuple[dict[str, Any], ...]
    discount_type: DiscountType | None = None
    coupon: CouponUse | None = None


Bearing = tuple[Target, Charge]


def of_schedule(adjustments: Adjustments, charges: Sequence[Charge], currency: str) -> list[Adjustment]:
    """The adjustments of these charges of one schedule, in the order in which they apply.

    Raises InvalidOperation where a commitment is due but there is no charge beside which it can stand.
    """
    bearing: list[Bearing] = [(target_of(charge), charge) for charge in charges]
    first = _take(discounts.by_level(adjustments.discounts), bearing, None, currency)
    lines = list(_discounts(first, bearing, currency))
    due = commitments.shortfalls(adjustments.commitments, _targets(bearing), first.left, currency=currency)
    for shortfall in due:
        line = _commitment(shortfall, charges, currency)
        lines.append(line)
        bearing.append((replace(target_of(line.beside), amount=shortfall.amount, rated=None), line.beside))
    left = (*first.left, *(shortfall.amount for shortfall in due))
    last = [*discounts.on_total(adjustments.discounts), *adjustments.coupons]
    return [*lines, *_discounts(_take(last, bearing, left, currency), bearing, currency)]


def target_of(charge: Charge) -> Target:
    """A charge as discounts and commitments see it."""
    item = charge.item
    return Target(
        amount=charge.amount,
        start=charge.span.start,
        ids={
            Level.RULE: frozenset({charge.rule.config_id}),
            Level.ITEM: frozenset({item.pricing_item_id, *item.product_item_ids}),
            Level.PRODUCT: frozenset({item.pricing_id, *item.product_ids}),
            Level.CATEGORY: frozenset(item.product_category_ids),
        },
        rated=charge.rated if charge.is_usage else None,
        meter_value_id=item.meter_value_id,
    )


def _targets(bearing: Sequence[Bearing]) -> list[Target]:
    return [target for target, _ in bearing]


def _take(
    some: Sequence[discounts.Discount],
    bearing: Sequence[Bearing],
    left: Sequence[Decimal] | None,
    currency: str,
) -> Reduced:
    return discounts.take(some, _targets(bearing), currency=currency, left=left)


def _discounts(reduced: Reduced, bearing: Sequence[Bearing], currency: str) -> Iterator[Adjustment]:
    for taken in reduced.taken:
        by_place: dict[object, list[tuple[Charge, Decimal]]] = {}
        for index, part in taken.parts:
            charge = bearing[index][1]
            by_place.setdefault((charge.span, charge.item.pricing_id, charge.item.tax), []).append(
                (charge, part)
            )
        for parts in by_place.values():
            amount = total(part for _, part in parts)
            yield _discount(taken, parts[0][0], amount, currency)


def _discount(taken: Taken, beside: Charge, amount: Decimal, currency: str) -> Adjustment:
    steps = discounts.steps(taken, currency)
    if amount != taken.amount:
        steps.append(discounts.part_step(taken, amount, currency))
    return Adjustment(
        LineType.DISCOUNT,
        beside,
        EXACT.minus(amount),
        taken.discount.description,
        taken.discount.scope.level,
        tuple(steps),
        taken.discount.type,
        taken.discount.coupon,
    )


def _commitment(shortfall: Shortfall, charges: Sequence[Charge], currency: str) -> Adjustment:
    if not charges:
        message = "a commitment needs a charge of its schedule beside it"
        raise InvalidOperation(message, field="commitment")
    return Adjustment(
        LineType.COMMITMENT,
        charges[shortfall.beside or 0],
        shortfall.amount,
        shortfall.commitment.description,
        shortfall.commitment.scope.level,
        tuple(commitments.steps(shortfall, currency)),
    )
