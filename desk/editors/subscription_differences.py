"""What stored phases have that their plan does not say: each difference with what it was, and is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from billing.calc import schedule_terms
from billing.models import PricingPlanSchedule, ScheduleType
from billing.selectors import agreed_prices, overriding
from billing.selectors.item_terms import ItemTerms, RuleTerms
from billing.services.terms import schedule_choices
from desk.components import format
from desk.editors import subscription_offer as offer
from desk.editors import subscription_terms_told
from desk.editors.price_parts import parts
from desk.editors.subscription_change import Change, Difference, Items
from desk.editors.subscription_offer import Units
from kit.period import Period

RESETS = {"PERIOD": "each period", "SCHEDULE": "once a phase", "NEVER": "once"}


def changes(platform: Platform, schedules: Iterable[PricingPlanSchedule]) -> list[Change]:
    """Those of all phases, each once. A phase that says nothing for itself asks for nothing."""
    billed = [each for each in schedules if each.type != ScheduleType.TRIAL]
    for schedule in billed:
        schedule.platform = platform  # as the request has it: prices are kept for just that one
    sides = {place: _sides(platform, each) for place, each in enumerate(billed) if _says_something(each)}
    units = offer.units_of(platform, [item for both in sides.values() for items in both for item in items])
    found: dict[Change, list[int]] = {}
    for place, (plan, own) in sides.items():
        for change in dict.fromkeys(_of(billed[place], plan, own, units)):
            found.setdefault(change, []).append(place)
    return [dated for change, places in found.items() for dated in _dated(change, places, billed)]


def _dated(change: Change, places: Sequence[int], billed: Sequence[PricingPlanSchedule]) -> Iterator[Change]:
    """With the dates of the phases that have it, where others have not and it names none itself."""
    if change.start or change.end or len(places) == len(billed):
        yield change
        return
    first = last = places[0]
    for place in [*places[1:], None]:
        if place == last + 1:
            last = place
            continue
        start = billed[first].start_at if first else None
        yield replace(change, start=start, end=billed[last].end_at)
        if place is not None:
            first = last = place


def _says_something(schedule: PricingPlanSchedule) -> bool:
    names = (
        "own_version_id",
        "enabled_pricings",
        "included_volumes",
        "seats_values",
        "commitment",
        "discount",
        "markup",
        "coupons",
    )
    return any(getattr(schedule, name) for name in names)


def _sides(platform: Platform, schedule: PricingPlanSchedule) -> tuple[Items, Items]:
    """What the phase's plan sells, and what the phase itself does."""
    plan = offer.unsaved(
        platform,
        schedule.pricing_plan_version,
        currency=schedule.pricing_currency,
        period=schedule.billing_period,
    )
    return agreed_prices.sold(plan), agreed_prices.sold(schedule)


def _of(schedule: PricingPlanSchedule, plan: Items, billed: Items, units: Units) -> Iterator[Change]:
    yield from _choices(schedule)
    yield from _prices(schedule, plan, billed, units)
    yield from _volumes(schedule, billed, units)
    yield from _seats(schedule, billed)
    names = _names(billed)
    yield from subscription_terms_told.commitments(schedule, names)
    yield from subscription_terms_told.discounts(schedule, names)
    yield from subscription_terms_told.markups(schedule, names)
    yield from subscription_terms_told.applied_coupons(schedule)


def _choices(schedule: PricingPlanSchedule) -> Iterator[Change]:
    if not schedule.enabled_pricings:
        return
    known = schedule_choices.offer(schedule).by_id
    for each in schedule.enabled_pricings:
        option = known.get(each["pricing_id"])
        (active,) = schedule_terms.enabled([each], (each["pricing_id"],), start=schedule.start_at)
        start = active.start if each.get("start_at") else None
        name = option.name if option else each["pricing_id"]
        yield Change(name, (Difference("Chosen"),), start, active.end)


def _prices(schedule: PricingPlanSchedule, plan: Items, billed: Items, units: Units) -> Iterator[Change]:
    for item in (each for each in billed if each.own is not None or each not in plan):
        before = next((each for each in plan if overriding.replaces(item, each)), None)
        was = {rule.config_id: rule for rule in before.rules} if before else {}
        for rule in item.rules:
            if rule.config_id not in was:
                original = was.get(rule.original_id or "")
                name, period = offer.rule_name(item, rule), schedule.billing_period
                if before and original:
                    yield Change(name, _compared(before, original, rule, units, period))
                    continue
                then = offer.sentence(before, units, period) if before else ""
                yield Change(name, (Difference(offer.rule_words(item, rule, units, period), then),))


def _compared(
    item: ItemTerms, plan: RuleTerms, own: RuleTerms, units: Units, period: Period
) -> tuple[Difference, ...]:
    """One price by itself; of several, those that differ."""
    terms = offer.terms_of(item, units)
    was, now = (parts(rule.body, rule.config, terms) for rule in (plan, own))
    if len(was) == len(now) > 1:
        return tuple(
            Difference(after.was, before.was, after.label)
            for before, after in zip(was, now, strict=True)
            if before != after
        )
    then, words = (offer.rule_words(item, rule, units, period) for rule in (plan, own))
    return (Difference(words, then),)


def _volumes(schedule: PricingPlanSchedule, billed: Items, units: Units) -> Iterator[Change]:
    rules = {key: (item, rule) for item in billed for rule in item.rules for key in rule.ids}
    stated = schedule_terms.included_volumes(schedule.included_volumes, start=schedule.start_at)
    for each, body in zip(stated, schedule.included_volumes, strict=True):
        found = rules.get(body["pricing_item_config_id"])
        if found is None:
            continue
        item, rule = found
        was = _measure(rule.config.included_volume, item, units)
        now = f"{_measure(each.volume, item, units)} {RESETS.get(body.get('reset_type') or '', '')}".strip()
        start = each.active.start if body.get("start_at") else None
        name = f"Included {offer.rule_name(item, rule)}"
        yield Change(name, (Difference(now, was),), start, each.active.end)


def _seats(schedule: PricingPlanSchedule, billed: Items) -> Iterator[Change]:
    for item in billed:
        for rule in item.rules:
            was = offer.seats_words(item, rule, schedule_terms.default_seats(rule.body))
            counts = schedule_terms.seats(schedule.seats_values, ids=rule.ids, start=schedule.start_at)
            for each in counts:
                later = each.active.start if each.active.start > schedule.start_at else None
                name = f"{offer.rule_name(item, rule)}, how many"
                yield Change(
                    name,
                    (Difference(offer.seats_words(item, rule, each.number), was),),
                    later,
                    each.active.end,
                )


def _names(billed: Items) -> dict[str, str]:
    """What terms can be of, by id: the prices, what they sell, and their rules."""
    names = {item.pricing_id: item.pricing_name for item in billed}
    for item in billed:
        sold = (item.product_category, *item.products, *item.product_items)
        names |= {each["id"]: each.get("name") or each["id"] for each in sold if each}
        names[item.pricing_item_id] = item.description
        names |= {key: offer.rule_name(item, rule) for rule in item.rules for key in rule.ids}
    return names


def _measure(quantity: Decimal, item: ItemTerms, units: Units) -> str:
    terms: Any = offer.terms_of(item, units)
    return (
        format.money(quantity, terms.currency)
        if terms.is_money
        else f"{format.number(quantity)} {terms.units}"
    )
