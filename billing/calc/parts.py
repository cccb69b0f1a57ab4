"""The steps of a line as amounts that add up to it, to the last digit.

A step tells what there is after it; a part tells what it has added or taken away. So bands, markups,
proration, deduction and rounding stand side by side in the currency of the line.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from kit.money import EXACT, plain

Json = Mapping[str, Any]
ZERO = Decimal(0)
EXCHANGE, SHORTFALL, CHARGE, ALREADY_BILLED = "EXCHANGE", "SHORTFALL", "CHARGE", "ALREADY_BILLED"
# After these there is so much; the others tell of quantities, or of amounts that the line is compared with.
REACHED = frozenset(
    {
        *("SEATS", "PRORATION", "PRICING_PERIOD", "MARKUP", EXCHANGE, "DEDUCTION", "ROUNDING"),
        *("DISCOUNT", "LIMIT", "SHARE", SHORTFALL, ALREADY_BILLED),
    }
)
# What came before is told in another currency, or is what a shortfall is measured by.
ANEW = (EXCHANGE, SHORTFALL)


def of(steps: Sequence[Json], *, line_type: str) -> list[dict[str, str]]:
    """``{type, description, amount}`` of each step that changes the amount.

    Discounts reduce: their steps tell them without a sign. Where a line is converted its first part is the
    converted amount.
    """
    found, so_far = [], ZERO
    for step in _counting(steps):
        kind, amount = step["type"], _amount(step)
        if line_type == "DISCOUNT" and kind != ALREADY_BILLED:
            amount = EXACT.minus(amount)
        change = amount if kind == CHARGE else EXACT.subtract(amount, so_far)
        so_far = EXACT.add(so_far, change)
        if change or kind == CHARGE:
            found.append({"type": kind, "description": step["description"], "amount": plain(change)})
    return found


def _counting(steps: Sequence[Json]) -> Iterable[Json]:
    """The steps that count, from the last on which began anew."""
    places = [place for place, step in enumerate(steps) if step["type"] in ANEW]
    known = steps[places[-1] :] if places else steps
    return (step for step in known if step["type"] == CHARGE or step["type"] in REACHED)


def _amount(step: Json) -> Decimal:
    """A charge has its currency beside it."""
    amount = step["amount"]
    return Decimal(amount["quantity"] if isinstance(amount, Mapping) else amount)
