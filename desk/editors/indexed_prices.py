"""What prices are and become when a phase goes on at indexed ones: by the functions that index them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accounts.models import Platform
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms, RuleTerms
from catalog.rating.indexing import Indexing, indexed
from catalog.rating.parsing import config as rating_config
from desk.editors import subscription_offer as offer
from desk.editors.price_parts import parts
from desk.editors.subscription_change import Change, Difference
from desk.editors.subscription_offer import Units


def changes(platform: Platform, schedule: PricingPlanSchedule, indexing: Indexing) -> list[Change]:
    """Each price of what the schedule sells that becomes another one."""
    schedule.platform = platform
    items = agreed_prices.sold(schedule)
    units = offer.units_of(platform, items)
    return [
        Change(offer.rule_name(item, rule), rows)
        for item in items
        for rule in item.rules
        if (rows := tuple(_rows(item, rule, indexing, units)))
    ]


def count(found: Sequence[Change]) -> str:
    """``4 prices change``."""
    number = sum(len(each.rows) for each in found)
    return f"{number} price{' changes' if number == 1 else 's change'}"


def _rows(item: ItemTerms, rule: RuleTerms, indexing: Indexing, units: Units) -> Iterator[Difference]:
    terms, body = offer.terms_of(item, units), indexed(rule.body, indexing)
    was, now = parts(rule.body, rule.config, terms), parts(body, rating_config.parse(body), terms)
    for before, after in zip(was, now, strict=True):
        if before != after:
            yield Difference(after.was, before.was, after.label if len(was) > 1 else "")
