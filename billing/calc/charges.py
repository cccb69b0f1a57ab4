"""The charges of a schedule on one invoice: usage and fees in arrears, fees in advance, one-offs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from billing.calc.inputs import ChargeModel, LatePeriod, MeteredUsage, PricedItem, PricedRule, ScheduleInputs
from billing.calc.proration import Share
from billing.calc.schedule import Active, BillingPeriod, Cadence, period_at
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.rules import RuleSet
from catalog.rating.types import PricingType
from catalog.rating.usage import Usage
from kit.errors import InvalidOperation
from kit.money import EXACT, plain, round_half_up
from kit.period import Span

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Late:
    """What a charge adds to a period billed before: its `total`, less what was `billed` for it."""

    invoice_id: str
    invoice_number: str
    total: Decimal
    billed: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """One rated price for one span: a line before tax.

    `unrounded` is the rated amount after proration, `amount` the same half up to the minor unit, in
    the invoice's currency and as quoted (with or without tax). `share` is None for what is never
    prorated: usage and one-offs. `positions` are the usage keys it prices. On a charge for a period
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

    @property
    def is_usage(self) -> bool:
        return not is_fee(self.item, self.rule)


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


def in_advance(cadence: Cadence, current: BillingPeriod, active: Active) -> tuple[BillingPeriod, ...]:
    """The periods whose in-advance fees stand on the invoice of `current`.

    The next one, as far as the schedule reaches; the first invoice carries the first fee too.
    """
    own = (current,) if current.is_first else ()
    end = current.span.end
    return (*own, period_at(cadence, end, active=active)) if active.contains(end) else own


def is_fee(item: PricedItem, rule: PricedRule) -> bool:
    """Whether the price does not depend on usage: a FIXED price, or an item that is not metered."""
    return item.model is not ChargeModel.USAGE_BASED or rule.config.pricing_type is PricingType.FIXED


def of_schedule(schedule: ScheduleInputs, currency: str) -> Iterator[Charge]:
    """All charges, in the order of items and their rules."""
    for item in schedule.items:
        routes = route(item) if schedule.arrears else {}
        for position, rule in enumerate(item.rules):
            if is_fee(item, rule):
                yield from _fees(schedule, item, rule, currency)
            elif schedule.arrears and item.usage:
                positions = tuple(routes.get(position, ()))
                usage = item.usage.over(positions)
                for charge in _charge(schedule, item, rule, schedule.arrears.span, usage, None, currency):
                    yield replace(charge, positions=positions)


def of_late_period(period: LatePeriod, currency: str) -> Iterator[Charge]:
    """What the usage of a period comes to now, less what was billed for it, where these differ.

    The whole period is rated again, so that bands, blocks and included volume come out as if all of
    its usage had been there in time. Fees do not depend on usage and are left alone.
    """
    for charge in of_schedule(period.schedule, currency):
        billed = period.billed.get((charge.item.pricing_item_id, charge.rule.config_id), ZERO)
        if charge.is_usage and charge.amount != billed:
            late = Late(period.invoice_id, period.invoice_number, charge.amount, billed)
            yield replace(charge, amount=EXACT.subtract(charge.amount, billed), late=late)


def unpriced(schedule: ScheduleInputs) -> Iterator[Unpriced]:
    """The usage of the arrears period that matches no rule, key by key."""
    for item in schedule.items if schedule.arrears else ():
        for position in route(item).get(None, ()):
            assert item.usage is not None
            quantity = item.usage.over((position,)).quantity
            yield Unpriced(schedule.schedule_id, item.pricing_item_id, item.usage.keys[position], quantity)


def route(item: PricedItem) -> dict[int | None, list[int]]:
    """Which rule prices which property key: positions in `usage.keys` by position in `rules`.

    Each key is priced by one rule (see `catalog.rating.rules`); None holds those nothing matches.
    """
    usage: MeteredUsage | None = item.usage
    routes: dict[int | None, list[int]] = {}
    if usage is None:
        return routes
    rules = RuleSet([each.config for each in item.rules])
    for position, key in enumerate(usage.keys):
        routes.setdefault(rules.pick(key), []).append(position)
    return routes


def _fees(schedule: ScheduleInputs, item: PricedItem, rule: PricedRule, currency: str) -> Iterator[Charge]:
    arrears = (schedule.arrears,) if schedule.arrears else ()
    usage = Usage.of_events((item.quantity,))
    for period in schedule.advance if rule.billing_in_advance else arrears:
        if item.model is not ChargeModel.ONE_OFF:
            yield from _charge(schedule, item, rule, period.span, usage, period.share, currency)
        elif period.is_first:
            yield from _charge(schedule, item, rule, period.span, usage, None, currency)


def _charge(
    schedule: ScheduleInputs,
    item: PricedItem,
    rule: PricedRule,
    span: Span,
    usage: Usage,
    share: Share | None,
    currency: str,
) -> Iterator[Charge]:
    rated = rate(rule.config, usage)
    if not rated.has_line:
        return
    if rated.currency not in (None, currency):
        message = f"a price in {rated.currency} cannot be billed in {currency}"
        raise InvalidOperation(message, field="billing_currency", resource_id=item.pricing_item_id)
    unrounded = rated.amount if share is None else share.of(rated.amount)
    amount = round_half_up(unrounded, currency)
    yield Charge(schedule, item, rule, span, rated, share, unrounded, amount)
