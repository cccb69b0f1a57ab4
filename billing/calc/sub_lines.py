"""The parts of a line, which add up to it to the last digit: what is charged, then what changed the sum.

A charge is a band, a floor, a cap or a fee; a change is seats given back, proration, a quoted period, a
markup, the rounding, what was billed before. Amounts are in the currency of the invoice, with the sign of
the line: each is what there is after it less what there was before, so that a conversion or a deduction
needs no part of its own. `pricing_amount` is the same in the currency of the price.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.calc.charge import Charge
from billing.calc.inputs import ChargeModel, ItemType
from billing.calc.totals import ZERO
from catalog.rating.types import IN_BANDS
from kit.money import EXACT, plain

Json = dict[str, Any]
# Their steps tell what there is after them in the currency of the price, or of the invoice.
IN_PRICING_CURRENCY = frozenset({"SEATS", "PRORATION", "PRICING_PERIOD", "MARKUP"})
IN_BILLING_CURRENCY = frozenset({"ROUNDING", "ALREADY_BILLED"})
# No product of prices and rates has more places: what does is a quotient without end, which is cut half up.
MOST_PLACES = 60
CUT = Decimal(1).scaleb(-24)


def of(charge: Charge, details: Sequence[Json], steps: Sequence[Json], currency: str) -> list[Json]:
    """InvoiceSubLine of each part; none for a price that is one product and was not changed.

    `details` are those of the rating, `steps` those of the line. A conversion always tells which usage it
    converts.
    """
    converts = charge.item.model is ChargeModel.USAGE_BASED_CONVERSION
    parts = list(_parts(charge, details, steps, currency))
    if not converts and charge.rule.config.pricing_type not in IN_BANDS and len(parts) < 2:
        return []
    return [
        {
            "sub_line_order": order,
            "type": ChargeModel.USAGE_BASED_CONVERSION.value if converts and part["band"] else None,
            "description": part["description"],
            "details": part,
        }
        for order, part in enumerate(parts, 1)
    ]


def _parts(charge: Charge, details: Sequence[Json], steps: Sequence[Json], currency: str) -> Iterator[Json]:
    priced_in = charge.rated.currency or currency
    priced = so_far = ZERO
    for detail, rated in zip(details, charge.rated.details, strict=True):
        before, so_far = so_far, EXACT.add(so_far, rated.amount)
        priced = _billed(charge, so_far)
        part = EXACT.subtract(priced, _billed(charge, before))
        yield detail | _amounts(part, currency, rated.amount, priced_in)
    for step in steps:
        after = Decimal(step["amount"]) if _is_change(step) else None
        if after is None:
            continue
        own = None
        if step["type"] in IN_PRICING_CURRENCY:
            own, so_far = EXACT.subtract(after, so_far), after
            after = _billed(charge, after)
        change, priced = EXACT.subtract(after, priced), after
        if change:
            named = {"type": step["type"], "description": step["description"]}
            yield {**dict.fromkeys(NAMES), **named, **_amounts(change, currency, own, priced_in)}


def _is_change(step: Mapping[str, Any]) -> bool:
    return step["type"] in IN_PRICING_CURRENCY or step["type"] in IN_BILLING_CURRENCY


def _billed(charge: Charge, amount: Decimal) -> Decimal:
    """An amount of the price as the line bears it: converted, and deducted where that is meant."""
    found = amount if charge.exchange is None else charge.exchange.of(amount)
    if -int(found.as_tuple().exponent) > MOST_PLACES:
        found = found.quantize(CUT, context=EXACT)
    return EXACT.minus(found) if charge.item.type is ItemType.DEDUCTION else found


def _amounts(amount: Decimal, currency: str, own: Decimal | None, priced_in: str) -> Json:
    """What a part comes to on the invoice; ``own`` in the currency of the price, None where it has none."""
    return {
        "amount": {"quantity": plain(amount), "currency": currency},
        "pricing_currency": priced_in,
        "pricing_amount": None if own is None else {"quantity": plain(own), "currency": priced_in},
    }


# A part that is no charge has the fields of one.
NAMES = (
    "type",
    "description",
    "amount",
    "quantity",
    "times",
    "unit_price",
    "percentage",
    "price_bound",
    "band",
    "tiering_meter_value",
)
