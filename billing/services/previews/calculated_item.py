"""What the price calculator is asked about as the one item of an invoice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from billing.calc import schedule_terms, told_prices
from billing.calc.inputs import (
    METERED,
    ONE,
    ChargeModel,
    ItemType,
    PricedItem,
    PricedRule,
    Stretch,
    Usages,
)
from billing.calc.schedule import BillingPeriod, Cadence
from billing.calc.told_prices import NAME, UNTAXED
from billing.services.terms.schedule_terms import require_seats
from catalog.asked import AskedRule, Elsewhere, Question, Sold
from catalog.rating.rules import routing
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.siblings import NOBODY, Others, Sibling
from catalog.rating.types import ZERO

NOTHING = Sold((), (), (), ())
BESIDE = "beside"


def of(question: Question, ran: BillingPeriod, cadence: Cadence | None, priced_in: str) -> PricedItem:
    """The item of ``told_prices``, with its usage as a period or, in a longer pricing period, a stretch."""
    asked = question.modifiers
    model, sold = model_of(asked.model_type), asked.sold or NOTHING
    metered = model in METERED
    stretches = _stretches(question, ran) if metered else ()
    counted, siblings = metered and not stretches, _siblings(question)
    return PricedItem(
        pricing_id=NAME,
        pricing_name=NAME,
        pricing_item_id=NAME,
        product_item_ids=sold.product_item_ids,
        description="",
        model=model,
        rules=tuple(_rule(question, at, each, ran, priced_in) for at, each in enumerate(question.rules)),
        tax=UNTAXED,
        usage=question.usage if counted else None,
        quantity=ONE if metered or question.quantity is None else question.quantity,
        type=ItemType.DEDUCTION if asked.is_deduction else ItemType.REVENUE,
        tiering_usage=question.deciding if counted else None,
        meter_value_id=_meter_value(question),
        product_ids=sold.product_ids,
        product_category_ids=(*sold.product_category_ids, NAME),
        stretches=stretches,
        siblings=_others(siblings.own if siblings else None) if counted else NOBODY,
    )


def others(question: Question, item: PricedItem) -> tuple[PricedItem, ...]:
    """Another item with these prices, whose usage is what is billed elsewhere, where it counts in a group."""
    used = question.combined
    if used is None or not _is_grouped(question, used):
        return ()
    rules = [replace(each, config=replace(each.config, included_volume=ZERO)) for each in item.rules]
    stretches = tuple(_elsewhere(each, used, rules) for each in item.stretches)
    beside = replace(item, pricing_item_id=BESIDE, rules=tuple(rules), stretches=stretches)
    return (replace(beside, usage=None if stretches else used.own, tiering_usage=None, siblings=NOBODY),)


def _elsewhere(stretch: Stretch, used: Elsewhere, rules: Sequence[PricedRule]) -> Stretch:
    """The same piece of the pricing period, of what is billed elsewhere."""
    before = None if used.earlier is None else Usages(used.earlier)
    configs = tuple(each.config for each in rules)
    return replace(stretch, own=used.own, so_far=Usages(used.whole), before=before, configs=configs)


def _siblings(question: Question) -> Elsewhere | None:
    """What is billed elsewhere as that of other subscriptions, where it is not that of a volume group."""
    used = question.combined
    return None if used is None or _is_grouped(question, used) else used


def _others(usage: MeteredUsage | None) -> Others:
    return NOBODY if usage is None else Others.of([Sibling(usage)])


def _is_grouped(question: Question, used: Elsewhere) -> bool:
    """Whether all that is billed elsewhere is priced by rules of a volume group."""
    configs = [each.config for each in question.rules]
    routes = routing.route(configs, used.whole.keys)
    return all(rule is not None and configs[rule].volume_group is not None for rule in routes)


def model_of(model_type: str | None) -> ChargeModel:
    """What cannot be billed yet (CREDITS) is asked about as usage."""
    return ChargeModel.__members__.get(model_type or "", ChargeModel.USAGE_BASED)


def place_of(rule: PricedRule) -> int:
    """Which of the rules it is that are asked about."""
    return int(rule.config_id.rpartition("-")[2])


def _rule(question: Question, at: int, asked: AskedRule, ran: BillingPeriod, priced_in: str) -> PricedRule:
    name, told = told_prices.rule_id(at), question.quantity
    seats = [{**each, "pricing_item_config_id": name} for each in question.modifiers.seats]
    seats_currency = schedule_terms.seats_currency(asked.config, question.currency or priced_in)
    for index, each in enumerate(seats):
        require_seats(f"seats_values.{index}", each, seats_currency)
    return PricedRule(
        name,
        asked.config,
        pricing_period=schedule_terms.pricing_period(dict(asked.body)),
        seats=schedule_terms.seats(seats, ids={name}, start=ran.span.start),
        default_seats=schedule_terms.default_seats(dict(asked.body)) if told is None else told,
        seats_currency=seats_currency,
        state=asked.state,
        on_demand=bool(asked.body.get("on_demand")),
    )


def _stretches(question: Question, ran: BillingPeriod) -> tuple[Stretch, ...]:
    """The part of a longer pricing period that is billed; when that began does not matter."""
    earlier, so_far = question.earlier, question.so_far
    if earlier is None or so_far is None:
        return ()
    configs = tuple(each.config for each in question.rules)
    siblings = _siblings(question)
    before = Usages(earlier, siblings=_others(siblings.earlier if siblings else None))
    so_far_used = Usages(so_far, siblings=_others(siblings.so_far if siblings else None))
    return (Stretch(ran.span.start, ran.span, question.usage, so_far_used, configs, before),)


def _meter_value(question: Question) -> str | None:
    """What the usage is of; of a price that is not stored, that of which a coupon gives units."""
    sold = question.modifiers.sold
    if sold is not None:
        return next(iter(sold.meter_value_ids), None)
    told: list[Mapping[str, Any]] = [
        each["discount"] for each in question.modifiers.terms.get("coupons") or ()
    ] + [each.discount for each in question.modifiers.terms.get("coupon_ids") or ()]
    return next((each["usage"]["meter_value_id"] for each in told if each.get("usage")), None)
