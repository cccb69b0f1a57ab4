"""The calculator's answer for several rules: a line for each, and for each value of a split rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.ports import Billed, BilledLine
from catalog.rating.explaining import explained, printing
from catalog.rating.rated import Rated
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.routing import Portion
from catalog.rating.types import Config
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH
from catalog.services import calculate_billed
from catalog.services.calculate_billed import Beside, line_of, total_of, total_step
from catalog.services.offered import Offered
from kit import money
from kit.money import plain
from kit.period import format_instant

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Priced:
    """What a rule prices of the usage, and what that costs before anything changes it."""

    portion: Portion
    rated: Rated


def rated(
    offered: Offered, usage: MeteredUsage, priced: Sequence[Priced], beside: Beside, default: str
) -> Json:
    """By the prices alone."""
    lines = [each.rated for each in priced if each.rated.has_line]
    currency = next((each.rated.currency for each in priced if each.rated.currency), default)
    amount, unrounded = (
        money.total(each.rounded for each in lines),
        money.total(each.amount for each in lines),
    )
    return _whole(usage, priced) | {
        "amount": _money(amount, currency),
        "unrounded_amount": plain(unrounded),
        "details": [detail for each in lines for detail in printing.of(each)],
        "steps": [total_step(len(lines), amount, currency)],
        "rules": [_alone(offered, each, default) for each in priced],
        "left_by_rule": _left(beside, [(each.portion.rule, each.rated) for each in priced]),
    }


def billed(
    offered: Offered,
    usage: MeteredUsage,
    priced: Sequence[Priced],
    found: Billed,
    beside: Beside,
    default: str,
) -> Json:
    """By an invoice: its lines in their order, and between them the rules that have none."""
    portions = {each.portion.rule: each.portion for each in reversed(priced)}
    dated = beside.modifiers.period is not None
    told = [
        (each.rule, _billed(offered, portions[each.rule], each, found.currency, dated=dated))
        for each in found.lines
    ]
    bare = [(each.portion.rule, _alone(offered, each, default)) for each in priced if not each.rated.has_line]
    amount = money.total(each.amount for each in found.lines)
    answer = _whole(usage, priced) | {
        "rules": [shown for _, shown in sorted([*told, *bare], key=lambda pair: pair[0])],
        "details": [detail for each in found.lines for detail in each.details],
        "steps": [total_step(len(found.lines), amount, found.currency)],
        "unrounded_amount": plain(money.total(each.unrounded for each in found.lines)),
        "left_by_rule": _left(beside, [(each.rule, each.rated) for each in found.lines]),
    }
    return answer | total_of(found)


def _whole(usage: MeteredUsage, priced: Sequence[Priced]) -> Json:
    """What every answer has."""
    return {
        "pricing_item_config_id": None,
        "unit_amount": None,
        "adjustments": [],
        "used_exchange_rates": [],
        "left": None,
        "curve": [],
        "lines": [],
        "unpriced": _unpriced([each.portion for each in priced], usage),
    }


def _alone(offered: Offered, each: Priced, default: str) -> Json:
    portion, priced = each.portion, each.rated
    currency = priced.currency or default
    return {
        **_of_rule(offered, portion.rule, portion.config, portion.values, portion.usage, priced),
        "amount": _money(priced.amount, currency),
    }


def _billed(offered: Offered, portion: Portion, line: BilledLine, currency: str, *, dated: bool) -> Json:
    used = line.rated.usage if line.is_usage else portion.usage
    return {
        **_of_rule(offered, line.rule, portion.config, line.values, used, line.rated),
        **line_of(line),
        "start_at": format_instant(line.start) if dated else None,
        "end_at": format_instant(line.end) if dated else None,
        "amount": _money(line.amount, currency),
    }


def _of_rule(
    offered: Offered,
    rule: int,
    config: Config,
    values: Sequence[str | None] | None,
    used: Usage,
    priced: Rated,
) -> Json:
    split = zip(config.split, values or (), strict=False)
    return {
        "rule": rule,
        "pricing_item_config_id": offered.ids[rule],
        "pricing_type": config.pricing_type.value,
        "has_line": priced.has_line,
        "split": [{"reference": each.meter_property, "value": value} for each, value in split],
        "meter_value": _meter_value(used.quantity, used.currency),
        "events": used.events,
        "start_at": None,
        "end_at": None,
        **explained.of(priced),
    }


def _left(beside: Beside, lines: Sequence[tuple[int, Rated]]) -> list[Json]:
    """What the next period may use of each rule of which something goes on."""
    by_rule: dict[int, list[Rated]] = {}
    for rule, each in lines:
        by_rule.setdefault(rule, []).append(each)
    found = []
    for rule, several in by_rule.items():
        state = beside.states.get(rule, FRESH)
        left = calculate_billed.left_of(several[0].config, state, several)
        if left is not None:
            found.append({"rule": rule, **left})
    return found


def _unpriced(portions: Sequence[Portion], usage: MeteredUsage) -> list[Json]:
    """The keys that no rule prices, with their quantity."""
    taken = {position for portion in portions for position in portion.positions}
    left = [position for position in range(len(usage.keys)) if position not in taken]
    found = [(usage.keys[position], usage.over([position])) for position in left]
    return [
        {
            "meter_properties": [{"reference": name, "value": key[name]} for name in sorted(key)],
            "meter_value": _meter_value(used.quantity, used.currency),
        }
        for key, used in found
    ]


def _meter_value(quantity: Decimal, currency: str | None) -> Json:
    if currency is None:
        return {"number": plain(quantity), "amount": None}
    return {"number": None, "amount": {"quantity": plain(quantity), "currency": currency}}


def _money(amount: Decimal, currency: str) -> Json:
    return {"quantity": money.fixed(amount, currency), "currency": currency}
