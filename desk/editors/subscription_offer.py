"""What a plan version offers to one subscription: what can be chosen, and every price that can be another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounts.models import Platform
from billing.calc import schedule_terms
from billing.calc.inputs import ChargeModel
from billing.models import PricingPlanSchedule
from billing.selectors import agreed_prices
from billing.selectors.item_terms import ItemTerms, RuleTerms
from billing.services.terms import included_volumes
from catalog.models import Pricing, PricingPlanVersion, ProductItem, ProductType, SelectionConstraint
from catalog.selectors import choices
from desk.components import format
from desk.editors.price_parts import Part, parts
from desk.editors.pricing import choice_words, conditions, kinds, words
from desk.editors.pricing.built import Terms
from desk.editors.pricing.placed import PERIOD_WORDS
from kit.money import plain
from kit.period import Period

Units = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Rule:
    """A rule of an item. ``parts`` are its prices.

    ``volume`` is what the plan includes and ``seats`` how many it has, in ``seats_currency`` where they are
    an amount of money; None where it has none to change.
    """

    key: str
    label: str
    sentence: str
    parts: list[Part]
    volume: str | None
    terms: RuleTerms
    item: ItemTerms
    seats: str | None = None
    seats_currency: str | None = None

    @property
    def is_single(self) -> bool:
        """Whether one number is its whole price."""
        return len(self.parts) == 1

    def measure(self, quantity: Decimal) -> dict[str, Any]:
        """So much of what it counts, as the API says it."""
        if self.item.is_amount:
            return {"amount": {"quantity": plain(quantity), "currency": self.item.currency}}
        return {"number": plain(quantity)}


@dataclass(frozen=True)
class Choice:
    """An add-on, or one of a group."""

    key: str
    name: str
    sentence: str


@dataclass(frozen=True)
class Group:
    """Add-ons that are chosen freely (without a row), or the pricings of a group, with what it demands."""

    key: str
    name: str
    demand: str
    choices: list[Choice]
    constraint: str = SelectionConstraint.ANY.value
    is_addon: bool = True


@dataclass(frozen=True)
class Offer:
    """Of one version, in one currency and for one billing period."""

    version: PricingPlanVersion
    groups: list[Group]
    rules: list[Rule]

    @cached_property
    def choices(self) -> list[Choice]:
        return [each for group in self.groups for each in group.choices]


def of_versions(
    platform: Platform, versions: Sequence[PricingPlanVersion], *, currency: str, period: Period
) -> list[Offer]:
    """The offers of these versions, each once: prices from the cache, two queries for their names."""
    if not versions:
        return []
    asked = {version.pk: unsaved(platform, version, currency=currency, period=period) for version in versions}
    sold = {pk: agreed_prices.sold(each) for pk, each in asked.items()}
    units = units_of(platform, [item for items in sold.values() for item in items])
    rows: dict[int, list[Pricing]] = {version.pk: [] for version in versions}
    for row in choices.pricings(platform, rows):
        rows[row.version_id].append(row)
    return [
        Offer(
            version,
            _groups(rows[version.pk], sold[version.pk], units, period),
            [rule for item in sold[version.pk] for rule in _rules(item, units, period)],
        )
        for version in versions
    ]


def unsaved(
    platform: Platform, version: PricingPlanVersion, *, currency: str, period: Period, **fields: Any
) -> PricingPlanSchedule:
    """A schedule that is stored nowhere, to ask prices of."""
    return PricingPlanSchedule(
        platform=platform,
        pricing_plan_version=version,
        pricing_currency=currency,
        billing_period_type=period.type.value,
        billing_period_value=period.value,
        **fields,
    )


def units_of(platform: Platform, items: Iterable[ItemTerms]) -> dict[str, tuple[str, str]]:
    """product item -> its unit in the singular and the plural: one query, or none."""
    wanted = {each["id"] for item in items for each in item.product_items}
    if not wanted:
        return {}
    rows = ProductItem.objects.filter(platform=platform, public_id__in=wanted)
    found = rows.values_list("public_id", "unit_name_singular", "unit_name_plural")
    return {key: (one or "unit", many or (f"{one}s" if one else "units")) for key, one, many in found}


def terms_of(item: ItemTerms, units: Units) -> Terms:
    """What the item decides about the words of its prices."""
    one, many = units.get(item.product_items[0]["id"], ("unit", "units"))
    kind = kinds.of(item.type.value, item.model.value)
    return Terms(item.currency or "", item.is_amount, one, many, bool(item.counted), kind=kind)


def when_of(item: ItemTerms, period: Period) -> str:
    """``a month``, or ``once``."""
    if item.model.value == "ONE_OFF":
        return "once"
    return PERIOD_WORDS.get((period.type.value, period.value), "a period")


def sentence(item: ItemTerms, units: Units, period: Period) -> str:
    """The price of an item: its only rule in words, or how many there are."""
    if not item.rules:
        return item.unpriced
    if len(item.rules) > 1:
        return f"{len(item.rules)} rules"
    return rule_words(item, item.rules[0], units, period)


def rule_words(item: ItemTerms, rule: RuleTerms, units: Units, period: Period) -> str:
    """The price of one rule in a few words."""
    return words.short(dict(rule.body), terms_of(item, units), when=when_of(item, period))


def rule_name(item: ItemTerms, rule: RuleTerms) -> str:
    """``Minutes``, or ``Minutes, model is large`` where an item has several rules."""
    if len(item.rules) == 1:
        return item.description
    said = " and ".join(map(str, conditions.said(rule.body)))
    return f"{item.description}, {said or 'all other usage'}"


def _rules(item: ItemTerms, units: Units, period: Period) -> list[Rule]:
    """Those that have a price of their own in the plan; prices per currency or period are left to the API."""
    plain = {rule.config_id for rule in item.alternatives.rules or ()}
    terms = terms_of(item, units)
    return [
        Rule(
            rule.config_id,
            rule_name(item, rule),
            rule_words(item, rule, units, period),
            parts(rule.body, rule.config, terms),
            _volume(item, rule),
            rule,
            item,
            _seats(item, rule),
            schedule_terms.seats_currency(rule.config, item.currency or ""),
        )
        for rule in item.rules
        if rule.config_id in plain
    ]


def _volume(item: ItemTerms, rule: RuleTerms) -> str | None:
    """What the plan includes, where a schedule may include another volume."""
    if included_volumes.refusal(item, rule):
        return None
    return format.number(rule.config.included_volume)


def _seats(item: ItemTerms, rule: RuleTerms) -> str | None:
    """How many the plan has, or what they are worth where they are an amount of money."""
    if item.model is not ChargeModel.PER_SEAT:
        return None
    return seats_words(item, rule, schedule_terms.default_seats(rule.body))


def seats_words(item: ItemTerms, rule: RuleTerms, many: Decimal) -> str:
    """``5``, or ``€5.00`` of seats that are an amount of money."""
    currency = schedule_terms.seats_currency(rule.config, item.currency or "")
    return format.money(many, currency) if currency else format.number(many)


def _groups(rows: Sequence[Pricing], items: Sequence[ItemTerms], units: Units, period: Period) -> list[Group]:
    free = [row for row in rows if row.group is None and row.product_type == ProductType.ADDON]
    by_group: dict[str, list[Pricing]] = {}
    for row in rows:
        if row.group is not None:
            by_group.setdefault(row.group.public_id, []).append(row)

    def choice(row: Pricing) -> Choice:
        mine = [item for item in items if item.pricing_id == row.public_id]
        name = row.name or (mine[0].pricing_name if mine else row.public_id)
        prices = [(item.description, sentence(item, units, period)) for item in mine]
        said = "; ".join(price if each == name else f"{each}: {price}" for each, price in prices)
        return Choice(row.public_id, name, said)

    found = [_group(several, [choice(row) for row in several]) for several in by_group.values()]
    if free:
        demand = choice_words.CONSTRAINTS[SelectionConstraint.ANY]
        found.append(Group("addons", "Add-ons", demand, [choice(row) for row in free]))
    return found


def _group(rows: Sequence[Pricing], offered: list[Choice]) -> Group:
    group: Any = rows[0].group
    is_addon, demand = group.product_type == ProductType.ADDON, choice_words.demand(group)
    return Group(
        group.public_id, choice_words.name(group), demand, offered, group.selection_constraint, is_addon
    )
