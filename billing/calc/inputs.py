"""What assembly needs to know, frozen: the same inputs give the same invoice, to the byte.

Selectors gather these for drafts and finalisation, the preview invents them, a replay reads them
back. Prices, usage and tax decisions are values here; nothing is looked up while assembling.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from billing.calc.allowances import Taken
from billing.calc.commitments import Billed, Commitment
from billing.calc.currencies import NO_RATES, Rates
from billing.calc.discounts import Discount
from billing.calc.markup import Markup
from billing.calc.schedule import Active, BillingPeriod, Cadence
from billing.calc.seats import SeatCount
from billing.calc.tax import TaxDecision
from billing.calc.totals import ZERO, AmountType
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.siblings import NOBODY, Others
from catalog.rating.types import Config
from catalog.rating.volume import FRESH, State
from kit.period import Period, Span

ONE = Decimal(1)
Values = tuple[str | None, ...]
# Pricing item and rule, when the span of the line starts, and the values of a split line.
ByRule = tuple[str, str, datetime, Values | None]


class ChargeModel(StrEnum):
    """The `model_type` of a product item, as far as it is billed."""

    USAGE_BASED = "USAGE_BASED"
    USAGE_BASED_CONVERSION = "USAGE_BASED_CONVERSION"
    PER_SEAT = "PER_SEAT"
    RECURRING = "RECURRING"
    ONE_OFF = "ONE_OFF"


METERED = frozenset({ChargeModel.USAGE_BASED, ChargeModel.USAGE_BASED_CONVERSION})


class ItemType(StrEnum):
    """Whether a product item adds to the invoice or reduces it."""

    REVENUE = "REVENUE"
    DEDUCTION = "DEDUCTION"


@dataclass(frozen=True, slots=True)
class PricedRule:
    """A pricing item config (a rule) with its id; `config` holds its conditions and its price.

    `pricing_period` is what the price is quoted for where that is not the billed period. `seats` are the
    dated seats of a PER_SEAT item, with `default_seats` where none is in force; `seats_currency`
    where the price is of money, not of a number. `state` is what earlier periods left of its included volume
    and bundles. `original_id` is the rule of the plan that a rule of
    the schedule's own stands for; `root_id` names both, so that what goes on is found under it. What is
    `on_demand` is charged only by an invoice that is asked for.
    """

    config_id: str
    config: Config
    billing_in_advance: bool = False
    pricing_period: Period | None = None
    seats: tuple[SeatCount, ...] = ()
    default_seats: Decimal = ZERO
    seats_currency: str | None = None
    state: State = FRESH
    original_id: str | None = None
    on_demand: bool = False

    @property
    def ids(self) -> frozenset[str]:
        """The ids by which terms of the schedule find it."""
        return frozenset({self.config_id, self.root_id})

    @property
    def root_id(self) -> str:
        """The id of the plan's rule that it is, or stands for."""
        return self.original_id or self.config_id


@dataclass(frozen=True, slots=True)
class Usages:
    """The usage of an item in some time: what is billed, and what decides the bands where that is another.

    `siblings` have what the other subscriptions of the group used.
    """

    billed: MeteredUsage
    deciding: MeteredUsage | None = None
    siblings: Others = NOBODY


@dataclass(frozen=True, slots=True)
class Stretch:
    """What an invoice bills of one pricing period of usage that is not priced by the billed period.

    `span` is the part that is billed, `own` its usage. `so_far` is the usage since `start`, when the pricing
    period began, with all of which the bands are reached; `before` what of it came before the span, None
    where nothing can have. In `so_far` the keys of `before` come first, then those of `own`. `configs` are
    the item's rules as they are in this pricing period; `reports` as of the item.
    """

    start: datetime
    span: Span
    own: MeteredUsage
    so_far: Usages
    configs: tuple[Config, ...]
    before: Usages | None = None
    reports: tuple[tuple[str, MeteredUsage], ...] = ()


@dataclass(frozen=True, slots=True)
class PricedItem:
    """A pricing item of the plan with its rules in order, its usage and the tax it bears.

    `usage` is that of the schedule's arrears period, None for an item without a meter. `quantity`
    is what a fee is multiplied with. `unit` is the name of what is counted, for print. A DEDUCTION
    reduces the invoice. `tiering_usage` decides the bands where that is another calculation than the
    one billed; `reports` are further calculations by id, for show. The ids of what is sold are those by
    which discounts find it, `other_ids` those of what it stands for. `active` is when an item is on that is
    chosen for a part of the schedule; None is as long as the schedule. `stretches` stand in place of `usage`
    where the price of usage is for another period than the billed one. `siblings` have what the other
    subscriptions of the group used. A one-off that is `charged_before` was due in an earlier schedule.
    """

    pricing_id: str
    pricing_name: str
    pricing_item_id: str
    product_item_ids: tuple[str, ...]
    description: str
    model: ChargeModel
    rules: tuple[PricedRule, ...]
    tax: TaxDecision
    usage: MeteredUsage | None = None
    meter_value_reference: str | None = None
    unit: str | None = None
    quantity: Decimal = ONE
    type: ItemType = ItemType.REVENUE
    tiering_usage: MeteredUsage | None = None
    meter_value_id: str | None = None
    product_ids: tuple[str, ...] = ()
    product_category_ids: tuple[str, ...] = ()
    reports: tuple[tuple[str, MeteredUsage], ...] = ()
    active: Active | None = None
    other_ids: frozenset[str] = frozenset()
    stretches: tuple[Stretch, ...] = ()
    siblings: Others = NOBODY
    charged_before: bool = False

    @property
    def usages(self) -> tuple[MeteredUsage, ...]:
        """The usage that is billed: of the period, or of each pricing period in it."""
        if self.stretches:
            return tuple(each.own for each in self.stretches)
        return () if self.usage is None else (self.usage,)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What a schedule changes about its charges. Coupons come after every other discount."""

    markups: tuple[Markup, ...] = ()
    discounts: tuple[Discount, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    coupons: tuple[Discount, ...] = ()


UNADJUSTED = Adjustments()


@dataclass(frozen=True, slots=True)
class Demand:
    """What someone asked to be charged: pricing items by id, in order, at an instant."""

    at: datetime
    pricing_item_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduleInputs:
    """One schedule on this invoice: the period billed in arrears and those billed in advance.

    `arrears` is None on an invoice that only bills ahead. See `charges.in_advance` for `advance`.
    `cadence` is needed where seats change or a price is quoted for another period. With a `demand` the
    invoice charges that, and nothing else.
    """

    subscription_id: str
    schedule_id: str
    arrears: BillingPeriod | None
    advance: tuple[BillingPeriod, ...]
    items: tuple[PricedItem, ...]
    cadence: Cadence | None = None
    adjustments: Adjustments = UNADJUSTED
    demand: Demand | None = None


class Compared(StrEnum):
    """What of a final invoice is billed again."""

    USAGE = "USAGE"
    FEES = "FEES"


@dataclass(frozen=True, slots=True)
class LatePeriod:
    """A final invoice whose usage, or whose schedule, has changed since.

    `schedule` holds what the invoice ought to bill, with its usage as it is now; `billed` is what stands on
    final invoices for it so far, as quoted (see `ByRule`), and `units` what that took of included
    volumes and bundles; `taken` is what coupons took off there, by their ids, and `committed` what
    commitments added, by their names. Only what is `compared` is billed again. `fee_spans` are the times for
    which its fees were billed: where nothing is owed for one any more, its fees are given back. `rates` are
    those that the final invoice used.
    """

    invoice_id: str
    invoice_number: str
    schedule: ScheduleInputs
    billed: Mapping[ByRule, Decimal]
    taken: Mapping[str, Decimal] = field(default_factory=dict)
    committed: Mapping[str, Billed] = field(default_factory=dict)
    units: Mapping[ByRule, Taken] = field(default_factory=dict)
    rates: Rates = NO_RATES
    compared: frozenset[Compared] = frozenset({Compared.USAGE})
    fee_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class InvoiceInputs:
    """Everything on one invoice. Schedules and items in the order they are to be printed."""

    currency: str
    amount_type: AmountType
    billing_period: Period
    schedules: tuple[ScheduleInputs, ...]
    late: tuple[LatePeriod, ...] = ()
    rates: Rates = NO_RATES
