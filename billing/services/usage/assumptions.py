"""Usage that somebody assumes, in place of what was metered: for previews, never for an invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from billing.calc import proration
from billing.calc.timeline import Part
from billing.selectors.item_terms import ItemTerms
from catalog.rating.usage import Usage

# Product item (public id) -> the quantity assumed in each period; parts of one share it by their days.
Assumed = Mapping[str, Decimal]
NOTHING: Assumed = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class AssumedUsage:
    """So much in each period, under no property; one event where single events count."""

    quantity: Decimal
    currency: str | None
    calculation: str

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return ({},)

    def over(self, positions: Sequence[int]) -> Usage:
        quantity = self.quantity if positions else Decimal(0)
        values = (quantity,) if positions else ()
        return Usage(
            quantity,
            currency=self.currency,
            events=len(values),
            values=values,
            calculation=self.calculation,
        )


def of_part(assumed: Assumed, part: Part, sold: Sequence[tuple[Part, Sequence[ItemTerms]]]) -> Assumed:
    """What is assumed in one of the parts that an invoice bills of a period.

    The assumption is for the period: an item that several parts sell is used in each by its days. What does
    not add up, such as a maximum, is the same in each.
    """
    found = dict(assumed)
    for key, quantity in assumed.items():
        selling = [
            each for each, items in sold if each.arrears and any(_adds_up(item, key) for item in items)
        ]
        if len(selling) > 1 and part in selling:
            days = [each.arrears.share.days for each in selling if each.arrears]
            if any(days):
                found[key] = proration.shared_out(quantity, days)[selling.index(part)]
    return found


def _adds_up(item: ItemTerms, key: str) -> bool:
    measure = item.measure
    sells = any(each["id"] == key for each in item.product_items)
    return sells and measure is not None and measure.calculation_type == "SUM"


def usage_of(item: ItemTerms, assumed: Assumed, *, currency: str) -> AssumedUsage | None:
    """What is assumed of the item, or None where nothing is."""
    found = [assumed[each["id"]] for each in item.product_items if each["id"] in assumed]
    if not found or item.measure is None:
        return None
    return AssumedUsage(found[0], currency if item.is_amount else None, item.measure.calculation_type)
