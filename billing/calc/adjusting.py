"""Discounts, commitments and coupons of one schedule: lines of their own beside its charges.

In this order: discounts of rules, items, products and categories; commitments on what is left; then
discounts on the total, shortfalls included, and coupons. A discount has a line in each group and for
each tax it reduces, so that groups stay net and every part bears the tax of what it takes off.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from billing.calc import commitments, discounts, shared_discounts
from billing.calc.charge import Charge, Late
from billing.calc.commitments import Billed, Shortfall
from billing.calc.discounts import CouponUse, DiscountType, Reduced, Taken
from billing.calc.inputs import Adjustments, PricedItem, PricedRule
from billing.calc.targets import Level, Target
from billing.calc.totals import ZERO
from kit.errors import InvalidOperation
from kit.money import EXACT, total


class LineType(StrEnum):
    REVENUE = "REVENUE"
    COMMITMENT = "COMMITMENT"
    DISCOUNT = "DISCOUNT"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A line that is no charge: `amount` is below zero for a discount.

    It stands in the group of the charge `beside` and bears its tax. `name` is that of the discount or
    commitment; on a change to a period billed before `late` is set and `amount` is the difference.
    """

    type: LineType
    beside: Charge
    amount: Decimal
    description: str
    level: Level
    steps: tuple[dict[str, Any], ...]
    discount_type: DiscountType | None = None
    coupon: CouponUse | None = None
    name: str = ""
    late: Late | None = None


Bearing = tuple[Target, Charge]


Adjusted = tuple[Adjustments, Sequence[Charge], Sequence[Charge]]
"""What a schedule adjusts: its charges on this invoice, and the fees billed earlier for the period."""


def of_schedule(adjustments: Adjustments, charges: Sequence[Charge], currency: str) -> list[Adjustment]:
    """The adjustments of these charges of one schedule, in the order in which they apply.

    Raises InvalidOperation where a commitment is due but there is no charge beside which it can stand.
    """
    return of_schedules([(adjustments, charges, ())], currency)


def of_schedules(schedules: Sequence[Adjusted], currency: str) -> list[Adjustment]:
    """The same for all schedules of one invoice; what each of them takes off the total comes last.

    A discount on the total that several schedules name is taken off once, from all of them; so is an
    amount off the same sold things.
    """
    own: list[list[Bearing]] = [
        [(target_of(charge), charge) for charge in charges] for _, charges, _ in schedules
    ]
    bearing = [each for several in own for each in several]
    asked = [
        (adjustments.discounts, _sells(charges) if adjustments.discounts else ())
        for adjustments, charges, _ in schedules
    ]
    narrow = _take(shared_discounts.below_total(asked), bearing, None, currency)
    lines = list(_discounts(narrow, bearing, currency))
    left = list(narrow.left)
    for line in _committed(schedules, own, narrow.left, currency):
        lines.append(line)
        bearing.append((replace(target_of(line.beside), amount=line.amount, rated=None), line.beside))
        left.append(line.amount)
    each_on_total = [discounts.on_total(adjustments.discounts) for adjustments, _, _ in schedules]
    coupons = [adjustments.coupons for adjustments, _, _ in schedules]
    last = [*shared_discounts.together(each_on_total), *shared_discounts.together(coupons)]
    return [*lines, *_discounts(_take(last, bearing, left, currency), bearing, currency)]


def of_change(
    before: Sequence[Adjusted], after: Sequence[Adjusted], late: Late, currency: str
) -> list[Adjustment]:
    """How the adjustments of an invoice change with its charges; `late` names the invoice."""
    billed, now = (_by_place(of_schedules(side, currency)) for side in (before, after))
    found = []
    for place in {**now, **billed}:
        old, new = billed.get(place, []), now.get(place, [])
        was, is_now = total(each.amount for each in old), total(each.amount for each in new)
        if was != is_now:
            change = replace(late, total=is_now, billed=was)
            line = (new or old)[0]
            found.append(replace(line, amount=EXACT.subtract(is_now, was), late=change))
    return found


def as_billed(
    adjustments: Adjustments, taken: Mapping[str, Decimal], committed: Mapping[str, Billed]
) -> Adjustments:
    """The same with free units and commitments as the amounts they came to when the period was billed.

    What has been billed tells no longer which units were free, nor for how long something was committed.
    """
    return replace(
        adjustments,
        commitments=commitments.as_billed(adjustments.commitments, committed),
        coupons=tuple(
            replace(
                each, type=DiscountType.AMOUNT, value=taken.get(each.coupon.coupon_id, ZERO), condition=None
            )
            if each.coupon is not None and each.type is DiscountType.USAGE
            else each
            for each in adjustments.coupons
        ),
    )


def _committed(
    schedules: Sequence[Adjusted], own: Sequence[Sequence[Bearing]], left: Sequence[Decimal], currency: str
) -> Iterator[Adjustment]:
    """What is missing to the commitments of each schedule, after the discounts below the total."""
    rest = iter(left)
    for (adjustments, charges, paid), bearing in zip(schedules, own, strict=True):
        known, after = _of_period(adjustments, bearing, [next(rest) for _ in bearing], paid, currency)
        for due in commitments.shortfalls(adjustments.commitments, _targets(known), after, currency=currency):
            yield _commitment(due, [charge for _, charge in known] or charges, currency)


def _of_period(
    adjustments: Adjustments,
    bearing: Sequence[Bearing],
    left: Sequence[Decimal],
    paid: Sequence[Charge],
    currency: str,
) -> tuple[list[Bearing], list[Decimal]]:
    """What counts towards the commitments of the period that ran: fees for it, whenever they were billed.

    Fees for a period to come count there.
    """
    own = [(each, rest) for each, rest in zip(bearing, left, strict=True) if not _is_ahead(each[1])]
    earlier: list[Bearing] = [(target_of(charge), charge) for charge in paid]
    reduced = _take(discounts.by_level(adjustments.discounts), earlier, None, currency)
    return [*(each for each, _ in own), *earlier], [*(rest for _, rest in own), *reduced.left]


def _is_ahead(charge: Charge) -> bool:
    ran = charge.schedule.arrears
    return ran is not None and charge.span.start >= ran.span.end


def _by_place(lines: Sequence[Adjustment]) -> dict[object, list[Adjustment]]:
    found: dict[object, list[Adjustment]] = {}
    for line in lines:
        beside = line.beside
        ids = beside.schedule.schedule_id, beside.item.pricing_id
        found.setdefault((line.type, line.name, *ids, beside.span, beside.item.tax), []).append(line)
    return found


def target_of(charge: Charge) -> Target:
    """A charge as discounts and commitments see it."""
    target = _target(charge, charge.item, charge.rule)
    return replace(target, amount=charge.amount, rated=charge.rated if charge.is_usage else None)


def _sells(charges: Sequence[Charge]) -> list[Target]:
    """All that the schedule of these charges sells in their periods, charged on this invoice or not."""
    return [
        _target(charge, item, rule)
        for charge in {each.span.start: each for each in charges}.values()
        for item in charge.schedule.items
        for rule in item.rules
    ]


def _target(beside: Charge, item: PricedItem, rule: PricedRule) -> Target:
    """What a rule of an item would charge beside this charge."""
    return Target(
        amount=ZERO,
        start=beside.span.start,
        ids={
            Level.RULE: rule.ids,
            Level.ITEM: item.other_ids | {item.pricing_item_id, *item.product_item_ids},
            Level.PRODUCT: item.other_ids | {item.pricing_id, *item.product_ids},
            Level.CATEGORY: frozenset(item.product_category_ids),
        },
        meter_value_id=item.meter_value_id,
        schedule_id=beside.schedule.schedule_id,
        sold=frozenset(item.product_item_ids),
        prices=frozenset(_prices(item, rule)),
    )


def _prices(item: PricedItem, rule: PricedRule) -> Iterator[Hashable]:
    """What the rule prices: the usage of each product item under its conditions; alone, the product item."""
    tests = frozenset(rule.config.tests)
    for each in item.product_item_ids:
        yield each, tests
        if len(item.rules) == 1:
            yield each


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
            ids = charge.schedule.schedule_id, charge.item.pricing_id
            by_place.setdefault((charge.span, *ids, charge.item.tax), []).append((charge, part))
        sold = _sold(taken, bearing)
        for parts in by_place.values():
            amount = total(part for _, part in parts)
            yield _discount(taken, parts[0][0], amount, sold, currency)


def _sold(taken: Taken, bearing: Sequence[Bearing]) -> list[str]:
    """What a discount is off by name; nothing where that is all of the invoice, or has no name."""
    scope = taken.discount.scope
    if scope.level is Level.TOTAL and not scope.limits:
        return []
    names = dict.fromkeys(bearing[index][1].item.description for index, _ in taken.parts)
    return [name for name in names if name]


def _discount(
    taken: Taken, beside: Charge, amount: Decimal, sold: Sequence[str], currency: str
) -> Adjustment:
    steps = discounts.steps(taken, currency, sold)
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
        taken.discount.name_in(beside.schedule.schedule_id),
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
        name=shortfall.commitment.name,
    )
