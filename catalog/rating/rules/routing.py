"""The usage of a pricing item over its rules: which rule prices which part of it, alone or with others.

Invoice, preview and calculator divide usage here and nowhere else: each property key is priced by one
rule, or by none; a rule with a split has a portion for each value.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.rules import pool, split
from catalog.rating.rules.conditions import holds
from catalog.rating.rules.measured import MeteredUsage
from catalog.rating.rules.pool import Payer
from catalog.rating.rules.rules import RuleSet
from catalog.rating.rules.siblings import NOBODY, Others, Sibling
from catalog.rating.types import IN_BANDS, TOP_UPS, ZERO, Config, PricingType
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH, State
from kit.money import EXACT

Group = tuple[str, str, str | None]
Routes = Mapping[int | None, Sequence[int]]
BANDED = IN_BANDS - TOP_UPS
"""What a volume beside one's own can make cheaper; of a flat price it changes nothing."""


class Ruled(NamedTuple):
    """A rule, and what earlier periods left of its included volume and bundles."""

    config: Config
    state: State = FRESH


@dataclass(frozen=True, slots=True)
class Portion:
    """What one line bills: some keys of the usage by one rule.

    ``rule`` is its position in the rules, ``positions`` those of the keys, ``values`` those of the split
    properties. ``tiering`` is the quantity that decides the bands, None for the portion's own. ``group``
    names the volume that rules of this and of other items combine, ``shared`` says that portions of this
    rule are one volume. ``others`` are units of siblings that count with them.
    """

    rule: int
    config: Config
    positions: tuple[int, ...]
    usage: Usage
    state: State = FRESH
    values: tuple[str | None, ...] | None = None
    tiering: Decimal | None = None
    group: Group | None = None
    shared: bool = False
    others: Decimal = ZERO


def route(configs: Sequence[Config], keys: Sequence[Mapping[str, str]]) -> dict[int | None, list[int]]:
    """Which rule prices which key: positions in ``keys`` by position in ``configs``.

    None holds those that nothing matches.
    """
    routes: dict[int | None, list[int]] = {}
    rules = RuleSet(configs)
    for position, key in enumerate(keys):
        routes.setdefault(rules.pick(key), []).append(position)
    return routes


def portions(
    rules: Sequence[Ruled],
    usage: MeteredUsage,
    *,
    deciding: MeteredUsage | None = None,
    siblings: Others = NOBODY,
) -> Iterator[Portion]:
    """What each rule prices, in the order of rules and values; a rule without usage has a portion of zero.

    ``deciding`` is the calculation that decides the bands, where that is not the one billed. The usage of
    ``siblings`` counts for the bands.
    """
    configs = [each.config for each in rules]
    routes = route(configs, usage.keys)
    for position, rule in enumerate(rules):
        beside = siblings if rule.config.pricing_type in BANDED else NOBODY
        tiering = _tiering(configs, position, Sibling(usage, deciding), beside)
        others = _others(configs, position, beside)
        yield from _of_rule(rule, position, usage, routes.get(position, ()), tiering, others)


def rated(several: Sequence[Portion], pools: Sequence[Hashable | None]) -> list[Rated]:
    """The price of each portion; those with the same key in ``pools`` are one volume, None is alone."""
    members: dict[Hashable, list[int]] = {}
    for index, key in enumerate(pools):
        if key is not None:
            members.setdefault(key, []).append(index)
    found: dict[int, Rated] = {}
    for indexes in members.values():
        payers = [_payer(several[index]) for index in indexes]
        found.update(zip(indexes, pool.rate_pool(payers), strict=True))
    return [
        found.get(index) or rate(each.config, each.usage, state=each.state)
        for index, each in enumerate(several)
    ]


def pool_of(portion: Portion, own: Hashable) -> Hashable | None:
    """The key of its pool: the group's, else ``own`` where several portions of the rule are one volume."""
    return portion.group or (own if portion.shared else None)


def _of_rule(
    rule: Ruled,
    position: int,
    usage: MeteredUsage,
    positions: Sequence[int],
    tiering: Decimal | None,
    others: Decimal | None,
) -> Iterator[Portion]:
    """One portion, or one for each value of the split properties; the first carries what is beside it."""
    config = rule.config
    values = by_value(config, usage, positions)
    usages = [usage.over(each.positions) for each in values]
    states = pool.split_state(config, usages, rule.state) if len(values) > 1 else [rule.state]
    combined = len(values) > 1 or tiering is not None or others is not None
    for index, (value, used, state) in enumerate(zip(values, usages, states, strict=True)):
        yield Portion(
            rule=position,
            config=config,
            positions=value.positions,
            usage=used,
            state=state,
            values=value.values if config.split else None,
            tiering=tiering if index == 0 or tiering is None else ZERO,
            group=_group(config, used),
            shared=combined,
            others=(others or ZERO) if index == 0 else ZERO,
        )


def by_value(config: Config, usage: MeteredUsage, positions: Sequence[int]) -> list[split.Value]:
    """The keys by value, as positions in the usage; all of them together without a split."""
    if not config.split or not positions:
        return [split.Value((), tuple(positions))]
    keys = usage.keys
    found = split.by_value(config, [keys[position] for position in positions])
    return [split.Value(each.values, tuple(positions[index] for index in each.positions)) for each in found]


def _tiering(configs: Sequence[Config], position: int, own: Sibling, others: Others) -> Decimal | None:
    """The quantity that decides the bands of a rule, where that is not the one billed: that of everyone."""
    tests = configs[position].tiering_conditions
    if own.deciding is None and not tests:
        return None

    def counted(each: Sibling) -> Decimal:
        return _deciding(configs, position, each.deciding or each.usage)

    key = "deciding", tests or _routed_by(configs, position)
    return EXACT.add(counted(own), others.sum(key, counted))


def _deciding(configs: Sequence[Config], position: int, measured: MeteredUsage | None) -> Decimal:
    """It is made from the usage that meets the tiering conditions, whichever rule prices it; without such
    conditions from the usage that this rule prices, in the other calculation.
    """
    if measured is None:
        return ZERO
    tests = configs[position].tiering_conditions
    if not tests:
        return _priced(configs, position, measured)
    met = [at for at, key in enumerate(measured.keys) if all(holds(test, key) for test in tests)]
    return measured.over(met).quantity


def _others(configs: Sequence[Config], position: int, siblings: Others) -> Decimal | None:
    """The units of siblings that this rule would price; None where nobody is beside it.

    A net quantity below zero counts as none, as where it is billed.
    """
    if not siblings:
        return None

    def counted(each: Sibling) -> Decimal:
        return ZERO if each.usage is None else max(_priced(configs, position, each.usage), ZERO)

    return siblings.sum(("priced", _routed_by(configs, position)), counted)


def _routed_by(configs: Sequence[Config], position: int) -> Hashable:
    """All that ``_priced`` looks at: rules with the same conditions in the same order divide usage alike."""
    return position, tuple((each.order, each.conditions, each.expressions) for each in configs)


def _priced(configs: Sequence[Config], position: int, usage: MeteredUsage) -> Decimal:
    """The quantity that a rule prices."""
    return usage.over(route(configs, usage.keys).get(position, ())).quantity


def _group(config: Config, usage: Usage) -> Group | None:
    """Rules of one group pool what can be added up: numbers, or amounts of one currency."""
    if config.volume_group is None or config.pricing_type is PricingType.NONE:
        return None
    return config.volume_group, usage.value_type.value, usage.currency


def _payer(each: Portion) -> Payer:
    return Payer(each.config, each.usage, each.state, each.tiering, each.others)
