"""Usage told rule by rule: what if so much is priced by this rule, and so much by that one?

For calculators and trials, which ask about rules and know no events. Each quantity is a key of its own,
and the rule's conditions become the one that asks for this key: what routes, combines volumes and rates
is then what does so for invoices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from billing.calc.charge import is_fee
from billing.calc.inputs import ONE, PricedItem, PricedRule
from billing.calc.together import added
from billing.calc.usage_charges import rated_alone
from catalog.rating.comparisons import Comparator, Condition
from catalog.rating.rate import rate
from catalog.rating.rated import Rated
from catalog.rating.usage import Usage

# No meter properties are called so: references have no spaces.
RULE, BANDS = "the rule", "the bands"


@dataclass(frozen=True)
class ToldUsage:
    """``told`` by the id of the rule that prices it, ``deciding`` by that whose bands it decides.

    ``nothing`` is zero of the same kind.
    """

    told: Mapping[str, Usage]
    nothing: Usage
    deciding: Mapping[str, Usage] = field(default_factory=dict)

    @cached_property
    def keys(self) -> Sequence[Mapping[str, str]]:
        return [*({RULE: each} for each in self.told), *({BANDS: each} for each in self.deciding)]

    def over(self, positions: Sequence[int]) -> Usage:
        usages = self._usages
        return added([usages[position] for position in positions]) if positions else self.nothing

    @cached_property
    def _usages(self) -> Sequence[Usage]:
        return [*self.told.values(), *self.deciding.values()]


def told(
    item: PricedItem,
    usages: Mapping[str, Usage],
    *,
    currency: str | None = None,
    deciding: Mapping[str, Usage] = MappingProxyType({}),
) -> PricedItem:
    """The item with this usage, by config id; a rule that is not named has none.

    ``currency`` is that of a quantity that is money. What decides the bands is the rule's own usage, but
    where ``deciding`` names the rule.
    """
    own = {rule.config_id: usages[rule.config_id] for rule in item.rules if rule.config_id in usages}
    nothing = Usage(Decimal(0), currency, 0, ())
    rules = tuple(_asking_for_itself(rule, deciding) for rule in item.rules)
    usage = ToldUsage(own, nothing, deciding)
    return replace(item, rules=rules, usage=usage, tiering_usage=None, reports=())


def rates(item: PricedItem) -> dict[str, Rated]:
    """What each rule of such an item charges, by config id; the shares of one volume where they share it.

    A fee is charged once, whatever the usage.
    """
    fees = [rule for rule in item.rules if is_fee(item, rule)]
    found = {rule.config_id: rate(rule.config, Usage(ONE)) for rule in fees}
    return found | {each.rule.config_id: rated for each, rated in rated_alone(item)}


def _asking_for_itself(rule: PricedRule, deciding: Mapping[str, Usage]) -> PricedRule:
    config, own = rule.config, rule.config_id
    # A rule for all other usage would price what only decides bands as well.
    takes_all = config.is_default and not deciding
    asks = () if takes_all else (Condition(RULE, Comparator.EQUALS, (own,)),)
    bands = (Condition(BANDS, Comparator.EQUALS, (own,)),) if own in deciding else ()
    config = replace(config, conditions=asks, expressions=(), tiering_conditions=bands, split=())
    return replace(rule, config=config)
