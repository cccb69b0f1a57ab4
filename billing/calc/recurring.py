"""What recurring charges come to once the discounts and commitments of their schedule are counted."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from billing.calc import commitments, discounts
from billing.calc.inputs import Adjustments
from billing.calc.targets import Target
from kit.money import total


def net(adjustments: Adjustments, targets: Sequence[Target], *, currency: str) -> Decimal:
    """What is left of a period's recurring charges, in the order in which an invoice adjusts them.

    Discounts below the total, then what is committed and not reached by these charges, then discounts on the
    total. Coupons and markups are no part of it.
    """
    narrow = discounts.take(discounts.by_level(adjustments.discounts), targets, currency=currency)
    due = commitments.shortfalls(adjustments.commitments, targets, narrow.left, currency=currency)
    missing = [_shortfall(each, targets) for each in due]
    known, left = [*targets, *missing], [*narrow.left, *(each.amount for each in due)]
    last = discounts.take(discounts.on_total(adjustments.discounts), known, currency=currency, left=left)
    return total(last.left)


def _shortfall(due: commitments.Shortfall, targets: Sequence[Target]) -> Target:
    """Beside the charge that it is for, if there is one."""
    beside = targets[due.beside or 0]
    return replace(beside, amount=due.amount, rated=None, meter_value_id=None)
