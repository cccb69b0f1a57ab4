"""What an invoice knows of a pricing item: its rules, what it counts, and the names it prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from billing.calc.charge import is_fee
from billing.calc.inputs import ChargeModel, ItemType
from billing.calc.schedule import Active
from billing.selectors.usage import Measure
from catalog.models import Override
from catalog.rating.rules.choice import Alternatives, choose
from catalog.rating.rules.rules import matches, renamed
from catalog.rating.types import Config
from kit.errors import InvalidOperation
from kit.period import Period, PeriodType

Json = Mapping[str, Any]
# How a rule of a schedule's own names the rule of the plan that it replaces.
ORIGINAL_RULE = "original_pricing_item_config_id"


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """A pricing item config as it is rated, and as it was written."""

    config_id: str
    config: Config
    billing_in_advance: bool
    body: Json

    @property
    def billing_period(self) -> Period | None:
        """How often it is charged, where it says so."""
        return _period(self.body.get("billing_period"))

    @property
    def pricing_period(self) -> Period | None:
        """What the price is quoted for, where it says so."""
        return _period(self.body.get("pricing_period"))

    @property
    def on_demand(self) -> bool:
        """Whether it is charged only when someone asks for it."""
        return bool(self.body.get("on_demand"))

    @property
    def original_id(self) -> str | None:
        """The rule of the plan that a rule of a schedule's own replaces."""
        return self.body.get(ORIGINAL_RULE)

    @property
    def ids(self) -> frozenset[str]:
        """The ids by which terms of a schedule find it."""
        return frozenset(filter(None, (self.config_id, self.original_id)))

    def renamed(self, references: Mapping[str, str]) -> RuleTerms:
        """The same with its properties by reference."""
        return replace(self, config=renamed(self.config, references))


Rules = tuple[RuleTerms, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """The usage that one product item counts.

    ``counts`` holds the conditions under which an event counts for it at all, ``taken`` those of the product
    items before it that read the same calculation: together they count an event once.
    """

    product_item_id: str
    calculation_id: str
    measure: Measure
    is_amount: bool
    persists: bool
    counts: Config | None = None
    taken: tuple[Config | None, ...] = ()

    def takes(self, properties: Mapping[str, str]) -> bool:
        """Whether an event with these properties counts here."""
        return _meets(self.counts, properties) and not any(_meets(each, properties) for each in self.taken)

    @property
    def configs(self) -> list[Config]:
        """The conditions that it asks properties for."""
        return [each for each in (self.counts, *self.taken) if each is not None]

    def renamed(self, references: Mapping[str, str]) -> Counted:
        """The same with its properties by reference."""
        counts, *taken = (each and renamed(each, references) for each in (self.counts, *self.taken))
        return replace(self, counts=counts, taken=tuple(taken))


@dataclass(frozen=True, slots=True)
class Own:
    """Whose place a price of a schedule's own takes: ids of the plan's pricing and item, None for no one's.

    ``pricing`` and ``item`` say how much of them it replaces; ``pricing_id`` is the own pricing's, and
    ``original_version`` the key of the plan's version that they are part of.
    """

    pricing_id: str
    original_pricing_id: str | None = None
    pricing: Override | None = None
    original_item_id: str | None = None
    item: Override | None = None
    original_version: int | None = None

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the pricing and the item that stand for, or behind, the one that is billed."""
        known = (self.pricing_id, self.original_pricing_id, self.original_item_id)
        return frozenset(each for each in known if each is not None)


@dataclass(frozen=True)
class ItemTerms:
    """A pricing item with all that an invoice shows of it.

    ``rules`` are those chosen for a currency and a billing period, in ``currency`` (None: as it is billed);
    the others stand in ``alternatives``; ``unpriced`` tells why there are none. ``counted`` is what it
    measures, one entry for each product item; ``tiering`` what decides the bands, where that is another
    calculation; ``reports`` what is shown beside it. ``optional`` items are billed while they are chosen,
    ``active`` is when (None: as long as the schedule); ``own`` says what of the plan a schedule's own price
    replaces.
    """

    pricing_id: str
    pricing_name: str
    pricing_item_id: str
    description: str
    type: ItemType
    model: ChargeModel
    alternatives: Alternatives[Rules]
    by_currency: Mapping[str, Alternatives[Rules]]
    tax_category: str
    counted: tuple[Counted, ...]
    tiering: tuple[Counted, ...]
    reports: tuple[Counted, ...]
    meter_value: Json | None
    unit: str | None
    product_category: Json
    products: tuple[Json, ...]
    product_items: tuple[Json, ...]
    product_ids: tuple[str, ...]
    rules: Rules = ()
    currency: str | None = None
    unpriced: str = ""
    optional: bool = False
    active: Active | None = None
    own: Own | None = None

    @property
    def other_ids(self) -> frozenset[str]:
        """The ids of what it stands for, and of the schedule's own pricing in that place."""
        return self.own.ids if self.own else frozenset()

    @cached_property
    def is_amount(self) -> bool:
        """Whether the quantity is money."""
        return any(each.is_amount for each in self.counted)

    @property
    def measure(self) -> Measure | None:
        """What its first product item measures; None for an item without a meter."""
        return self.counted[0].measure if self.counted else None

    @cached_property
    def usage_period(self) -> Period | None:
        """What its price of usage is quoted for, where a rule says so; activation sees that they agree."""
        found = (each.pricing_period or each.billing_period for each in self.rules if not is_fee(self, each))
        return next((period for period in found if period is not None), None)

    @property
    def measured(self) -> tuple[Counted, ...]:
        """Everything that it reads: what is billed, what decides the bands, and what is shown beside it."""
        return (*self.counted, *self.tiering, *self.reports)

    @property
    def all_rules(self) -> Iterator[RuleTerms]:
        """The rules for every currency and period."""
        for several in (self.alternatives, *self.by_currency.values()):
            for rules in filter(None, (several.rules, *several.by_period.values())):
                yield from rules

    def chosen(self, currency: str, period: Period) -> ItemTerms:
        """The same with the rules for a pricing currency and a billing period; ``unpriced`` without any."""
        try:
            found = choose(self.alternatives, self.by_currency, currency=currency, period=period)
        except InvalidOperation as error:
            return replace(self, rules=(), currency=currency, unpriced=error.message)
        named = {rule.config.currency for rule in found.rules} - {None}
        return replace(self, rules=found.rules, currency=named.pop() if len(named) == 1 else found.currency)

    def renamed(self, references: Mapping[str, str]) -> ItemTerms:
        """The same with every property called by its reference."""
        if not references:
            return self
        return replace(
            self,
            alternatives=_renamed(self.alternatives, references),
            by_currency={name: _renamed(each, references) for name, each in self.by_currency.items()},
            counted=tuple(each.renamed(references) for each in self.counted),
            tiering=tuple(each.renamed(references) for each in self.tiering),
            reports=tuple(each.renamed(references) for each in self.reports),
            rules=tuple(rule.renamed(references) for rule in self.rules),
        )


def _period(body: Json | None) -> Period | None:
    return Period(PeriodType(body["type"]), body["value"]) if body else None


def _meets(config: Config | None, properties: Mapping[str, str]) -> bool:
    return config is None or matches(config, properties)


def _renamed(several: Alternatives[Rules], references: Mapping[str, str]) -> Alternatives[Rules]:
    def rename(rules: Rules | None) -> Rules | None:
        return rules and tuple(rule.renamed(references) for rule in rules)

    by_period = {period: rename(rules) or () for period, rules in several.by_period.items()}
    return replace(several, rules=rename(several.rules), by_period=by_period)
