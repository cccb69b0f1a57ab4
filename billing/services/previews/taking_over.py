"""What a version charges once when it takes over: tried with the period that stands for those to come."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from billing.calc.inputs import ChargeModel
from billing.calc.schedule import BillingPeriod
from billing.calc.timeline import Part
from billing.selectors import agreed_prices
from billing.selectors.agreed_prices import Items
from billing.services.usage import one_offs
from billing.services.usage.sources import Bill


@dataclass(frozen=True, slots=True)
class Move:
    """A version takes over at ``at``; the product items ``charged`` have been charged once by then."""

    at: datetime
    charged: frozenset[str]

    def agreed(self, agreed: Mapping[int, Items], *, begins: Container[int]) -> dict[int, Items]:
        """With what is chosen when it takes over, all the time and nothing else.

        Without what is charged once, but for what is new in the schedules that begin.
        """
        return {
            key: tuple(
                each if each.active is None else replace(each, active=None)
                for each in agreed_prices.on(items, self.at)
                if each.model is not ChargeModel.ONE_OFF
                or (key in begins and self.charged.isdisjoint(one_offs.sold(each)))
            )
            for key, items in agreed.items()
        }


def begun(bill: Bill, *, begins: Container[int]) -> Bill:
    """The same period as the first of the schedules that begin."""
    return replace(bill, parts=tuple(_first(each) if each.key in begins else each for each in bill.parts))


def _first(part: Part) -> Part:
    """What bills in arrears and what bills ahead begin once each."""
    arrears = part.arrears and _begun(part.arrears)
    return replace(part, arrears=arrears, advance=(*map(_begun, part.advance[:1]), *part.advance[1:]))


def _begun(period: BillingPeriod) -> BillingPeriod:
    return replace(period, is_first=True)
