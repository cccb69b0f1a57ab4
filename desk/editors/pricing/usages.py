"""What is asked of a price: a quantity over some events, as the usage that is rated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from billing.calc.inputs import ChargeModel, PricedItem
from billing.calc.tax import TaxCategory, TaxDecision
from catalog.rating import rate
from catalog.rating.rules import pool
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from desk.editors.pricing import typed
from desk.editors.pricing.built import Terms
from kit.errors import InvalidField
from kit.money import EXACT

MOST_EVENTS = 10_000
BLANK = PricedItem(
    pricing_id="",
    pricing_name="",
    pricing_item_id="",
    product_item_ids=(),
    description="",
    model=ChargeModel.USAGE_BASED,
    rules=(),
    tax=TaxDecision("No tax", TaxCategory.NO_TAX, Decimal(0), (), ""),
)
"""An item of which only the rules and the usage matter."""


@dataclass(frozen=True)
class Question:
    """``quantity`` units (an amount on a money meter) over ``events`` events; ``view`` total or unit.

    ``deciding`` decides the bands where that is not the quantity itself.
    """

    quantity: Decimal
    events: int = 1
    view: str = "total"
    span: str = ""
    deciding: Decimal | None = None

    @classmethod
    def of(cls, data: Any, default: Decimal) -> Question:
        """What the form asks; anything that is no number asks for ``default``."""
        try:
            quantity = typed.number(data.get("preset") or data.get("quantity") or "", name="Quantity")
        except InvalidField:
            quantity = default
        events = data.get("events") or "1"
        count = int(events) if events.isdecimal() and len(events) < 6 else 1
        view = "unit" if data.get("view") == "unit" else "total"
        span = "all" if data.get("span") == "all" else ""
        return cls(quantity, max(1, min(count, MOST_EVENTS)), view, span, _deciding(data))

    @classmethod
    def of_rule(cls, data: Any, key: str) -> Question:
        """What the form asks of another rule, by its id; nothing where it asks nothing."""
        asked = {name: data.get(f"{name}_{key}") or "" for name in ("quantity", "events", "deciding")}
        return cls.of(asked, Decimal(0))

    @property
    def decides(self) -> Decimal:
        """The quantity that the bands are about."""
        return self.quantity if self.deciding is None else self.deciding

    def in_bands(self) -> Question:
        """Of a price whose bands another quantity decides: as much as the billed one unless it is told."""
        return replace(self, deciding=self.quantity) if self.deciding is None else self

    def by_itself(self) -> Question:
        """Of a price that only the billed quantity matters to."""
        return replace(self, deciding=None)

    def plus(self, other: Question) -> Question:
        """Both together."""
        quantity = EXACT.add(self.quantity, other.quantity)
        deciding = None
        if self.deciding is not None and other.deciding is not None:
            deciding = EXACT.add(self.deciding, other.deciding)
        return Question(quantity, min(self.events + other.events, MOST_EVENTS), deciding=deciding)


def usage_of(question: Question, terms: Terms, config: Config, quantity: Decimal) -> Usage:
    """The quantity as usage: one event, or as many as asked with equal shares."""
    currency = terms.currency if terms.is_money else None
    if not terms.is_money or question.events == 1:
        return Usage.one_event(quantity, currency=currency)
    if not rate.needs_events(config):
        return Usage(quantity, currency, question.events)
    return Usage.of_events(_shares(quantity, question.events), currency=currency)


def amount_of(question: Question, terms: Terms, config: Config, quantity: Decimal) -> Decimal:
    """What so much costs, whatever quantity is asked; what decides the bands is as asked."""
    usage = usage_of(question, terms, config, quantity)
    return pool.rate_alone(config, usage, deciding=question.deciding).amount


def _deciding(data: Any) -> Decimal | None:
    try:
        return typed.number(data.get("deciding") or "", name="It")
    except InvalidField:
        return None


def _shares(quantity: Decimal, count: int) -> list[Decimal]:
    """Equal events that add up exactly: the last takes the rest."""
    each = EXACT.divide(quantity, Decimal(count)).quantize(Decimal("0.01"))
    return [*([each] * (count - 1)), EXACT.subtract(quantity, each * (count - 1))]
