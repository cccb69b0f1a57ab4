"""What a phase has of terms: its commitments, discounts, markups and coupons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.calc import schedule_terms
from billing.models import PricingPlanSchedule
from billing.services.coupons import coupons
from desk.components import format
from desk.editors import coupon_words
from desk.editors.subscription_change import Change, Difference, Names
from kit.period import parse_instant


def commitments(schedule: PricingPlanSchedule, names: Names) -> Iterator[Change]:
    for entry in schedule_terms.entries("commitment", schedule.commitment):
        amount = entry.body.get("amount")
        said = (
            format.money(Decimal(amount["quantity"]), amount["currency"])
            if amount
            else f"{format.number(schedule_terms.units_of(entry.body['meter_value_calculation']))} units"
        )
        yield Change(f"Minimum of {_of_what(entry, names)}", (Difference(f"{said} a period"),))


def discounts(schedule: PricingPlanSchedule, names: Names) -> Iterator[Change]:
    """Also where a period has nothing yet to take it off."""
    for entry in schedule_terms.entries("discount", schedule.discount):
        body = entry.body
        kind = "AMOUNT" if body.get("amount") else "PERCENTAGE"
        said = (coupon_words.discount({**body, "type": kind}), coupon_words.condition(body))
        row = Difference(" ".join(filter(None, said)))
        yield Change(f"Discount on {_of_what(entry, names)}", (row,), *_dates(body))


def markups(schedule: PricingPlanSchedule, names: Names) -> Iterator[Change]:
    """Part of the price, so no line of its own names it."""
    for entry in schedule_terms.entries("markup", schedule.markup):
        name = f"Markup on {_of_what(entry, names)}"
        yield Change(name, (Difference(more(entry.body)),), *_dates(entry.body))


def more(body: Mapping[str, Any]) -> str:
    """``5% more``, ``€5.00 more``."""
    amount = body.get("amount")
    if amount:
        return f"{format.money(Decimal(amount['quantity']), amount['currency'])} more"
    return f"{format.number(Decimal(body['percentage']))}% more"


def applied_coupons(schedule: PricingPlanSchedule) -> Iterator[Change]:
    """Those it has now, also before they take anything off."""
    for entry in coupons.applied(schedule):
        terms = entry["discount"]
        said = (coupon_words.discount(terms), coupon_words.condition(terms))
        words = f"{' '.join(filter(None, said))}, {coupon_words.duration(entry['duration'])}"
        yield Change(f"Coupon {entry['coupon_name']}", (Difference(words),), *_dates(entry))


def _dates(body: Mapping[str, Any]) -> Iterator[datetime | None]:
    """From when and until when it says it is in force."""
    for name in ("start_at", "end_at"):
        yield parse_instant(body[name]) if body.get(name) else None


def _of_what(entry: schedule_terms.Entry, names: Names) -> str:
    return ", ".join(names.get(key, key) for key in sorted(entry.ids)) or "the whole invoice"
