"""A charge: one rated price for one span, from the rated amount to what a line bears before tax."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from billing.calc.allowances import NOTHING, Taken
from billing.calc.currencies import Exchange
from billing.calc.inputs import METERED, ByRule, ChargeModel, PricedItem, PricedRule, ScheduleInputs
from billing.calc.item_period import Quoted
from billing.calc.markup import Added
from billing.calc.proration import Share
from billing.calc.seats import RatedChange
from billing.calc.totals import ZERO
from catalog.rating.rated import Rated
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.types import Config, PricingType
from catalog.rating.usage import Usage
from kit.money import EXACT, MAX_DECIMALS, plain
from kit.period import Span

TWELFTH = Decimal(1).scaleb(-MAX_DECIMALS)


@dataclass(frozen=True, slots=True)
class Late:
    """What a charge adds to a period billed before: its `total`, less what was `billed` for it.

    `taken` is what the period had taken of included volumes and bundles when it was billed.
    """

    invoice_id: str
    invoice_number: str
    total: Decimal
    billed: Decimal
    taken: Taken = NOTHING


@dataclass(frozen=True, slots=True)
class Charge:
    """One rated price for one span: a line before tax.

    `unrounded` is the rated amount after proration, `amount` the same half up to the minor unit, in
    the invoice's currency and as quoted (with or without tax). `share` is None for what is never
    prorated: usage and one-offs. `positions` are the keys it prices in `usage`, `values` those of the split
    properties. What else changed the rated amount stands in `seats`, `quoted`, `markups` and
    `exchange`, in this order; a deduction turns the sign. `of_item` is the usage of all lines of the
    item, `reports` what its other calculations say of the usage of this one. On a charge for a period
    billed before, `late` is set and `amount` is the difference, which may be negative.
    """

    schedule: ScheduleInputs
    item: PricedItem
    rule: PricedRule
    span: Span
    rated: Rated
    share: Share | None
    unrounded: Decimal
    amount: Decimal
    positions: tuple[int, ...] = ()
    late: Late | None = None
    values: tuple[str | None, ...] | None = None
    seats: RatedChange | None = None
    quoted: Quoted | None = None
    markups: tuple[Added, ...] = ()
    exchange: Exchange | None = None
    of_item: Decimal = ZERO
    reports: tuple[tuple[str, Usage], ...] = ()
    usage: MeteredUsage | None = None

    @property
    def place(self) -> ByRule:
        """By what it is found again on a final invoice."""
        return self.item.pricing_item_id, self.rule.config_id, self.span.start, self.values

    @property
    def share_of_item(self) -> str | None:
        """Which part of the usage of the item the line bills, 12 places; None where that is not positive."""
        if not self.is_usage or self.of_item <= 0:
            return None
        return plain(EXACT.divide(self.rated.usage.quantity, self.of_item).quantize(TWELFTH, context=EXACT))

    @property
    def is_usage(self) -> bool:
        """Whether it is for what was metered, not a fee."""
        return not is_fee(self.item, self.rule)

    @property
    def quantity(self) -> Decimal:
        """What the line counts: the usage, what a fee is multiplied with, the seats added."""
        return self.rated.usage.quantity if self.seats is None else self.seats.change.difference


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Usage that no rule of the item prices: shown beside the invoice, never dropped in silence."""

    schedule_id: str
    pricing_item_id: str
    properties: Mapping[str, str]
    quantity: Decimal

    def to_dict(self) -> dict[str, Any]:
        return {
            "pricing_plan_schedule_id": self.schedule_id,
            "pricing_item_id": self.pricing_item_id,
            "properties": dict(sorted(self.properties.items())),
            "quantity": plain(self.quantity),
        }


class Modeled(Protocol):
    """An item: what kind of thing it sells."""

    @property
    def model(self) -> ChargeModel: ...


class Priced(Protocol):
    """A rule: how it is priced."""

    @property
    def config(self) -> Config: ...


def is_fee(item: Modeled, rule: Priced) -> bool:
    """Whether the price does not depend on usage: a FIXED price, or an item that is not metered."""
    return item.model not in METERED or rule.config.pricing_type is PricingType.FIXED
