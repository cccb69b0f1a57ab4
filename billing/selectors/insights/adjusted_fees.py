"""Recurring fees with the discounts and commitments of their schedule, as a whole period would bill them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.calc import recurring, schedule_terms
from billing.calc.inputs import METERED
from billing.calc.proration import Share
from billing.calc.schedule import BillingPeriod
from billing.calc.targets import Level, Target
from billing.selectors.item_terms import ItemTerms, RuleTerms
from catalog.rating.rate import rate
from catalog.rating.usage import Usage
from kit.period import Span

Json = Mapping[str, Any]
Fee = tuple[ItemTerms, RuleTerms, Decimal]
SCHEDULE, ZERO, DAY = "schedule", Decimal(0), timedelta(days=1)


def net(
    fees: Sequence[Fee],
    items: Iterable[ItemTerms],
    *,
    start: datetime,
    discount: Json | None,
    commitment: Json | None,
    currency: str,
    at: datetime,
) -> Decimal:
    """What the fees of a billing period come to by the terms in force ``at``; ``start`` is the schedule's.

    ``items`` are all that is billed: what is committed of usage is recurring, and nothing beyond it.
    """
    span = Span(at, at + DAY)
    found = schedule_terms.adjustments(
        schedule_id=SCHEDULE,
        start=start,
        discount=discount,
        markup=None,
        commitment=commitment,
        arrears=BillingPeriod(0, span, span, Share(1, 1), is_first=False),
    )
    targets = [Target(amount, at, _ids(item, rule), schedule_id=SCHEDULE) for item, rule, amount in fees]
    targets += _unused(items, at) if commitment else ()
    return recurring.net(found, targets, currency=currency) if targets else ZERO


def _unused(items: Iterable[ItemTerms], at: datetime) -> Iterator[Target]:
    """Usage that there is none of: it has a price for the units that are committed."""
    for item in items:
        for rule in item.rules if item.model in METERED else ():
            rated = rate(rule.config, Usage.of_events(()))
            yield Target(ZERO, at, _ids(item, rule), rated, schedule_id=SCHEDULE)


def _ids(item: ItemTerms, rule: RuleTerms) -> dict[Level, frozenset[str]]:
    """The ids by which discounts and commitments find a charge."""
    own = item.other_ids
    sold, products = (frozenset(each["id"] for each in rows) for rows in (item.product_items, item.products))
    category = [item.product_category["id"]] if item.product_category else []
    return {
        Level.RULE: rule.ids,
        Level.ITEM: own | sold | {item.pricing_item_id},
        Level.PRODUCT: own | products | {item.pricing_id},
        Level.CATEGORY: frozenset(category),
    }
