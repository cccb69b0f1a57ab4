"""The calculator for several property values at once: usage over rules, as an invoice divides it.

Each key of property values is priced by one of the rules, or by none; a rule has a line, a split rule
one for each value. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.models import Platform
from catalog.ports import Adjusted, AdjustedLine
from catalog.rating.explaining import explained, printing
from catalog.rating.parsing import config as rating_config
from catalog.rating.rated import Rated
from catalog.rating.rules import routing, rules
from catalog.rating.rules.measured import SUMMED, Combining, MeteredUsage, Of, ToldUsage
from catalog.rating.rules.routing import Portion, Ruled
from catalog.rating.rules.rules import properties_of
from catalog.rating.types import Config, ValueType
from catalog.services import calculate
from catalog.services.activation_rules import Rule
from catalog.services.calculate import Adjust, Under, line_of, total_of, usage_of
from catalog.services.offered import Offered
from kit import money
from kit.errors import InvalidField
from kit.money import plain
from metering.selectors import definitions

ZERO = Decimal(0)
# What stands in which field of the request.
DECIDING = "tiering_meter_values"
OF = {"events": Of.EVENTS, "meter_values": Of.QUANTITIES, DECIDING: Of.QUANTITIES}
Json = dict[str, Any]


def price(
    *,
    platform: Platform,
    offered: Offered,
    asked: Sequence[Under],
    field: str,
    currency: str,
    deciding: Sequence[Under] | None = None,
    adjust: Adjust | None = None,
    model_type: str | None = None,
) -> Json:
    """As ``answer``, with the platform's properties."""
    return answer(
        offered,
        asked,
        field=field,
        currency=currency,
        deciding=deciding,
        adjust=adjust,
        model_type=model_type,
        numbers=definitions.number_properties(platform),
        references=lambda names: definitions.references(platform, names),
    )


def answer(
    offered: Offered,
    asked: Sequence[Under],
    *,
    field: str,
    currency: str,
    deciding: Sequence[Under] | None = None,
    adjust: Adjust | None = None,
    model_type: str | None = None,
    numbers: frozenset[str] = frozenset(),
    references: Callable[[set[str]], Mapping[str, str]] = lambda names: {},
) -> Json:
    """What this usage costs by these rules: ``{amount, unrounded_amount, rules, unpriced, ..}``.

    ``amount`` is the sum of the lines as an invoice bears them, each rounded. ``field`` is where the usage
    stands in the request, ``currency`` the one to tell a sum in that has none; ``deciding`` is the usage that
    decides the bands, where that is another; ``adjust`` is what a schedule would change; ``model_type`` that
    of the item; ``numbers`` are NUMBER properties, ``references`` tells those of ids. Raises as activation
    does for rules that cannot be billed, as rating does for the wrong kind of usage, and InvalidField where
    the values cannot be added up.
    """
    configs = _configs(offered, numbers, model_type)
    told = [*asked, *(deciding or ())]
    names = references(_names(configs, told, [offered.combining, offered.deciding or SUMMED]))
    configs = [rules.renamed(config, names) for config in configs]
    usage = _usage(asked, names, field, configs, currency, offered.combining)
    decides = None if deciding is None else _deciding(deciding, names, usage, offered.deciding or SUMMED)
    portions = list(routing.portions([Ruled(config) for config in configs], usage, deciding=decides))
    rated = routing.rated(portions, [routing.pool_of(each, each.rule) for each in portions])
    priced = list(zip(portions, rated, strict=True))
    found = _answer(offered, usage, priced, currency)
    billed = [each for each in rated if each.has_line]
    return found if adjust is None or not billed else _adjusted(found, adjust(billed))


def _configs(offered: Offered, numbers: frozenset[str], model_type: str | None) -> list[Config]:
    """The rules, read; refused in the words of activation where they cannot be billed together."""
    pairs = list(zip(offered.bodies, offered.paths, strict=True))
    rules = [Rule(path, body, rating_config.parse(body, path=path, numbers=numbers)) for body, path in pairs]
    calculate.require_billable(rules, model_type)
    return [each.config for each in rules]


def _names(configs: Sequence[Config], asked: Sequence[Under], combining: Sequence[Combining]) -> set[str]:
    named = {name for config in configs for name in properties_of(config)}
    counted = {each.counted for each in combining if each.counted}
    return named.union(counted, *(each.properties for each in asked))


def _usage(
    asked: Sequence[Under],
    names: Mapping[str, str],
    field: str,
    configs: Sequence[Config],
    currency: str,
    combining: Combining,
) -> ToldUsage:
    """The usage by key. Without any it is zero of the kind that the rules price."""
    found = {each.measured.currency for each in asked}
    if len(found) > 1:
        raise InvalidField("must all be numbers, or amounts of one currency", field=field)
    is_amount = any(config.value_type is ValueType.AMOUNT for config in configs)
    priced_in = next((config.currency for config in configs if config.currency), currency)
    currency_of_all = next(iter(found), priced_in if is_amount else None)
    return usage_of(asked, currency_of_all, _of(field, combining, names), field=field, names=names)


def _deciding(
    asked: Sequence[Under], names: Mapping[str, str], billed: ToldUsage, combining: Combining
) -> ToldUsage:
    """What decides the bands, by key: of the kind and currency of what is billed."""
    if {each.measured.currency for each in asked} - {billed.currency}:
        raise InvalidField("must be of the kind and currency of what is billed", field=DECIDING)
    return usage_of(asked, billed.currency, _of(DECIDING, combining, names), field=DECIDING, names=names)


def _of(field: str, combining: Combining, names: Mapping[str, str]) -> Combining:
    counted = combining.counted and names.get(combining.counted, combining.counted)
    return replace(combining, counted=counted, of=OF[field])


def _answer(
    offered: Offered, usage: MeteredUsage, priced: Sequence[tuple[Portion, Rated]], default: str
) -> Json:
    lines = [(portion, rated) for portion, rated in priced if rated.has_line]
    currency = next((rated.currency for _, rated in priced if rated.currency), default)
    amount, unrounded = (
        money.total(each.rounded for _, each in lines),
        money.total(each.amount for _, each in lines),
    )
    return {
        "pricing_item_config_id": None,
        "amount": {"quantity": money.fixed(amount, currency), "currency": currency},
        "unrounded_amount": plain(unrounded),
        "unit_amount": None,
        "details": [detail for _, rated in lines for detail in printing.of(rated)],
        "steps": [_total(len(lines), amount, currency)],
        "adjustments": [],
        "left": None,
        "curve": [],
        "rules": [_rule(offered, portion, rated, default) for portion, rated in priced],
        "unpriced": _unpriced(priced, usage),
    }


def _rule(offered: Offered, portion: Portion, rated: Rated, default: str) -> Json:
    currency = rated.currency or default
    values = zip(portion.config.split, portion.values or (), strict=False)
    return {
        "rule": portion.rule,
        "pricing_item_config_id": offered.ids[portion.rule],
        "pricing_type": portion.config.pricing_type.value,
        "has_line": rated.has_line,
        "split": [{"reference": split.meter_property, "value": value} for split, value in values],
        "meter_value": _meter_value(portion.usage.quantity, portion.usage.currency),
        "events": portion.usage.events,
        **explained.of(rated),
        "amount": {"quantity": money.fixed(rated.amount, currency), "currency": currency},
    }


def _adjusted(answer: Json, adjusted: Adjusted) -> Json:
    """The answer with what the terms have made of each line and of the total."""
    lines = iter(adjusted.lines)
    found = [
        _with(each, next(lines), adjusted.currency) if each["has_line"] else each for each in answer["rules"]
    ]
    billed = money.total(each.amount for each in adjusted.lines)
    return answer | {
        **total_of(adjusted),
        "unrounded_amount": plain(money.total(each.unrounded for each in adjusted.lines)),
        "details": [detail for line in adjusted.lines for detail in line.details],
        "steps": [_total(len(adjusted.lines), billed, adjusted.currency)],
        "rules": found,
    }


def _with(rule: Json, line: AdjustedLine, currency: str) -> Json:
    return (
        rule
        | line_of(line)
        | {"amount": {"quantity": money.fixed(line.amount, currency), "currency": currency}}
    )


def _total(lines: int, amount: Decimal, currency: str) -> Json:
    several = "line" if lines == 1 else "lines"
    return {
        "type": "TOTAL",
        "description": f"{lines} {several}, each rounded: {money.fixed(amount, currency)} {currency}",
        "amount": plain(amount),
    }


def _unpriced(priced: Sequence[tuple[Portion, Rated]], usage: MeteredUsage) -> list[Json]:
    """The keys that no rule prices, with their quantity."""
    taken = {position for portion, _ in priced for position in portion.positions}
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
