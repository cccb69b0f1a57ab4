"""The calculator for several property values at once: usage over rules, as an invoice divides it.

Each key of property values is priced by one of the rules, or by none; a rule has a line, a split rule
one for each value; a fee is due once, whatever the usage. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import Platform
from catalog.asked import ONE, AskedRule, Elsewhere, Question
from catalog.rating.parsing import config as rating_config
from catalog.rating.rate import rate
from catalog.rating.rules import routing, rules
from catalog.rating.rules.measured import SUMMED, Combining, Of, ToldUsage
from catalog.rating.rules.routing import Portion, Ruled
from catalog.rating.rules.rules import properties_of
from catalog.rating.types import Config, ValueType
from catalog.rating.usage import Usage
from catalog.rating.volume import FRESH
from catalog.services import calculate, calculate_lines
from catalog.services.activation_rules import Rule
from catalog.services.calculate_billed import COMBINED, EARLIER, EARLIER_COMBINED, Beside
from catalog.services.calculate_lines import Priced
from catalog.services.calculate_usage import Under, is_fee, of_several
from catalog.services.offered import Offered
from kit.errors import InvalidField
from metering.selectors import definitions

# What stands in which field of the request.
DECIDING, EARLIER_ONES, COMBINED_ONES = "tiering_meter_values", f"{EARLIER}s", f"{COMBINED}s"
EARLIER_COMBINED_ONES = f"{EARLIER_COMBINED}s"
OF = {"events": Of.EVENTS}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of properties: which are of the type NUMBER, and the references of those named by id."""

    numbers: frozenset[str] = frozenset()
    references: Callable[[set[str]], Mapping[str, str]] = field(default=lambda names: {})


def known_to(platform: Platform) -> Known:
    """The platform's properties."""
    return Known(
        definitions.number_properties(platform), lambda names: definitions.references(platform, names)
    )


def price(
    *,
    known: Known,
    offered: Offered,
    asked: Sequence[Under],
    field: str,
    currency: str,
    beside: Beside,
    deciding: Sequence[Under] | None = None,
) -> Json:
    """What this usage costs by these rules: ``{amount, unrounded_amount, rules, unpriced, ..}``.

    ``amount`` is the sum of the lines as an invoice bears them, each rounded. ``field`` is where the usage
    stands in the request, ``currency`` the one to tell a sum in that has none; ``deciding`` is the usage that
    decides the bands, where that is another; ``beside`` is all that an invoice would know besides. Raises as
    activation does for rules that cannot be billed, as rating does for the wrong kind of usage, and
    InvalidField where the values cannot be added up.
    """
    model_type = beside.modifiers.model_type
    configs = _configs(offered, known, model_type, beside)
    besides = (deciding, beside.earlier, beside.combined, beside.earlier_combined)
    told = [*asked, *(each for several in besides for each in several or ())]
    names = known.references(_names(configs, told, [offered.combining, offered.deciding or SUMMED]))
    configs = [rules.renamed(config, names) for config in configs]
    usage = _usage(asked, names, field, configs, currency, offered.combining)
    if beside.modifiers.part is not None:
        calculate.require_fee(configs, model_type)
    decides = None
    if deciding is not None:
        decides = _other(deciding, names, DECIDING, usage, offered.deciding or SUMMED)
    found = _priced(configs, usage, decides, beside)
    if beside.bill is not None:
        question = _question(offered, configs, usage, decides, beside)
        if beside.earlier is not None:
            question = _going_on(question, asked, names, field, usage, offered.combining, beside.earlier)
        if beside.counts_elsewhere:
            question = replace(question, combined=_elsewhere(beside, names, usage, offered.combining))
        return calculate_lines.billed(offered, usage, found, beside.bill(question), beside, currency)
    return calculate_lines.rated(offered, usage, found, beside, currency)


def _configs(offered: Offered, known: Known, model_type: str | None, beside: Beside) -> list[Config]:
    """The rules, read; refused in the words of activation where they cannot be billed together."""
    pairs = list(zip(offered.bodies, offered.paths, strict=True))
    rules = [
        Rule(path, body, rating_config.parse(body, path=path, numbers=known.numbers)) for body, path in pairs
    ]
    calculate.require_billable(rules, model_type)
    return [beside.included(at, each.config) for at, each in enumerate(rules)]


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
    return of_several(asked, currency_of_all, _of(field, combining, names), field=field, names=names)


def _other(
    asked: Sequence[Under], names: Mapping[str, str], field: str, billed: ToldUsage, combining: Combining
) -> ToldUsage:
    """Other usage by key: of the kind and currency of what is billed."""
    if {each.measured.currency for each in asked} - {billed.currency}:
        raise InvalidField("must be of the kind and currency of what is billed", field=field)
    return of_several(asked, billed.currency, _of(field, combining, names), field=field, names=names)


def _of(field: str, combining: Combining, names: Mapping[str, str]) -> Combining:
    counted = combining.counted and names.get(combining.counted, combining.counted)
    return replace(combining, counted=counted, of=OF.get(field, Of.QUANTITIES))


def _priced(
    configs: Sequence[Config], usage: ToldUsage, decides: ToldUsage | None, beside: Beside
) -> list[Priced]:
    """Each portion with its price; a fee is due once, whatever the usage that its rule takes."""
    told = [Ruled(config, beside.states.get(at, FRESH)) for at, config in enumerate(configs)]
    portions = list(routing.portions(told, usage, deciding=decides))
    rated = routing.rated(portions, [routing.pool_of(each, each.rule) for each in portions])
    found: list[Priced] = []
    for portion, each in zip(portions, rated, strict=True):
        if not is_fee(portion.config, beside.modifiers.model_type):
            found.append(Priced(portion, each))
        elif not found or found[-1].portion.rule != portion.rule:
            found.append(_fee(portion, portions, usage))
    return found


def _fee(portion: Portion, portions: Sequence[Portion], usage: ToldUsage) -> Priced:
    positions = tuple(at for each in portions if each.rule == portion.rule for at in each.positions)
    whole = replace(portion, positions=positions, usage=usage.over(positions), values=None)
    return Priced(whole, rate(portion.config, Usage.agreed(ONE)))


def _question(
    offered: Offered,
    configs: Sequence[Config],
    usage: ToldUsage,
    decides: ToldUsage | None,
    beside: Beside,
) -> Question:
    pairs = enumerate(zip(configs, offered.bodies, strict=True))
    asked = [AskedRule(config, body, beside.states.get(at, FRESH)) for at, (config, body) in pairs]
    return Question(tuple(asked), usage, beside.modifiers, deciding=decides, currency=usage.currency)


def _elsewhere(beside: Beside, names: Mapping[str, str], usage: ToldUsage, combining: Combining) -> Elsewhere:
    """What is billed elsewhere, in the billed period and, in a longer pricing period, before it."""
    told, before = beside.combined or (), beside.earlier_combined or ()
    own = _other(told, names, COMBINED_ONES, usage, combining)
    if beside.earlier is None:
        return Elsewhere(own)
    earlier = _other(before, names, EARLIER_COMBINED_ONES, usage, combining)
    return Elsewhere(own, earlier, _other([*before, *told], names, COMBINED_ONES, usage, combining))


def _going_on(
    question: Question,
    asked: Sequence[Under],
    names: Mapping[str, str],
    field: str,
    usage: ToldUsage,
    combining: Combining,
    earlier: Sequence[Under],
) -> Question:
    """The question in a pricing period that began earlier: events go on as events, results as results."""
    before = _other(earlier, names, EARLIER_ONES, usage, combining)
    together = [*earlier, *asked]
    of = _of(field, combining, names)
    so_far = of_several(together, usage.currency, of, field=EARLIER_ONES, names=names)
    return replace(question, earlier=before, so_far=so_far)
