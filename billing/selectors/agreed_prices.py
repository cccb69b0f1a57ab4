"""The prices of schedules as they are billed: those of the plan, the schedule's own, and what is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from accounts.models import Platform
from billing.calc import schedule_terms
from billing.calc.schedule import Active
from billing.models import Invoice, PricingPlanSchedule
from billing.selectors import overriding, prices
from billing.selectors.item_terms import ItemTerms
from billing.selectors.prices import Terms
from billing.selectors.standing import Standing

Items = tuple[ItemTerms, ...]
# Schedules with the same prices: the plan's and their own.
Priced = tuple[Terms, int | None]


def of_schedules(platform: Platform, schedules: Iterable[PricingPlanSchedule]) -> dict[int, Items]:
    """schedule pk -> its items in printed order, an optional one once for each time that it is chosen for.

    Schedules with the same prices, of which none is optional, share one tuple. Queries as ``prices``.
    """
    rows = list(schedules)
    sold = _sold(platform, rows)
    return {row.pk: _agreed(row, sold[_priced(row)]) for row in rows}


def of_invoices(platform: Platform, invoices: Iterable[Invoice]) -> dict[int, Items]:
    """The same for all schedules of the invoices' subscriptions, as they are loaded with them."""
    # Once each: a preview has as many invoices of one subscription as it has schedules.
    several = {id(each.subscription): each.subscription for each in invoices}.values()
    return of_schedules(platform, [row for each in several if each for row in each.schedules.all()])


def of_schedule(schedule: PricingPlanSchedule) -> Items:
    """The same for one schedule, which may be unsaved."""
    return _agreed(schedule, sold(schedule))


def sold(schedule: PricingPlanSchedule) -> Items:
    """Everything that the schedule, which may be unsaved, has prices of, chosen or not."""
    return _sold(schedule.platform, [schedule])[_priced(schedule)]


def read(platform: Platform, schedules: Iterable[PricingPlanSchedule]) -> None:
    """Read what these have prices of at once, where it is not known: it is asked for one by one later."""
    prices.of_versions(platform, {version for each in schedules for version in versions_of(each)})


def versions_of(schedule: PricingPlanSchedule) -> set[int]:
    """The version of its plan and that of its own prices."""
    own = schedule.own_version_id
    return {schedule.pricing_plan_version_id, *(() if own is None else (own,))}


def bill_in_advance(agreed: Mapping[int, Items], *, at: datetime) -> bool:
    """Whether any price that is on then is due before its period."""
    return prices.bill_in_advance(item for items in agreed.values() for item in on(items, at))


def on(items: Iterable[ItemTerms], at: datetime) -> Iterator[ItemTerms]:
    """The items that are billed at this instant."""
    return (item for item in items if item.active is None or item.active.contains(at))


def _priced(schedule: PricingPlanSchedule) -> Priced:
    terms, own = prices.terms_of(schedule), schedule.own_version_id
    return terms, None if own == terms.version else own


def _sold(platform: Platform, schedules: Iterable[PricingPlanSchedule]) -> dict[Priced, Items]:
    rows = list(schedules)
    book = prices.of_versions(platform, {version for row in rows for version in versions_of(row)})
    standing = Standing(platform)
    return {each: _merged(each, book, standing) for each in {_priced(row) for row in rows}}


def _merged(priced: Priced, book: Mapping[int, Items], standing: Standing) -> Items:
    terms, own = priced
    mine = () if own is None else standing.on(terms.version, book[own])
    plan, mine = (
        tuple(item.chosen(terms.currency, terms.period) for item in items)
        for items in (book[terms.version], mine)
    )
    return overriding.merged(plan, mine)


def _agreed(schedule: PricingPlanSchedule, items: Items) -> Items:
    return tuple(_chosen(schedule, items)) if any(item.optional for item in items) else items


def _chosen(schedule: PricingPlanSchedule, items: Iterable[ItemTerms]) -> Iterator[ItemTerms]:
    for item in items:
        if not item.optional:
            yield item
            continue
        ids = item.other_ids | {item.pricing_id}
        for active in schedule_terms.enabled(schedule.enabled_pricings, ids, start=schedule.start_at):
            yield replace(item, active=_within(active, schedule))


def _within(active: Active, schedule: PricingPlanSchedule) -> Active | None:
    """None where it is chosen for as long as the schedule lasts."""
    end = schedule.end_at
    if active.start <= schedule.start_at and (active.end is None or (end is not None and active.end >= end)):
        return None
    return Active(max(active.start, schedule.start_at), min(filter(None, [active.end, end]), default=None))
