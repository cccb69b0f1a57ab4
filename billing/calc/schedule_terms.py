"""What a schedule says of discounts, markup and commitments, from its stored JSON to what is applied.

The JSON has the shape of the API: lists by level, each entry with its `ids`, dates, and an amount, a
percentage or units. It has been checked when it was written (`billing.services.terms.schedule_terms`).
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.calc.allowances import IncludedVolume
from billing.calc.commitments import NAME, Commitment
from billing.calc.coupons import Coupon
from billing.calc.coupons import discount as coupon_discount
from billing.calc.discounts import Discount, DiscountType
from billing.calc.inputs import Adjustments
from billing.calc.markup import Markup
from billing.calc.schedule import Active, BillingPeriod
from billing.calc.seats import SeatCount
from billing.calc.targets import AmountCondition, Level, Scope
from catalog.rating.comparisons import Comparator
from catalog.rating.types import Config, ResetType, ValueType
from kit.period import Period, PeriodType, parse_instant

Json = Mapping[str, Any]
LEVELS = {
    "pricing_item_configs": Level.RULE,
    "pricing_items": Level.ITEM,
    "product_items": Level.ITEM,
    "pricings": Level.PRODUCT,
    "products": Level.PRODUCT,
    "product_categories": Level.CATEGORY,
    "totals": Level.TOTAL,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list of terms: where it stands, and what it says."""

    path: str
    level: Level
    body: dict[str, Any]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self.body.get("ids") or ())


def entries(name: str, terms: Json | None) -> Iterator[Entry]:
    """All entries of `discount`, `markup` or `commitment`, level by level, with their paths."""
    for key, level in LEVELS.items():
        for index, body in enumerate((terms or {}).get(key) or ()):
            yield Entry(f"{name}.{key}.{index}", level, body)


def adjustments(
    *,
    schedule_id: str,
    start: datetime,
    discount: Json | None,
    markup: Json | None,
    commitment: Json | None,
    arrears: BillingPeriod | None,
    coupons: Sequence[Coupon] = (),
) -> Adjustments:
    """What applies on one invoice. `start` is that of the schedule.

    A commitment is for the period that ran: without one (an invoice that only bills ahead) none is due.
    """
    return Adjustments(
        markups=tuple(_markup(each, start) for each in entries("markup", markup)),
        discounts=tuple(_discount(each, schedule_id, start) for each in entries("discount", discount)),
        commitments=tuple(
            _commitment(each, schedule_id, arrears)
            for each in entries("commitment", commitment)
            if arrears and _active(each.body, start).contains(arrears.span.start)
        ),
        coupons=tuple(coupon_discount(each, schedule_id=schedule_id) for each in coupons),
    )


def seats(seats_values: Sequence[Json], *, ids: Container[str], start: datetime) -> tuple[SeatCount, ...]:
    """The dated seats of the rule that has these ids, in the given order. `start` is the schedule's."""
    return tuple(
        SeatCount(units_of(each), _active(each, start))
        for each in seats_values
        if each["pricing_item_config_id"] in ids
    )


def included_volumes(volumes: Sequence[Json], *, start: datetime) -> tuple[IncludedVolume, ...]:
    """The schedule's own included volumes, in the given order. `start` is that of the schedule."""
    return tuple(
        IncludedVolume(
            each["pricing_item_config_id"],
            units_of(each),
            _active(each, start),
            ResetType(each["reset_type"]) if each.get("reset_type") else None,
        )
        for each in volumes
    )


def enabled(pricings: Sequence[Json], ids: Container[str], *, start: datetime) -> tuple[Active, ...]:
    """When a pricing is chosen, which has any of these ids. `start` is that of the schedule."""
    return tuple(_active(each, start) for each in pricings if each["pricing_id"] in ids)


def default_seats(config: Json) -> Decimal:
    """How many seats a rule of the plan has where the schedule says nothing."""
    seats = config.get("default_seats_value")
    return units_of(seats) if seats else Decimal(0)


def seats_currency(config: Config, currency: str) -> str | None:
    """The currency of the seats of a rule that prices money; `currency` where the price has none."""
    return (config.currency or currency) if config.value_type is ValueType.AMOUNT else None


def pricing_period(config: Json) -> Period | None:
    """What the price of a fee is quoted for, where the rule says so."""
    body = config.get("pricing_period") or config.get("billing_period")
    return Period(PeriodType(body["type"]), body["value"]) if body else None


def _active(body: Json, start: datetime) -> Active:
    first, last = body.get("start_at"), body.get("end_at")
    return Active(parse_instant(first) if first else start, parse_instant(last) if last else None)


def _discount(entry: Entry, schedule_id: str, start: datetime) -> Discount:
    body, amount = entry.body, entry.body.get("amount")
    scope = Scope(entry.level, entry.ids, _active(body, start), schedule_id=schedule_id)
    condition = _condition(body.get("condition"))
    if amount:
        words = f"Discount of {amount['quantity']} {amount['currency']}"
        kind, value = DiscountType.AMOUNT, Decimal(amount["quantity"])
    else:
        words = f"Discount of {body['percentage']}%"
        kind, value = DiscountType.PERCENTAGE, Decimal(body["percentage"])
    since = parse_instant(body["start_at"]) if body.get("start_at") else None
    return Discount(kind, value, scope, words, condition, name=entry.path, since=since)


def _condition(body: Json | None) -> AmountCondition | None:
    if not body:
        return None
    return AmountCondition(Comparator(body["comparator"]), Decimal(body["value"]["amount"]["quantity"]))


def _markup(entry: Entry, start: datetime) -> Markup:
    amount, percentage = entry.body.get("amount"), entry.body.get("percentage")
    return Markup(
        entry.ids,
        percentage=Decimal(percentage) if percentage is not None else None,
        amount=Decimal(amount["quantity"]) if amount else None,
        active=_active(entry.body, start),
    )


def _commitment(entry: Entry, schedule_id: str, arrears: BillingPeriod) -> Commitment:
    amount, units = entry.body.get("amount"), entry.body.get("meter_value_calculation")
    return Commitment(
        Scope(entry.level, entry.ids, schedule_id=schedule_id),
        NAME,
        arrears.share,
        amount=Decimal(amount["quantity"]) if amount else None,
        units=units_of(units) if units else None,
        name=entry.path,
    )


def units_of(committed: Json) -> Decimal:
    """The units of a commitment, of seats or of a volume: a number, or the quantity of an amount."""
    number = committed.get("number")
    return Decimal(number if number is not None else committed["amount"]["quantity"])
