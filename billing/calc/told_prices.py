"""Prices that nobody is billed for yet, with what a schedule would change about them: for calculators.

What is asked for becomes the one item of one schedule, and is charged and adjusted as any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billing.calc import adjusting, charges, on_demand, schedule_terms
from billing.calc.adjusting import Adjustment
from billing.calc.charge import Charge
from billing.calc.coupons import Coupon
from billing.calc.currencies import Rates
from billing.calc.inputs import Adjustments, Demand, PricedItem, ScheduleInputs
from billing.calc.proration import Share
from billing.calc.schedule import BillingPeriod, Cadence
from billing.calc.targets import Level
from billing.calc.tax import TaxCategory, TaxDecision
from billing.calc.totals import ZERO
from catalog.rating.period_part import PeriodPart
from kit.period import Span

UNTAXED = TaxDecision("No tax", TaxCategory.NO_TAX, ZERO, (), "")
NAME, UNITS = "asked", "meter_value_calculation"
# The list of a schedule's terms in which entries of a level stand.
LISTS = {
    Level.RULE: "pricing_item_configs",
    Level.ITEM: "pricing_items",
    Level.PRODUCT: "products",
    Level.CATEGORY: "product_categories",
    Level.TOTAL: "totals",
}
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """The charge of each rated amount that has a line, and what else stands beside them."""

    charges: tuple[Charge, ...]
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, slots=True)
class ToldTerms:
    """Entries as a schedule has them, without ids and dates, in force since ``start``.

    An entry tells its ``level`` (by default markups and units are of the rule, the others of the item) and,
    of rules, which: by default all.
    """

    start: datetime
    markups: Sequence[Entry] = ()
    discounts: Sequence[Entry] = ()
    commitments: Sequence[Entry] = ()
    total_discounts: Sequence[Entry] = ()
    coupons: Sequence[Coupon] = ()


@dataclass(frozen=True, slots=True)
class ToldShare(Share):
    """The share of a period that is asked about, in the words of who asks."""

    told: PeriodPart

    @property
    def words(self) -> str:
        return self.told.words

    def to_dict(self) -> dict[str, Any]:
        return self.told.to_dict()


def rule_id(place: int) -> str:
    """What the rule at this place is called."""
    return f"{NAME}-{place}"


def period_of(at: datetime, part: PeriodPart | None) -> BillingPeriod:
    """A period that begins then, or the ``part`` of one: when it ends does not matter."""
    span = Span(at, at + timedelta(days=1))
    share = Share(1, 1)
    if part is not None:
        share = ToldShare(part.fraction.numerator, part.fraction.denominator, part)
    return BillingPeriod(0, span, span, share, is_first=True)


def billed(
    item: PricedItem,
    terms: ToldTerms,
    *,
    ran: BillingPeriod,
    cadence: Cadence | None,
    currency: str,
    rates: Rates,
    others: Sequence[PricedItem] = (),
) -> Told:
    """The item, called NAME, for the period that ran, billed in ``currency`` at these rates.

    ``others`` are sold beside it, so that their usage counts in its volume groups; they are not told of.
    What is committed is for that period, or the part of it. What is on demand is charged as if it were asked
    for. Raises InvalidOperation where no rate leads to the currency.
    """
    found = _adjustments(terms, ran, len(item.rules))
    demand = None
    if any(rule.on_demand for rule in item.rules):
        found, demand = on_demand.adjustments(found), Demand(ran.span.start, (NAME,))
    schedule = ScheduleInputs(
        NAME, NAME, ran, (), (item, *others), cadence=cadence, adjustments=found, demand=demand
    )
    sold = charges.of_schedule(schedule, currency, rates)
    lines = [each for each in sold if each.item is item]
    return Told(tuple(lines), tuple(adjusting.of_schedule(found, lines, currency)) if lines else ())


def _adjustments(terms: ToldTerms, ran: BillingPeriod, rules: int) -> Adjustments:
    totals = {"totals": list(terms.total_discounts)}
    return schedule_terms.adjustments(
        schedule_id=NAME,
        start=terms.start,
        markup=_lists(terms.markups, Level.RULE, rules),
        discount=_lists(terms.discounts, Level.ITEM, rules) | totals,
        commitment=_lists(terms.commitments, Level.ITEM, rules),
        arrears=ran,
        coupons=terms.coupons,
    )


def _lists(entries: Sequence[Entry], default: Level, rules: int) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in entries:
        level = level_of(each, default)
        meant = [rule_id(place) for place in each.get("rules") or range(rules)]
        ids = meant if level is Level.RULE else [NAME]
        found.setdefault(LISTS[level], []).append({**each, "ids": ids})
    return found


def level_of(entry: Entry, default: Level) -> Level:
    """The level that an entry names; units, and what names rules, are of rules."""
    if entry.get("level"):
        return Level(entry["level"])
    return Level.RULE if UNITS in entry or entry.get("rules") else default
