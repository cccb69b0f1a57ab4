"""Prices that nobody is billed for yet, with what a schedule would change about them: for calculators.

The rated amounts become charges and bear markups, exchange, discounts and commitments as on an invoice, of
one item that is all there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from billing.calc import adjusting, derive, schedule_terms
from billing.calc.adjusting import Adjustment
from billing.calc.charge import Charge
from billing.calc.currencies import Rates
from billing.calc.derive import Place
from billing.calc.inputs import ChargeModel, PricedItem, PricedRule, ScheduleInputs
from billing.calc.proration import Share
from billing.calc.schedule import BillingPeriod
from billing.calc.tax import TaxCategory, TaxDecision
from billing.calc.totals import ZERO
from catalog.rating.period_part import PeriodPart
from catalog.rating.rated import Rated
from kit.period import Span

UNTAXED = TaxDecision("No tax", TaxCategory.NO_TAX, ZERO, (), "")
NAME, UNITS = "asked", "meter_value_calculation"
Terms = dict[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Told:
    """The charge of each rated amount that has a line, and what else stands beside them."""

    charges: tuple[Charge, ...]
    adjustments: tuple[Adjustment, ...]


@dataclass(frozen=True, slots=True)
class ToldShare(Share):
    """The share of a period that is asked about, in the words of who asks."""

    told: PeriodPart

    @property
    def words(self) -> str:
        return self.told.words

    def to_dict(self) -> dict[str, Any]:
        return self.told.to_dict()


def adjusted(
    rated: Sequence[Rated],
    terms: Terms,
    *,
    currency: str,
    rates: Rates,
    model: ChargeModel,
    at: datetime,
    part: PeriodPart | None = None,
) -> Told:
    """These amounts by the terms, billed in ``currency`` at the rates of the instant ``at``.

    ``terms`` are entries as a schedule has them, without ids and dates: ``markups`` and ``discounts`` of what
    is asked for, ``commitments`` to an amount or to units of its one rule, ``total_discounts`` after them.
    ``part`` is the part of a period that fees are for, at most one: what is committed is for that part, too.
    Raises InvalidOperation where no rate leads to the currency.
    """
    span = Span(at, at + timedelta(days=1))
    ran = BillingPeriod(0, span, span, _share(part), is_first=True)
    rules = [f"{NAME}-{place}" for place in range(len(rated))]
    found = schedule_terms.adjustments(
        schedule_id=NAME,
        start=at,
        markup={"pricing_item_configs": _of(terms, "markups", rules)},
        discount={"pricing_items": _of(terms, "discounts", [NAME]), "totals": terms.get("total_discounts")},
        commitment={
            "pricing_item_configs": _of(terms, "commitments", rules, has=UNITS),
            "pricing_items": _of(terms, "commitments", [NAME], has="amount"),
        },
        arrears=ran,
    )
    schedule = ScheduleInputs(NAME, NAME, ran, (), (), adjustments=found)
    item = PricedItem(NAME, NAME, NAME, (), NAME, model, (), UNTAXED)
    charges = [
        charge
        for rule, each in zip(rules, rated, strict=True)
        for charge in _charges(
            Place(schedule, item, PricedRule(rule, each.config), currency, rates), ran, each, part
        )
    ]
    return Told(tuple(charges), tuple(adjusting.of_schedule(found, charges, currency)) if charges else ())


def _share(part: PeriodPart | None) -> Share:
    if part is None:
        return Share(1, 1)
    return ToldShare(part.fraction.numerator, part.fraction.denominator, part)


def _charges(place: Place, ran: BillingPeriod, rated: Rated, part: PeriodPart | None) -> Iterator[Charge]:
    return derive.whole(place, ran.span, rated) if part is None else derive.fee(place, ran, rated)


def _of(terms: Terms, name: str, ids: Sequence[str], *, has: str = "") -> list[dict[str, Any]]:
    """The entries of a list, or those that have this field, for what has these ids."""
    return [each | {"ids": list(ids)} for each in terms.get(name) or () if not has or has in each]
