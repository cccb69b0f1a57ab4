"""Usage that somebody assumes, in place of what was metered: for previews, never for an invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from billing.selectors.item_terms import ItemTerms
from catalog.rating.usage import Usage

# Product item (public id) -> the quantity assumed in each period.
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


def usage_of(item: ItemTerms, assumed: Assumed, *, currency: str) -> AssumedUsage | None:
    """What is assumed of the item, or None where nothing is."""
    found = [assumed[each["id"]] for each in item.product_items if each["id"] in assumed]
    if not found or item.measure is None:
        return None
    return AssumedUsage(found[0], currency if item.is_amount else None, item.measure.calculation_type)
