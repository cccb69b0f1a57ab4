"""What changed a rated amount on its way to the line, step by step, as data.

In the order of `derive`: seats given back, proration or the quoted period, markups, exchange, deduction.
"""

from typing import Any

from billing.calc import currencies, item_period, markup, proration
from billing.calc.charge import Charge
from billing.calc.inputs import ItemType
from kit.money import plain
from kit.period import format_instant


def of(charge: Charge, currency: str) -> list[dict[str, Any]]:
    """The steps between the rated total and the rounding; none where nothing changed it."""
    priced_in = charge.rated.currency or currency
    full = charge.rated.amount if charge.seats is None else charge.seats.full
    steps = _seats(charge, priced_in)
    amount = full
    if charge.quoted is not None:
        amount = charge.quoted.of(full)
        steps.append(item_period.step(charge.quoted, amount, priced_in))
    elif charge.share is not None and not charge.share.is_whole:
        amount = charge.share.of(full)
        steps.append(proration.step(charge.share, amount))
    for added in charge.markups:
        amount = added.total
        steps.append(markup.step(added, priced_in))
    if charge.exchange is not None:
        steps.append(currencies.step(charge.exchange, amount, charge.exchange.of(amount)))
    return [*steps, *_deduction(charge, currency)]


def _seats(charge: Charge, currency: str) -> list[dict[str, Any]]:
    """A change of seats: the price for those after it less the price for those before."""
    if charge.seats is None or not charge.seats.change.before:
        return []
    change, full = charge.seats.change, plain(charge.seats.full)
    return [
        {
            "type": "SEATS",
            "description": (
                f"{plain(change.after)} seats instead of {plain(change.before)}: {full} {currency} a period"
            ),
            "from": format_instant(change.at),
            "before": plain(change.before),
            "after": plain(change.after),
            "amount": full,
        }
    ]


def _deduction(charge: Charge, currency: str) -> list[dict[str, Any]]:
    if charge.item.type is not ItemType.DEDUCTION:
        return []
    amount = plain(charge.unrounded)
    return [{"type": "DEDUCTION", "description": f"Deducted: {amount} {currency}", "amount": amount}]
