"""What the same usage comes to by two sets of prices: now and then, by line, with and without tax."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from billing.calc.content import InvoiceContent
from kit.money import EXACT, fixed

ZERO = Decimal(0)
ADJUSTMENTS = "Discounts and commitments"
LineKey = tuple[tuple[str, ...], str]


@dataclass
class Compared:
    """An amount now and then."""

    now: Decimal = ZERO
    then: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """What it comes to then, more than now."""
        return EXACT.subtract(self.then, self.now)

    def add(self, now: Decimal, then: Decimal) -> None:
        self.now, self.then = EXACT.add(self.now, now), EXACT.add(self.then, then)

    def to_dict(self, currency: str) -> dict[str, Any]:
        amounts = {"now": self.now, "then": self.then, "difference": self.difference}
        return {
            name: {"quantity": fixed(amount, currency), "currency": currency}
            for name, amount in amounts.items()
        }


@dataclass
class Outcome:
    """Invoices of one customer in one currency.

    ``lines`` are by (product item ids, description) and add up to ``total``, both without tax.
    ``problems`` tell which periods cannot be drafted; these count on neither side. ``lost`` tells what was
    agreed and has no place in the version that is tried.
    """

    customer_id: str
    currency: str
    total: Compared = field(default_factory=Compared)
    tax: Compared = field(default_factory=Compared)
    lines: dict[LineKey, Compared] = field(default_factory=lambda: defaultdict(Compared))
    periods: int = 0
    problems: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def add(self, now: InvoiceContent, then: InvoiceContent) -> None:
        """One more invoice, drafted by both."""
        self.total.add(now.totals.excluding_tax, then.totals.excluding_tax)
        self.tax.add(now.totals.tax, then.totals.tax)
        for line, amount in _amounts(now):
            self.lines[line].add(amount, ZERO)
        for line, amount in _amounts(then):
            self.lines[line].add(ZERO, amount)

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the API: amounts without tax, and the tax beside them."""
        return {
            "customer_id": self.customer_id,
            "periods": self.periods,
            **self.total.to_dict(self.currency),
            "tax": self.tax.to_dict(self.currency),
            "lines": [
                {"product_item_ids": list(ids), "description": name, **amounts.to_dict(self.currency)}
                for (ids, name), amounts in self.lines.items()
            ],
            "problems": [*self.lost, *self.problems],
        }


def _amounts(content: InvoiceContent) -> Iterator[tuple[LineKey, Decimal]]:
    for line in content.lines:
        item = line.charge.item
        yield (item.product_item_ids, item.description), line.taxed.excluding_tax
    for each in content.adjustments:
        yield ((), ADJUSTMENTS), each.taxed.excluding_tax
